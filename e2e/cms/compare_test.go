package main

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

func TestAnAnswerIsJudgedByWhereItComesFromAndWhatTheCMSSays(t *testing.T) {
	const fromCache, fetched = `Larder; hit; ttl=80; key="larder4|h||/a|b=c"`, `Larder; fwd=stale; fwd-status=200; stored; key="larder4|h||/a|"`
	edge := func(cacheStatus, body string) answer {
		return answer{200, http.Header{"Cache-Status": {cacheStatus}}, body}
	}
	origin := func(body string) answer { return answer{200, http.Header{}, body} }
	moved := origin("new")
	moved.header.Set("X-WP-Total", "2")
	gone := answer{404, http.Header{}, "new"}
	for _, test := range []struct {
		name                 string
		wasStored            bool
		before, edge, origin answer
		want                 verdict
	}{
		{"a hit that is right", true, origin("old"), edge(fromCache, "old"), origin("old"), current},
		{"a hit with an old body", true, origin("old"), edge(fromCache, "old"), origin("new"), missed},
		{"a hit with an old number of items", true, origin("new"), edge(fromCache, "new"), moved, missed},
		{"a hit of what is gone", true, origin("new"), edge(fromCache, "new"), gone, missed},
		{"a fetch after a change", true, origin("old"), edge(fetched, "new"), origin("new"), refreshed},
		{"a fetch without a change", true, origin("old"), edge(fetched, "old"), origin("old"), needless},
		{"a fetch of what was not stored", false, origin("old"), edge(fetched, "old"), origin("old"), uncached},
		{"a fetch that gave something else", true, origin("old"), edge(fetched, "other"), origin("new"), altered},
		{"a response that passed through", false, origin("old"), answer{200, http.Header{}, "old"}, origin("old"), uncached},
	} {
		if got := judge(test.wasStored, test.before, test.edge, test.origin); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
	if got := edge(fromCache, "").canonical(); got != "/a?b=c" {
		t.Errorf("the canonical URL is %q", got)
	}
	if got := edge(fetched, "").canonical(); got != "/a" {
		t.Errorf("the canonical URL without a query is %q", got)
	}
}

// fakeSite is an edge and a CMS in one server each: the edge stores what it has
// fetched until the key "a" is purged.
func fakeSite(t *testing.T, purges bool) (*comparison, func(text string)) {
	t.Helper()
	text := "old"
	serve := func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, text+" of "+r.URL.Path) }
	origin := httptest.NewServer(http.HandlerFunc(serve))
	t.Cleanup(origin.Close)
	stored := map[string]string{}
	edge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hook" {
			if purges {
				clear(stored)
			}
			io.WriteString(w, `{"status":"ok","soft":["a"]}`)
			return
		}
		status := "Larder; fwd=uri-miss; stored"
		body, hit := stored[r.URL.Path]
		if hit {
			status = "Larder; hit"
		} else {
			body = text + " of " + r.URL.Path
			stored[r.URL.Path] = body
		}
		w.Header().Set("Cache-Status", status)
		w.Header().Set("Surrogate-Key", "larder-entry-1 larder-all a "+strings.TrimPrefix(r.URL.Path, "/"))
		io.WriteString(w, body)
	}))
	t.Cleanup(edge.Close)
	relay, err := newRelay()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { relay.close() })
	relay.forwardTo(edge.URL + "/hook")
	c := &comparison{edge: edge.URL, origin: origin.URL, debugHeader: "Debug", urls: []string{"/one", "/two"}, relay: relay}
	if err := c.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	return c, func(to string) { text = to }
}

// send is an edit that sends a webhook.
func send(c *comparison, change func()) edit {
	return edit{"edit", func(ctx context.Context) error {
		change()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.relay.url(), strings.NewReader("{}"))
		if err != nil {
			return err
		}
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		return response.Body.Close()
	}}
}

func TestAnEditThatIsNotPurgedIsMissed(t *testing.T) {
	c, change := fakeSite(t, false)
	r, err := c.run(t.Context(), send(c, func() { change("new") }))
	if err != nil {
		t.Fatal(err)
	}
	if r.counts[missed] != 2 || len(r.mistakes) != 2 || len(r.hooks) != 1 {
		t.Errorf("%v, mistakes %v, %d webhooks", r.counts, r.mistakes, len(r.hooks))
	}
	report := &report{rounds: []*round{r}}
	if report.verdict() == nil {
		t.Error("the run passes")
	}
}

func TestWhatIsPurgedIsRefreshedAndExplained(t *testing.T) {
	c, change := fakeSite(t, true)
	r, err := c.run(t.Context(), send(c, func() { change("new") }))
	if err != nil {
		t.Fatal(err)
	}
	if want := map[verdict]int{refreshed: 2}; !maps.Equal(r.counts, want) {
		t.Errorf("after a change: %v", r.counts)
	}
	again, err := c.run(t.Context(), send(c, func() {}))
	if err != nil {
		t.Fatal(err)
	}
	if want := map[verdict]int{needless: 2}; !maps.Equal(again.counts, want) || !slices.Equal(again.causes["/one"], []string{"a"}) {
		t.Errorf("without a change: %v because of %v", again.counts, again.causes)
	}
	report := &report{rounds: []*round{r, again}}
	if err := report.verdict(); err != nil {
		t.Error(err)
	}
	again.causes["/one"] = nil
	if report.verdict() == nil {
		t.Error("a refresh without a reason passes")
	}
}
