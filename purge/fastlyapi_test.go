package purge

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/problem"
	"larder/resource"
	"larder/surrogate"
)

const (
	api     = `"purge":{"repeat":[],"fastly_api":{}},`
	hardAPI = `"purge":{"repeat":[],"fastly_api":{"soft":false}},`
)

// apiCall is a call of Fastly's API; the zero value of header has a valid token.
type apiCall struct {
	method, path, body string
	header             []string
}

func (c apiCall) request(t testing.TB) *fsthttp.Request {
	t.Helper()
	r, err := fsthttp.NewRequest(c.method, "https://edge.example/", io.NopCloser(strings.NewReader(c.body)))
	if err != nil {
		t.Fatal(err)
	}
	if r.URL, err = resource.ParseRequestURI("https://edge.example" + c.path); err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Fastly-Key", "operator")
	for _, line := range c.header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Set(name, value)
	}
	return r
}

// below is a path below the prefix.
func below(path string) string { return "/_larder/fastly" + path }

func post(path string, header ...string) apiCall {
	return apiCall{method: http.MethodPost, path: below(path), header: header}
}

// text is an answer as JSON.
func text(t testing.TB, answer any) string {
	t.Helper()
	data, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// contentPurges are the purges of content: without those of leases and negative
// entries, and each once.
func contentPurges(p *purger) []string {
	keys := slices.DeleteFunc(slices.Clone(p.purged), func(key string) bool {
		return strings.Contains(key, "larder-lease") || strings.Contains(key, "larder-negative") || strings.Contains(key, "larder-quiet")
	})
	return unique(keys)
}

const okID = `{"status":"ok","id":"` + requestID + `"}`

func TestACallOfFastlysAPIPurgesItsKeys(t *testing.T) {
	first := prefixOf("first")
	named := "Larder-Tenant: " + surrogate.TenantID("first")
	batch := func(body string, header ...string) apiCall {
		c := post("/service/abc/purge", header...)
		c.body = body
		return c
	}
	for _, c := range []struct {
		name, members string
		call          apiCall
		answer        string
		want          []string
	}{
		{"a key", api, post("/service/abc/purge/post:a"), okID, prefixed("soft", "", "post:a")},
		{"a key with a slash", api, post("/service/abc/purge/page:a/b"), okID, prefixed("soft", "", "page:a/b")},
		{"a key with an encoded slash", api, post("/service/abc/purge/page%3Aa%2fb"), okID, prefixed("soft", "", "page:a/b")},
		{"a key with a space and an umlaut", api, post("/service/abc/purge/a%20%C3%BC"), okID, prefixed("soft", "", "a ü")},
		{"a key named like a call", api, post("/service/abc/purge/purge_all"), okID, prefixed("soft", "", "purge_all")},
		{"a key of dots", api, post("/service/abc/purge/.."), okID, prefixed("soft", "", "..")},
		{"keys in a header", api, batch("", "Surrogate-Key: a b  c"), `{"a":"` + requestID + `","b":"` + requestID + `","c":"` + requestID + `"}`, prefixed("soft", "", "a", "b", "c")},
		{"keys in a body", api, batch(`{"surrogate_keys":["a","b/c"]}`), `{"a":"` + requestID + `","b/c":"` + requestID + `"}`, prefixed("soft", "", "a", "b/c")},
		{"keys in both", api, batch(`{"surrogate_keys":["a"]}`, "Surrogate-Key: b"), `{"a":"` + requestID + `","b":"` + requestID + `"}`, prefixed("soft", "", "a", "b")},
		{"everything", api, post("/service/abc/purge_all"), `{"status":"ok"}`, []string{"soft " + surrogate.AllKey}},
		{"everything of all tenants", tenants + api, post("/service/abc/purge_all"), `{"status":"ok"}`, []string{"soft " + surrogate.AllKey}},
		{"everything of a tenant", tenants + api, post("/service/abc/purge_all", named), `{"status":"ok"}`, []string{"soft " + first + surrogate.AllKey}},

		{"hard by default", hardAPI, post("/service/abc/purge/a"), okID, prefixed("hard", "", "a")},
		{"softly where the default is hard", hardAPI, post("/service/abc/purge/a", "Fastly-Soft-Purge: 1"), okID, prefixed("soft", "", "a")},
		{"softly whatever the value is", hardAPI, post("/service/abc/purge/a", "Fastly-Soft-Purge: yes"), okID, prefixed("soft", "", "a")},
		{"hard by the header", api, post("/service/abc/purge/a", "Fastly-Soft-Purge: 0"), okID, prefixed("hard", "", "a")},
		{"hard by the header in words", api, post("/service/abc/purge/a", "Fastly-Soft-Purge: False"), okID, prefixed("hard", "", "a")},
		{"hard by the query", api, post("/service/abc/purge/a?soft=false"), okID, prefixed("hard", "", "a")},
		{"everything hard", hardAPI, post("/service/abc/purge_all"), `{"status":"ok"}`, []string{"hard " + surrogate.AllKey}},

		{"a tenant by its ID", tenants + api, post("/service/abc/purge/a", named), okID, prefixed("soft", first, "a")},
		{"a tenant by its credential", tenants + api, post("/service/abc/purge/a?auth_token=first"), okID, prefixed("soft", first, "a")},
		{"the anonymous tenant", tenants + api, post("/service/abc/purge/a", "Larder-Tenant: anonymous"), okID, prefixed("soft", "", "a")},
		{"two tenants", tenants + api, post("/service/abc/purge/a?auth_token=first", "Larder-Tenant: anonymous"), okID, append(prefixed("soft", "", "a"), prefixed("soft", first, "a")...)},

		{"all tenants", tenants + api, post("/service/abc/purge/a", "Larder-Tenant: all"), okID, ofAll("soft", "a")},

		{"with a Fastly-Key", api, post("/service/abc/purge/a", "Fastly-Key: valid"), okID, prefixed("soft", "", "a")},
		{"with a bearer token", api, post("/service/abc/purge/a", "Fastly-Key: ", "Authorization: Bearer operator"), okID, prefixed("soft", "", "a")},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, p := endpoint(t, c.members)
			answer, later, err := FastlyAPI{e}.Serve(context.Background(), c.call.request(t))
			if err != nil {
				t.Fatal(err)
			}
			if got := text(t, answer); got != c.answer {
				t.Errorf("the answer is %s, want %s", got, c.answer)
			}
			if got := contentPurges(p); !slices.Equal(got, unique(c.want)) {
				t.Errorf("it purges %q, want %q", got, c.want)
			}
			if !slices.ContainsFunc(p.purged, func(key string) bool { return strings.Contains(key, "larder-lease") }) {
				t.Errorf("no leases end: %q", p.purged)
			}
			if later == nil {
				t.Error("nothing repeats the purge")
			}
		})
	}
}

