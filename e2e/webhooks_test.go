package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"larder/internal/local"
)

// hookSecret is fastly.toml's, for local use.
const hookSecret = "local-hook-secret"

// The demo sends ButterCMS's webhooks, and here no purges.
func TestAnEditInTheCMSReachesTheEdgeByItsWebhook(t *testing.T) {
	address, err := local.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	running, err := local.StartDemo(t.Context(), local.DemoOptions{Binary: suite.binary, Flags: []string{
		"-webhook-url", "http://" + address + "/_larder/hooks/butter?auth_token=" + demoToken,
		"-webhook-header", "Authorization: Bearer " + hookSecret,
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Close(); err != nil {
			t.Error(err)
		}
	})
	origin := api{running}
	config, err := withoutBreaker(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	edge, err := startEdge(t.Context(), t.TempDir(), config, address, origin.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := edge.Close(); err != nil {
			t.Error(err)
		}
	})
	edge.empty(t)

	const slug, item, list, other = "toast-considered", "/v2/posts/toast-considered/", "/v2/posts/?page_size=100", "/v2/content/suppliers/"
	for _, path := range []string{item, list, other} {
		edge.get(t, path).wantFetched(t)
		edge.get(t, path).wantHit(t)
	}
	origin.control(t, http.MethodPatch, item, `{"summary":"Edited."}`)
	eventually(t, "the edit is there", func() bool { return edge.get(t, item).summary(t) == "Edited." })
	eventually(t, "the list has it", func() bool { return strings.Contains(string(edge.get(t, list).body), "Edited.") })
	edge.get(t, other).wantHit(t)

	origin.control(t, http.MethodDelete, item, "")
	eventually(t, "the post is gone", func() bool { return edge.get(t, item).status == http.StatusNotFound })
	eventually(t, "the list does not show it", func() bool { return !strings.Contains(string(edge.get(t, list).body), `"`+slug+`"`) })
	edge.get(t, other).wantHit(t)
}

// withHooks adds hooks to a configuration.
func withHooks(config map[string]any) {
	config["hooks"] = []map[string]any{
		{"name": "blog", "provider": "ghost", "content": []map[string]any{
			{"type": "post", "item": []string{"thing:{slug}"}, "lists": []string{"list:all"}},
		}},
		{"name": "butter", "provider": "datocms"},
		{"name": "nobody", "provider": "sanity"},
	}
}

// withSecrets gives the hooks of withHooks their secrets, but for "nobody".
func withSecrets(server map[string]any) {
	server["secret_stores"] = map[string]any{"larder_secrets": []map[string]any{{
		"key":  "larder",
		"data": `{"purge_tokens":["` + purgeToken + `"],"hooks":{"blog":["the-older-secret-of-the-blog","` + hookSecret + `"],"butter":"` + hookSecret + `"}}`,
	}}}
}

func beginHooked(t *testing.T) (edge, *scriptedOrigin) {
	t.Helper()
	origin := startOrigin(t)
	return startOwn(t, build(t, "testdata/single-origin.json", withHooks), map[string]string{"primary": origin.url()}, withSecrets), origin
}

// ghost sends a webhook as Ghost does.
func (e edge) ghost(t *testing.T, body string, options ...option) answer {
	t.Helper()
	ms := strconv.FormatInt(time.Now().UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(hookSecret))
	mac.Write([]byte(body + ms))
	signature := "sha256=" + hex.EncodeToString(mac.Sum(nil)) + ", t=" + ms
	return e.get(t, "/_larder/hooks/blog", append([]option{
		method(http.MethodPost), sending(body), with("X-Ghost-Signature", signature),
	}, options...)...)
}

func TestASignedWebhookPurgesItemAndLists(t *testing.T) {
	edge, origin := beginHooked(t)
	const page, list, other = "/things/tea/", "/lists/all/", "/things/salt/"
	script := func(text string) {
		for _, slug := range []string{"tea", "salt"} {
			origin.script("/things/"+slug+"/", respond(thing(slug, text)))
		}
		origin.script(list, respond(`{"data":[{"slug":"tea","text":"`+text+`"}]}`))
	}
	script("old")
	for _, path := range []string{page, list, other} {
		edge.get(t, path).wantFetched(t)
	}
	script("new")
	const published = `{"post":{"current":{"slug":"tea","status":"published"},"previous":{"status":"draft"}}}`
	got := edge.ghost(t, published)
	if want := `{"status":"ok","soft":["thing:tea","list:all"]}` + "\n"; got.status != http.StatusOK || string(got.body) != want {
		t.Fatalf("%v %s", got, got.body)
	}
	edge.get(t, page).wantFetched(t)
	edge.get(t, list).wantFetched(t)
	edge.get(t, other).wantHit(t)

	// Again, and in another order: harmless.
	edge.ghost(t, published)
	edge.get(t, page).wantFetched(t)

	origin.script(page, status(http.StatusNotFound))
	origin.script(list, respond(`{"data":[]}`))
	if got := edge.ghost(t, `{"post":{"current":{},"previous":{"slug":"tea","status":"published"}}}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	if got := edge.get(t, page); got.status != http.StatusNotFound {
		t.Errorf("a deleted page: %v", got)
	}
	edge.get(t, list).wantFetched(t)
	edge.get(t, other).wantHit(t)
}

func TestForgedWebhooksPurgeNothingInTheGuest(t *testing.T) {
	edge, origin := beginHooked(t)
	const path = "/things/tea/"
	origin.script(path, respond(thing("tea", "old")))
	edge.get(t, path).wantFetched(t)
	const published = `{"post":{"current":{"slug":"tea","status":"published"},"previous":{}}}`
	edge.ghost(t, published, with("X-Ghost-Signature", "")).wantProblem(t, http.StatusForbidden, "hook-refused")
	edge.ghost(t, published, sending(strings.Replace(published, "tea", "tee", 1))).wantProblem(t, http.StatusForbidden, "hook-refused")
	edge.ghost(t, published, func(r *http.Request) {
		r.Header.Add("X-Ghost-Signature", r.Header.Get("X-Ghost-Signature"))
	}).wantProblem(t, http.StatusForbidden, "hook-refused")
	edge.ghost(t, published, func(r *http.Request) {
		r.Header.Set("X-Ghost-Signature", strings.ToUpper(r.Header.Get("X-Ghost-Signature")))
	}).wantProblem(t, http.StatusForbidden, "hook-refused")
	edge.ghost(t, strings.Repeat(`{"a":`, 50_000)).wantProblem(t, http.StatusBadRequest, "bad-hook")
	edge.ghost(t, published+strings.Repeat(" ", 256<<10)).wantProblem(t, http.StatusRequestEntityTooLarge, "hook-too-large")
	edge.get(t, "/_larder/hooks/nobody", method(http.MethodPost), sending("{}")).wantProblem(t, http.StatusServiceUnavailable, "no-hook-secret")
	edge.get(t, "/_larder/hooks/other", method(http.MethodPost), sending("{}")).wantProblem(t, http.StatusNotFound, "no-operation")
	edge.get(t, "/_larder/hooks/blog").wantProblem(t, http.StatusMethodNotAllowed, "method-not-allowed")
	if got := edge.ghost(t, `{"member":{"current":{"id":"5"},"previous":{}}}`); got.status != http.StatusAccepted {
		t.Errorf("an event that is not known: %v", got)
	}
	edge.get(t, path).wantHit(t)
	if log := edge.log.Since(0); strings.Contains(log, hookSecret) || strings.Contains(log, "sha256=") {
		t.Errorf("the log shows a secret or a signature:\n%s", log)
	}
}

// DatoCMS sends all tags that a bulk edit concerns in one webhook.
func TestABatchOfOpaqueTagsPurgesTheAnswersThatHaveOneOfThem(t *testing.T) {
	edge, origin := beginHooked(t)
	const path, other = "/things/tea/", "/things/salt/"
	for slug, tags := range map[string]string{"tea": "a*1 t749 z;9", "salt": "b"} {
		origin.script("/things/"+slug+"/", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Cache-Tags", tags)
			respond(thing(slug, "old"))(w, r)
		})
	}
	edge.get(t, path).wantFetched(t)
	edge.get(t, other).wantFetched(t)
	tags := make([]string, 10_000)
	for i := range tags {
		tags[i] = fmt.Sprintf(`"t%d"`, i)
	}
	send := func(tags []string) answer {
		t.Helper()
		got := edge.get(t, "/_larder/hooks/butter", method(http.MethodPost), with("Authorization", hookSecret), sending(
			`{"entity_type":"cda_cache_tags","event_type":"invalidate","entity":{"attributes":{"tags":[`+strings.Join(tags, ",")+`]}}}`))
		if got.status != http.StatusOK {
			t.Errorf("%d tags: %v", len(tags), got)
		}
		return got
	}
	send(tags[:749])
	edge.get(t, path).wantHit(t)
	send(append(tags[:750:750], tags[:100]...)) // of which each counts once
	edge.get(t, path).wantFetched(t)
	edge.get(t, other).wantHit(t)

	// More than fit are everything.
	for _, n := range []int{751, len(tags)} {
		if got := send(tags[:n]); !strings.Contains(string(got.body), `"all":true`) {
			t.Errorf("%d tags: %v", n, got)
		}
		edge.get(t, path).wantFetched(t)
		edge.get(t, other).wantFetched(t)
	}
}
