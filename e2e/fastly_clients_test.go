package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"larder/internal/local"
	"larder/surrogate"
)

// withFastlyAPI answers clients of Fastly's purge API, softly by default.
func withFastlyAPI(config map[string]any) {
	config["purge"] = map[string]any{"repeat": []string{}, "fastly_api": map[string]any{}}
}

// apiBase is the base URL for clients of Fastly's API.
func (e edge) apiBase() string { return e.URL() + "/_larder/fastly" }

// beginAPI gives a test an edge with Fastly's API, tenants and two things of the
// demo's tenant in the cache: tea, and salt in a list.
func beginAPI(t *testing.T) twoOrigins {
	t.Helper()
	f := newTwoOrigins(t, nil, withFastlyAPI)
	for _, slug := range []string{"tea", "salt", "a-b"} {
		f.primary.script("/things/"+slug+"/", respond(thing(slug, "old")))
	}
	f.primary.script("/posts/", respond(`{"data":[{"slug":"salt"}]}`))
	return f
}

// fill stores what is purged, for both tenants.
func (f twoOrigins) fill(t *testing.T) {
	t.Helper()
	for _, path := range []string{"/things/tea/", "/things/salt/", "/posts/"} {
		for _, token := range []string{demoToken, otherToken} {
			f.get(t, path, as(token))
			f.get(t, path, as(token)).wantHit(t)
		}
	}
}

// wantPurged checks which paths of the demo's tenant were purged. Nothing of the
// other tenant's may be, unless all says so.
func (f twoOrigins) wantPurged(t *testing.T, all bool, paths ...string) {
	t.Helper()
	for _, path := range []string{"/things/tea/", "/things/salt/", "/posts/"} {
		if all || slices.Contains(paths, path) {
			f.get(t, path).wantFetched(t)
		} else {
			f.get(t, path).wantHit(t)
		}
		if other := f.get(t, path, as(otherToken)); all {
			other.wantFetched(t)
		} else {
			other.wantHit(t)
		}
	}
}

// apiAnswer is an answer of the API, as a client shows it.
type apiAnswer struct {
	Status int
	Body   map[string]any
}

// javascript makes calls with Fastly's official client for JavaScript.
func (f twoOrigins) javascript(t *testing.T, token, tenant, calls string) []apiAnswer {
	t.Helper()
	var answers []apiAnswer
	for line := range bytes.Lines(node(t, "fastly", "purge.js", f.apiBase(), token, tenant, calls)) {
		var got apiAnswer
		if err := json.Unmarshal(line, &got); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		answers = append(answers, got)
	}
	return answers
}

func TestFastlysJavaScriptClientPurges(t *testing.T) {
	f := beginAPI(t)
	demo := surrogate.TenantID(demoToken)
	ok := func(got apiAnswer, member string) {
		t.Helper()
		if got.Status != http.StatusOK || got.Body[member] == nil || got.Body[member] == "" {
			t.Errorf("the client got %+v, want the member %s", got, member)
		}
	}
	f.fill(t)
	got := f.javascript(t, purgeToken, demo, `[["purgeTag", {"service_id": "abc", "surrogate_key": "thing:tea"}]]`)
	ok(got[0], "id")
	f.wantPurged(t, false, "/things/tea/")

	f.fill(t)
	got = f.javascript(t, purgeToken, demo, `[
		["bulkPurgeTag", {"service_id": "abc", "surrogate_key": "thing:tea thing:nobody"}],
		["bulkPurgeTag", {"service_id": "abc", "purge_response": {"surrogate_keys": ["thing:salt", "a key"]}, "fastly_soft_purge": 1}]]`)
	ok(got[0], "thing:nobody")
	ok(got[1], "a key")
	f.wantPurged(t, false, "/things/tea/", "/things/salt/", "/posts/")

	f.fill(t)
	got = f.javascript(t, purgeToken, "", `[["purgeSingleUrl", {"cached_url": "www.example.com/things/tea/?auth_token=`+demoToken+`"}]]`)
	ok(got[0], "id")
	f.wantPurged(t, false, "/things/tea/")

	f.fill(t)
	got = f.javascript(t, fastlyKey, "", `[["purgeAll", {"service_id": "abc"}]]`)
	ok(got[0], "status")
	f.wantPurged(t, true)

	f.fill(t)
	got = f.javascript(t, "a-token-of-a-stranger", demo, `[["purgeTag", {"service_id": "abc", "surrogate_key": "thing:tea"}]]`)
	if got[0].Status != http.StatusUnauthorized || got[0].Body["msg"] != "Provided credentials are missing or invalid" {
		t.Errorf("a stranger got %+v", got[0])
	}
	many, err := json.Marshal(slices.Repeat([]string{"thing:tea"}, 257))
	if err != nil {
		t.Fatal(err)
	}
	got = f.javascript(t, purgeToken, demo, `[["bulkPurgeTag", {"service_id": "abc", "purge_response": {"surrogate_keys": `+string(many)+`}}]]`)
	if got[0].Status != http.StatusBadRequest || got[0].Body["reason"] != "Batch surrogate key request only supports up to 256 surrogate keys" {
		t.Errorf("257 keys are answered with %+v", got[0])
	}
	got = f.javascript(t, purgeToken, "", `[["purgeTag", {"service_id": "abc", "surrogate_key": "thing:tea"}]]`)
	if got[0].Status != http.StatusBadRequest || !strings.Contains(got[0].Body["msg"].(string), "Larder-Tenant") {
		t.Errorf("a purge for no tenant is answered with %+v", got[0])
	}
	f.wantPurged(t, false)
}