func TestACallOfFastlysAPIThatIsRefusedPurgesNothing(t *testing.T) {
	const missing = "Provided credentials are missing or invalid"
	batch := func(body string, header ...string) apiCall {
		c := post("/service/abc/purge", header...)
		c.body = body
		return c
	}
	get := func(path string) apiCall { return apiCall{method: http.MethodGet, path: below(path)} }
	tooMany := fmt.Sprint(slices.Repeat([]string{`"k",`}, 256))
	for _, c := range []struct {
		name, members string
		call          apiCall
		status        int
		problem, msg  string
	}{
		{"no token", api, post("/service/abc/purge/a", "Fastly-Key: "), 401, "unauthorized", missing},
		{"a wrong token", api, post("/service/abc/purge/a", "Fastly-Key: wrong"), 401, "unauthorized", missing},
		{"a wrong token for a URL", api, post("/purge/edge.example/a", "Fastly-Key: wrong"), 401, "unauthorized", missing},
		{"GET for a purge", api, get("/service/abc/purge/a"), 405, "method-not-allowed", "POST"},
		{"GET for a URL", api, get("/purge/edge.example/a"), 405, "method-not-allowed", "POST"},
		{"POST for the token", api, post("/tokens/self"), 405, "method-not-allowed", "GET"},
		{"another call", api, post("/service/abc/version"), 404, "no-operation", "call"},
		{"no call", api, post("/"), 404, "no-operation", "call"},
		{"no service", api, post("/service//purge/a"), 404, "no-operation", "call"},
		{"a call in another case", api, post("/service/abc/Purge/a"), 404, "no-operation", "call"},
		{"an encoded call", api, post("/service/abc/%70urge/a"), 404, "no-operation", "call"},
		{"more than a call", api, post("/service/abc/purge_all/a"), 404, "no-operation", "call"},
		{"an empty key", api, post("/service/abc/purge/"), 404, "no-operation", "call"},
		{"a key of white space", api, post("/service/abc/purge/%20"), 400, "bad-purge", "Key 1 is empty"},
		{"a key with a broken encoding", api, post("/service/abc/purge/a%"), 400, "bad-purge", "percent-encoding"},
		{"a key of Larder's own", api, post("/service/abc/purge/larder-all"), 400, "bad-purge", "Larder's own"},
		{"a key of another tenant", tenants + api, post("/service/abc/purge/@abcdefghijk:a?auth_token=first"), 400, "bad-purge", "Larder's own"},
		{"an unknown parameter", api, post("/service/abc/purge/a?b=c"), 400, "bad-purge", `parameter "b" is unknown`},
		{"a batch without keys", api, batch(``), 400, "no-key", "names no surrogate key"},
		{"a batch with an empty key", api, batch(`{"surrogate_keys":["a",""]}`), 400, "bad-purge", "Key 2 is empty"},
		{"a batch under Larder's name", api, batch(`{"keys":["a"]}`), 400, "bad-purge", `unknown member "keys"; known are surrogate_keys`},
		{"a batch that says more", api, batch(`{"surrogate_keys":["a"],"all":true}`), 400, "bad-purge", `unknown member "all"`},
		{"a batch that is no JSON", api, batch(`surrogate_keys=a`), 400, "bad-purge", "not JSON"},
		{"257 keys in a body", api, batch(`{"surrogate_keys":[` + strings.Trim(tooMany, "[]") + `"k"]}`), 400, "bad-purge", "257 keys; this call takes 256"},
		{"257 keys in a header", api, batch("", "Surrogate-Key: "+keyList(257)), 400, "bad-purge", "257 keys; this call takes 256"},
		{"no tenant", tenants + api, post("/service/abc/purge/a"), 400, "no-tenant", "Larder-Tenant"},
		{"no tenant for a URL", tenants + api, post("/purge/edge.example/a"), 400, "no-tenant", "Larder-Tenant"},
		{"a tenant that is none", tenants + api, post("/service/abc/purge/a", "Larder-Tenant: first"), 400, "bad-purge", "Tenant 1"},
		{"a URL for all tenants", tenants + api, post("/purge/edge.example/a", "Larder-Tenant: all"), 400, "bad-purge", "for all tenants at once"},
		{"a URL without a host", api, post("/purge//a"), 400, "bad-purge", "no host"},
		{"a URL with a scheme and no host", api, post("/purge/https:///a"), 400, "bad-purge", "no host"},
		{"a URL with dots", api, post("/purge/edge.example/a/../b"), 400, "bad-purge", "dot segment"},
		{"a URL with a broken encoding", api, post("/purge/edge.example/a%zz"), 400, "bad-purge", "two hexadecimal digits"},
		{"a URL with an encoded slash in its path", api, post("/purge/edge.example/a%2Fb"), 400, "bad-purge", "encoded slash"},
		{"a URL that is encoded as a whole", api, post("/purge/https%3A%2F%2Fedge.example%2Fa%3Fb%3Dc"), 400, "bad-purge", "not percent-encoded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, p := endpoint(t, c.members)
			answer, _, err := FastlyAPI{e}.Serve(context.Background(), c.call.request(t))
			d := problem.From(err)
			if err == nil || answer != nil || d.Status != c.status || d.Type != problem.TypePrefix+c.problem {
				t.Fatalf("got %v, %v", answer, err)
			}
			_, body := d.Answer()
			var members struct{ Msg, Reason string }
			if err := json.Unmarshal(body, &members); err != nil || !strings.Contains(members.Msg, c.msg) {
				t.Errorf("the message is %q, without %q: %v", members.Msg, c.msg, err)
			}
			if many := strings.HasPrefix(c.name, "257"); many != (members.Reason == "Batch surrogate key request only supports up to 256 surrogate keys") {
				t.Errorf("the reason is %q", members.Reason)
			}
			if len(p.purged) > 0 {
				t.Errorf("it purged %q", p.purged)
			}
		})
	}
}

