package handlers

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/purge"
)

// newHookedEdge returns an edge with a hook of Strapi and one of DatoCMS.
func newHookedEdge(t *testing.T) *edge {
	t.Helper()
	e := newEdgeWith(t, strings.Replace(testConfig, `"routes"`, `"hooks": [
		{"name": "strapi", "provider": "strapi", "content": [{"type": "post", "item": ["post:{slug}"], "lists": ["posts"]}]},
		{"name": "dato", "provider": "datocms"},
		{"name": "directus", "provider": "directus", "header": "X-Hook-Secret"}],
	"routes"`, 1))
	endpoint := *e.app.operations[purge.Path].(*purge.Endpoint)
	endpoint.Now, endpoint.Fence, endpoint.Vault = e.clock, e.app.fence, e.app.vault
	e.app.operations[purge.HooksPath] = &purge.Hooks{
		Endpoint: &endpoint,
		Secrets:  func(name string) ([]string, error) { return []string{name + "-secret"}, nil },
	}
	return e
}

func (e *edge) hook(name, body string) reply {
	e.t.Helper()
	return e.request(http.MethodPost, purge.HooksPath+name, body, "Authorization: Bearer "+name+"-secret")
}

func TestAWebhookMakesTheNextRequestGetTheEdit(t *testing.T) {
	e := newHookedEdge(t)
	e.says(200, before)
	e.get("/posts/tea/").want(200, before, anything)
	e.says(200, after)
	e.get("/posts/tea/").want(200, before, anything)
	r := e.hook("strapi", `{"event":"entry.publish","model":"post","entry":{"slug":"tea"}}`)
	r.want(200, `{"status":"ok","soft":["post:tea","posts"]}`+"\n", anything)
	r.wantHeader("Content-Type", "application/json")
	e.get("/posts/tea/").want(200, after, anything)
}

func TestAHooksSecretOverPlainHTTPIsRefused(t *testing.T) {
	e := newHookedEdge(t)
	for _, header := range []string{"X-Hook-Secret: directus-secret", "X-Hook-Secret: wrong", "Authorization: Bearer directus-secret"} {
		e.request(http.MethodPost, over("http", purge.HooksPath+"directus"), `{"event":"x"}`, header).wantProblem(403, "plain-http")
	}
	got := e.request(http.MethodPost, over("https", purge.HooksPath+"directus"), `{"event":"x"}`, "X-Hook-Secret: directus-secret")
	if got.status != 202 {
		t.Errorf("over HTTPS: %d %s", got.status, got.body)
	}
}

func TestAnEventThatIsNotKnownIsAccepted(t *testing.T) {
	e := newHookedEdge(t)
	r := e.hook("strapi", `{"event":"trigger-test"}`)
	r.want(202, `{"status":"ignored","ignored":[{"event":"trigger-test","reason":"neither an entry nor a file"}]}`+"\n", anything)
}

// DatoCMS says in a header of its answers which changes concern them.
func TestOpaqueTagsOfAnAnswerPurgeIt(t *testing.T) {
	const tags = `[; #k Q*r;L 7-KZ@ t#k[uQ <&>%2f`
	for _, tag := range strings.Fields(tags) {
		e := newHookedEdge(t)
		e.says(200, before, "X-Cache-Tags: "+tags)
		first := e.get("/posts/tea/")
		first.want(200, before, anything)
		first.wantNo("X-Cache-Tags")
		e.says(200, after, "X-Cache-Tags: "+tags)
		invalidate := `{"entity_type":"cda_cache_tags","event_type":"invalidate","entity":{"attributes":{"tags":[%q]}}}`
		e.hook("dato", fmt.Sprintf(invalidate, "t#k[uX")).want(200, anything, anything)
		e.get("/posts/tea/").want(200, before, anything)
		e.hook("dato", fmt.Sprintf(invalidate, tag)).want(200, anything, anything)
		e.get("/posts/tea/").want(200, after, anything)
	}
}

func TestAnOperationAtAFolderHasTheSegmentBelowIt(t *testing.T) {
	e := newEdge(t)
	e.app.operations["/_larder/folder/"] = operation(func(r *fsthttp.Request) any { return r.URL.Path })
	tests := []struct {
		path   string
		status int
	}{
		{"/_larder/folder/a", 200},
		{"/_larder/folder/", 200},
		{"/_larder/folder/a/b", 404},
		{"/_larder/folder", 404},
		{"/_larder/folders/a", 404},
		{"/_larder/", 404},
	}
	for _, test := range tests {
		if got := e.get(test.path).status; got != test.status {
			t.Errorf("%s: %d, want %d", test.path, got, test.status)
		}
	}
}

// operation is an Operation of one function.
type operation func(*fsthttp.Request) any

func (o operation) Serve(_ context.Context, r *fsthttp.Request) (any, func(), error) {
	return o(r), nil, nil
}