// The Fastly CLI asks for the configuration of Fastly's sign-in before each command,
// which a server of the test gives it.
func (f singleOrigin) cli(t *testing.T, args ...string) string {
	t.Helper()
	root, err := local.Root()
	if err != nil {
		t.Fatal(err)
	}
	path, err := exec.CommandContext(t.Context(), filepath.Join(root, "tools", "fastly.sh")).Output()
	if err != nil {
		t.Fatalf("install the Fastly CLI: %v", err)
	}
	cli := exec.CommandContext(t.Context(), strings.TrimSpace(string(path)), append([]string{"service", "purge", "--non-interactive"}, args...)...)
	cli.Env = append(os.Environ(),
		"HOME="+t.TempDir(), "FASTLY_API_ENDPOINT="+f.apiBase(), "FASTLY_ACCOUNT_ENDPOINT="+signIn(t),
		"FASTLY_API_TOKEN="+purgeToken, "FASTLY_SERVICE_ID=abc")
	output, err := cli.CombinedOutput()
	if err != nil {
		t.Fatalf("fastly service purge %q: %v\n%s", args, err, output)
	}
	return string(output)
}

// signIn is a server with what the CLI reads of Fastly's.
func signIn(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"issuer":"https://sign-in.example"}`) // the CLI reports what it lacks
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestTheFastlyCLIPurges(t *testing.T) {
	s := beginSingleOrigin(t, withFastlyAPI)
	s.origin.script("/things/tea/", respond(thing("tea", "old")))
	s.origin.script("/things/salt/", respond(thing("salt", "old")))
	keys := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(keys, []byte("thing:salt\nthing:a/b\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		args   []string
		purged []string
	}{
		{"a key", []string{"--key", "thing:tea"}, []string{"/things/tea/"}},
		{"a key softly", []string{"--key", "thing:tea", "--soft"}, []string{"/things/tea/"}},
		{"a file of keys", []string{"--file", keys}, []string{"/things/salt/"}},
		{"a URL", []string{"--url", "https://www.example.com/things/tea/"}, []string{"/things/tea/"}},
		{"everything", []string{"--all"}, []string{"/things/tea/", "/things/salt/"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, path := range []string{"/things/tea/", "/things/salt/"} {
				s.get(t, path)
				s.get(t, path).wantHit(t)
			}
			output := s.cli(t, c.args...)
			if c.name != "a file of keys" && !strings.Contains(output, "SUCCESS") {
				t.Errorf("the CLI says %s", output)
			}
			for _, path := range []string{"/things/tea/", "/things/salt/"} {
				if slices.Contains(c.purged, path) {
					s.get(t, path).wantFetched(t)
				} else {
					s.get(t, path).wantHit(t)
				}
			}
		})
	}
}

// The official plugin for WordPress sends keys in a header with an empty form, and
// the official module for Drupal likewise, with the scheme in the URLs that it
// purges. Both test their connection.
func TestTheRequestsOfFastlysWordPressAndDrupalClientsPurge(t *testing.T) {
	f := beginAPI(t)
	tenant := with("Larder-Tenant", surrogate.TenantID(demoToken))
	send := func(name, path string, options ...option) answer {
		t.Helper()
		return f.get(t, "/_larder/fastly/"+path, append([]option{as(""), method(name), with("Fastly-Key", purgeToken)}, options...)...)
	}
	form := with("Content-Type", "application/x-www-form-urlencoded")
	accept := with("Accept", "application/json")
	soft := with("Fastly-Soft-Purge", "1")

	f.fill(t)
	if got := send("POST", "service/abc/purge", form, tenant, with("Surrogate-Key", "thing:tea")); got.status != http.StatusOK {
		t.Errorf("WordPress's purge of keys: %v", got)
	}
	f.wantPurged(t, false, "/things/tea/")

	f.fill(t)
	if got := send("POST", "service/abc/purge", accept, soft, tenant, with("Surrogate-Key", "thing:salt "+strings.Repeat("x", 4)+" a2d3")); got.status != http.StatusOK || !strings.Contains(string(got.body), `"a2d3":`) {
		t.Errorf("Drupal's purge of keys: %v", got)
	}
	f.wantPurged(t, false, "/things/salt/", "/posts/")

	f.fill(t)
	if got := send("POST", "purge/https://www.example.com/things/tea/", accept, tenant); !strings.Contains(string(got.body), `"status":"ok"`) {
		t.Errorf("Drupal's purge of a URL: %v", got)
	}
	f.wantPurged(t, false, "/things/tea/")

	f.fill(t)
	if got := send("POST", "service/abc/purge_all", form); string(got.body) != `{"status":"ok"}`+"\n" {
		t.Errorf("a purge of everything: %v", got)
	}
	f.wantPurged(t, true)

	for path, want := range map[string]string{
		"service/abc": `{"id":"abc","name":"Larder"}`,
		"tokens/self": `{"name":"token 1","scopes":["purge_all","purge_select"],"services":[]}`,
	} {
		if got := send("GET", path, accept); string(got.body) != want+"\n" {
			t.Errorf("%s: %v", path, got)
		}
	}
	if text := f.log.Since(0); strings.Contains(text, purgeToken) || strings.Contains(text, demoToken) {
		t.Errorf("the log has a credential:\n%s", text)
	}
}

func TestTheMethodPURGEPurgesForAKnownSenderAlone(t *testing.T) {
	f := beginAPI(t)
	f.fill(t)
	before := f.primary.requestCount()
	for _, options := range [][]option{{}, {with("Fastly-Key", "a-token-of-a-stranger")}, {with("Authorization", "Bearer a-token-of-a-stranger")}} {
		for _, path := range []string{"/things/tea/", "/elsewhere", "/things/tea/?preview=1"} {
			f.get(t, path, append(options, method("PURGE"))...).wantProblem(t, http.StatusUnauthorized, "unauthorized")
		}
	}
	f.wantPurged(t, false)
	if n := f.primary.requestCount() - before; n != 0 {
		t.Errorf("the origin received %d requests", n)
	}
	if got := f.get(t, "/things/tea/", method("PURGE"), with("Fastly-Key", purgeToken)); got.status != http.StatusOK || !strings.HasPrefix(string(got.body), `{"status":"ok","id":"`) {
		t.Errorf("PURGE with a token: %v", got)
	}
	f.wantPurged(t, false, "/things/tea/")
	if n := f.primary.requestCount() - before; n != 1 {
		t.Errorf("the origin received %d requests, want the one for the page", n)
	}
	recent := f.status(t).Purges
	if len(recent) == 0 || recent[0].Source != "PURGE" || recent[0].Token != "token 1" || recent[0].Result != "ok" {
		t.Errorf("the status shows %+v", recent)
	}
}