func TestFastlysAPITakes256Keys(t *testing.T) {
	e, p := endpoint(t, api)
	if _, _, err := (FastlyAPI{e}).Serve(context.Background(), post("/service/abc/purge", "Surrogate-Key: "+keyList(256)).request(t)); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(p.purged, "soft k255") {
		t.Errorf("it does not purge the last key")
	}
}

// Drupal asks for the token's scopes before it purges, and WordPress for the
// service when somebody tests the connection.
func TestClientsCanTestTheirConnection(t *testing.T) {
	e, p := endpoint(t, api)
	get := func(path string, header ...string) (any, error) {
		answer, _, err := FastlyAPI{e}.Serve(context.Background(), apiCall{method: http.MethodGet, path: below(path), header: header}.request(t))
		return answer, err
	}
	answer, err := get("/tokens/self")
	if want := `{"name":"name of operator","scopes":["purge_all","purge_select"],"services":[]}`; err != nil || text(t, answer) != want {
		t.Errorf("the token is %s, %v", text(t, answer), err)
	}
	answer, err = get("/service/abc")
	if want := `{"id":"abc","name":"Larder"}`; err != nil || text(t, answer) != want {
		t.Errorf("the service is %s, %v", text(t, answer), err)
	}
	for _, path := range []string{"/tokens/self", "/service/abc"} {
		if _, err := get(path, "Fastly-Key: wrong"); problem.From(err).Status != 401 {
			t.Errorf("%s without a token: %v", path, err)
		}
	}
	e.Guard.Tokens = func() ([]Token, error) { return []Token{{Name: "ci", Text: "operator", Keys: []string{"a"}}}, nil }
	answer, err = get("/tokens/self")
	if want := `{"name":"ci","scopes":["purge_select"],"services":[]}`; err != nil || text(t, answer) != want {
		t.Errorf("a limited token is %s, %v", text(t, answer), err)
	}
	if len(p.purged) > 0 {
		t.Errorf("it purged %q", p.purged)
	}
}

