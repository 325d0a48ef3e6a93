package contentapi_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"larder/demo/contentapi"
)

// noon is the time of an edit.
func noon() time.Time { return time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC) }

// listener records the requests that it receives.
type listener struct {
	mu      sync.Mutex
	bodies  []string
	queries []string
	headers []http.Header
	arrived chan struct{}
	status  int
}

// listen starts a target of edits.
func listen(t *testing.T) (*listener, string) {
	l := &listener{arrived: make(chan struct{}, 100), status: http.StatusOK}
	server := httptest.NewServer(l)
	t.Cleanup(server.Close)
	return l, server.URL
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.bodies = append(l.bodies, string(body))
	l.queries = append(l.queries, r.URL.RawQuery)
	l.headers = append(l.headers, r.Header)
	w.WriteHeader(l.status)
	l.arrived <- struct{}{}
}

// last returns the last body.
func (l *listener) last() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.bodies) == 0 {
		return ""
	}
	return l.bodies[len(l.bodies)-1]
}

func TestEditsPurgeTheirKeys(t *testing.T) {
	purges, address := listen(t)
	base := start(t, contentapi.Options{Targets: []contentapi.Target{{
		Kind: contentapi.Purge, URL: address + "/_larder/purge", TenantParameter: "auth_token",
		Header: http.Header{"Authorization": {"Bearer secret"}},
	}}})
	tests := []struct{ name, method, path, body, want string }{
		{"an edit purges the post and the lists that select posts", "PATCH", "/v2/posts/toast-considered/", `{"title":"Toast"}`,
			`{"keys":["post:toast-considered","posts:filtered"]}`},
		{"an edit that regroups a post purges the same", "PATCH", "/v2/posts/toast-considered/", `{"tags":["eggs"]}`,
			`{"keys":["post:toast-considered","posts:filtered"]}`},
		{"an edit of a draft purges only the post", "PATCH", "/v2/posts/notes-toward-a-pie/", `{"tags":["eggs"]}`,
			`{"keys":["post:notes-toward-a-pie"]}`},
		{"publishing purges the lists and the previous post", "POST", "/v2/posts/notes-toward-a-pie/publish/", ``,
			`{"keys":["post:notes-toward-a-pie","posts","post:a-jar-for-the-road"]}`},
		{"unpublishing purges hard", "POST", "/v2/posts/notes-toward-a-pie/unpublish/", ``,
			`{"keys":["posts"],"hard":["post:notes-toward-a-pie"]}`},
		{"an edit back to draft purges hard", "PATCH", "/v2/posts/the-second-rise/", `{"status":"draft"}`,
			`{"keys":["posts"],"hard":["post:the-second-rise"]}`},
		{"renaming purges both names hard", "PATCH", "/v2/posts/toast-considered/", `{"slug":"toast"}`,
			`{"keys":["posts"],"hard":["post:toast","post:toast-considered"]}`},
		{"deleting purges hard", "DELETE", "/v2/posts/toast/", ``,
			`{"keys":["posts"],"hard":["post:toast"]}`},
		{"keys are not encoded", "PATCH", "/v2/posts/%E5%91%B3%E5%99%8C/", `{"title":"M"}`,
			`{"keys":["post:味噌","posts:filtered"]}`},
		{"a page", "PATCH", "/v2/pages/*/about/", `{"name":"Us"}`, `{"keys":["page:*/about","pages:*:filtered","pages:filtered"]}`},
		{"a new page purges its list", "POST", "/v2/pages/landing_page/", `{"name":"X","status":"published"}`,
			`{"keys":["page:landing_page/x","pages:landing_page","pages"]}`},
		{"a deleted page", "DELETE", "/v2/pages/landing_page/x/", ``,
			`{"keys":["pages:landing_page","pages"],"hard":["page:landing_page/x"]}`},
		{"an item", "PATCH", "/v2/content/menu_items/2/", `{"fields":{"price":9}}`, `{"keys":["item:menu_items/2","content:menu_items:filtered"]}`},
		{"an unpublished item", "POST", "/v2/content/menu_items/2/unpublish/", ``,
			`{"keys":["content:menu_items"],"hard":["item:menu_items/2"]}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, body := ask(t, test.method, base+test.path+"?wait=1", test.body, writer)
			if response.StatusCode >= 300 {
				t.Fatalf("status %d: %s", response.StatusCode, body)
			}
			// With wait=1 the purge has ended.
			if got := purges.last(); got != test.want {
				t.Errorf("purge %s\n want %s", got, test.want)
			}
		})
	}
	purges.mu.Lock()
	defer purges.mu.Unlock()
	if purges.queries[0] != "auth_token=demo-token" || purges.headers[0].Get("Authorization") != "Bearer secret" {
		t.Errorf("query %q, headers %v", purges.queries[0], purges.headers[0])
	}
}

func TestWaitReturnsTheOutcomeOfThePurge(t *testing.T) {
	purges, address := listen(t)
	purges.status = http.StatusUnauthorized
	base := start(t, contentapi.Options{Targets: []contentapi.Target{{Kind: contentapi.Purge, URL: address}}})
	_, body := ask(t, "PATCH", base+"/v2/posts/sharp-enough/?wait=1", `{}`, writer)
	if got := at(t, body, "meta", "purges", 0, "status"); got != 401.0 {
		t.Errorf("status %v in %s", got, body)
	}
}

func TestRefusedEditsAreNotAnnounced(t *testing.T) {
	purges, address := listen(t)
	base := start(t, contentapi.Options{Targets: []contentapi.Target{{Kind: contentapi.Purge, URL: address}}})
	ask(t, "PATCH", base+"/v2/posts/nope/?wait=1", `{}`, writer)
	ask(t, "PATCH", base+"/v2/posts/sharp-enough/?wait=1", `{"title":""}`, writer)
	if got := purges.last(); got != "" {
		t.Errorf("purged %s", got)
	}
}

func TestWebhooks(t *testing.T) {
	hooks, address := listen(t)
	base := start(t, contentapi.Options{Targets: []contentapi.Target{{
		Kind: contentapi.Webhook, URL: address + "/hook", Header: http.Header{"X-Secret": {"abc"}},
	}}})
	edits := []struct{ method, path, body, event, id string }{
		{"PATCH", "/v2/posts/the-egg-shelf/", `{"title":"Eggs"}`, "post.published", "the-egg-shelf"},
		{"POST", "/v2/posts/the-egg-shelf/draft/", ``, "post.draft", "the-egg-shelf"},
		{"POST", "/v2/posts/drain-the-yoghurt/unpublish/", ``, "post.delete", "drain-the-yoghurt"},
		{"DELETE", "/v2/posts/the-egg-shelf/", ``, "post.delete", "the-egg-shelf"},
		{"POST", "/v2/pages/*/about/unpublish/", ``, "page.unpublished", "about"},
		{"DELETE", "/v2/pages/*/about/", ``, "page.delete", "about"},
		{"PATCH", "/v2/content/menu_items/2/", `{"fields":{"price":9}}`, "collectionitem.published", "menu_items"},
		{"DELETE", "/v2/content/menu_items/2/", ``, "collectionitem.delete", "menu_items"},
	}
	for _, edit := range edits {
		ask(t, edit.method, base+edit.path, edit.body, writer)
	}
	for range edits {
		<-hooks.arrived
	}
	hooks.mu.Lock()
	defer hooks.mu.Unlock()
	for i, edit := range edits {
		t.Run(fmt.Sprintf("webhook %d is %s", i, edit.event), func(t *testing.T) {
			body := []byte(hooks.bodies[i])
			if got := at(t, body, "webhook", "event"); got != edit.event {
				t.Errorf("event %v", got)
			}
			if got := at(t, body, "webhook", "target"); got != address+"/hook" {
				t.Errorf("target %v", got)
			}
			if got := at(t, body, "data", "id"); got != edit.id {
				t.Errorf("id %v", got)
			}
		})
	}
	if got := at(t, []byte(hooks.bodies[6]), "data", "itemid"); got != "/v2/content/?keys=menu_items[_id=2]" {
		t.Errorf("itemid %v", got)
	}
	if got := hooks.headers[0].Get("X-Secret"); got != "abc" {
		t.Errorf("static header %q", got)
	}
}

func TestAnnouncementsKeepTheOrderOfEdits(t *testing.T) {
	hooks, address := listen(t)
	base := start(t, contentapi.Options{Targets: []contentapi.Target{{Kind: contentapi.Webhook, URL: address}}})
	const editors = 20
	var editing sync.WaitGroup
	for range editors {
		editing.Go(func() {
			request, err := http.NewRequest("PATCH", base+"/v2/posts/sharp-enough/", strings.NewReader(`{}`))
			if err != nil {
				t.Error(err)
				return
			}
			request.Header.Set("Authorization", "Token demo-write-token")
			response, err := client.Do(request)
			if err != nil {
				t.Error(err)
				return
			}
			response.Body.Close()
		})
	}
	editing.Wait()
	for range editors {
		<-hooks.arrived
	}
	hooks.mu.Lock()
	defer hooks.mu.Unlock()
	for i, body := range hooks.bodies {
		var hook struct{ Data struct{ Revision int } }
		if err := json.Unmarshal([]byte(body), &hook); err != nil {
			t.Fatal(err)
		}
		if hook.Data.Revision != i+2 {
			t.Errorf("webhook %d has revision %d", i, hook.Data.Revision)
		}
	}
}