func TestAHardPurgeThroughFastlysAPIReachesTheVault(t *testing.T) {
	f := beginAPI(t)
	const path = "/things/tea/"
	key := with("Fastly-Key", purgeToken)
	for _, c := range []struct {
		method, path string
		soft         string
		status       int
	}{
		{"PURGE", path, "1", 200},
		{"PURGE", path, "0", 503},
		{"POST", "/_larder/fastly/service/abc/purge/thing:tea", "1", 200},
		{"POST", "/_larder/fastly/service/abc/purge/thing:tea", "0", 503},
	} {
		f.primary.script(path, respond(thing("tea", "old")))
		f.standby.script(path, respond(thing("tea", "old")))
		eventually(t, "the vault has a copy", func() bool {
			f.closeCircuits(t, f.primary, f.standby)
			f.empty(t)
			if f.get(t, path).status != http.StatusOK {
				return false
			}
			f.empty(t)
			f.primary.script(path, status(http.StatusServiceUnavailable))
			f.standby.script(path, status(http.StatusServiceUnavailable))
			got := f.get(t, path)
			f.primary.script(path, respond(thing("tea", "old")))
			f.standby.script(path, respond(thing("tea", "old")))
			return got.status == http.StatusOK
		})
		if got := f.get(t, c.path, method(c.method), key, with("Fastly-Soft-Purge", c.soft)); got.status != http.StatusOK {
			t.Fatal(got)
		}
		f.primary.script(path, status(http.StatusServiceUnavailable))
		f.standby.script(path, status(http.StatusServiceUnavailable))
		if got := f.get(t, path); got.status != c.status {
			t.Errorf("after %s %s with Fastly-Soft-Purge: %s the outage is answered with %v", c.method, c.path, c.soft, got)
		}
	}
}