func TestCallsOfFastlysAPIAreWithinTheTokensLimits(t *testing.T) {
	for path, detail := range map[string]string{
		"/service/abc/purge/author:b": `the key "author:b"`,
		"/service/abc/purge_all":      "everything",
		"/purge/edge.example/a":       "a URL",
	} {
		e, p := limitedTo(t, api, nil, []string{"post:*"})
		_, _, err := FastlyAPI{e}.Serve(context.Background(), post(path, "Fastly-Key: the-text-of-a-token").request(t))
		refusedFor(t, p, err, detail)
	}
	e, p := limitedTo(t, tenants+api, []string{"anonymous"}, nil)
	_, _, err := FastlyAPI{e}.Serve(context.Background(), post("/purge/edge.example/a?auth_token=first", "Fastly-Key: the-text-of-a-token").request(t))
	refusedFor(t, p, err, "content of the tenant")
}

func TestCallsOfFastlysAPIAreRecorded(t *testing.T) {
	e, _ := endpoint(t, tenants+api)
	lines := recordedBy(t, e)
	const sent = `"source":"fastly_api","token":"name of operator","result":"ok",`
	for _, c := range []struct {
		call apiCall
		want string
	}{
		{post("/service/abc/purge/a", "Larder-Tenant: anonymous", "Fastly-Soft-Purge: 0"), sent + `"tenants":["anonymous"],"soft":false,"keys":["a"]`},
		{post("/service/abc/purge_all"), sent + `"tenants":["all"],"soft":true,"all":true`},
		{post("/purge/edge.example/a/?auth_token=hunter2&b=c"), sent + `"tenants":["` + strings.Trim(prefixOf("hunter2"), "@:") + `"],"soft":true,"url":"/a/"`},
	} {
		lines.Reset()
		answer, _, err := FastlyAPI{e}.Serve(context.Background(), c.call.request(t))
		if got, want := lines.String(), line(c.want); got != want || requestIDOf(answer, err) != requestID {
			t.Errorf("%s: the line is\n%swant\n%s", c.call.path, got, want)
		}
	}
	lines.Reset()
	_, _, err := FastlyAPI{e}.Serve(context.Background(), post("/service/abc/purge/a").request(t))
	if got := lines.String(); !strings.Contains(got, `"result":"no-tenant"`) || requestIDOf(nil, err) != requestID {
		t.Errorf("the line is %s", got)
	}
}
