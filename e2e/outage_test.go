package e2e

import (
	"bytes"
	"net/http"
	"testing"

	"larder/internal/local"
)

// kill ends the demo as a crash does, and restarts it when the test ends.
func (a api) kill(t *testing.T) {
	t.Helper()
	a.Kill()
	t.Cleanup(func() { a.revive(t) })
}

// revive starts the demo again where it was, unless it runs.
func (a api) revive(t *testing.T) {
	t.Helper()
	select {
	case <-a.Done():
	default:
		return
	}
	// The test's own context ends before its clean-up does.
	if err := a.Restart(suite.context); err != nil {
		t.Fatal(err)
	}
}

// served are requests of every kind that an outage must not show in.
var served = []string{
	"/v2/posts/", "/v2/posts/?page=3&page_size=7", "/v2/posts/toast-considered/", "/v2/posts/sharp-enough/",
	"/v2/authors/ines-calder/?include=recent_posts", "/v2/categories/", "/v2/tags/?include=recent_posts",
	"/v2/search/?query=salt", "/v2/feeds/atom/",
}

func TestWithTheOriginDeadEverythingServedBeforeIsServedAgain(t *testing.T) {
	edge, origin := begin(t)
	before := map[string]answer{}
	for _, path := range served {
		before[path] = edge.get(t, path).wantFetched(t)
	}
	origin.kill(t)

	check := func(t *testing.T, judge func(answer, *testing.T)) {
		for path, old := range before {
			got := edge.get(t, path)
			if got.status != http.StatusOK || !bytes.Equal(got.body, old.body) || got.header.Get("Etag") != old.header.Get("Etag") {
				t.Errorf("%s is another answer: %v", path, got)
			}
			judge(got, t)
			unchanged := edge.get(t, path, with("If-None-Match", old.header.Get("Etag")))
			if unchanged.status != http.StatusNotModified || len(unchanged.body) > 0 {
				t.Errorf("%s with If-None-Match: %v", path, unchanged)
			}
			head := edge.get(t, path, method(http.MethodHead))
			if head.status != http.StatusOK || head.header.Get("Content-Length") != old.header.Get("Content-Length") {
				t.Errorf("HEAD %s: %v %v", path, head, head.header)
			}
			part := edge.get(t, path, with("Range", "bytes=1-5"))
			if part.status != http.StatusPartialContent || !bytes.Equal(part.body, old.body[1:6]) {
				t.Errorf("%s with Range: %v", path, part)
			}
		}
	}
	t.Run("while entries are fresh", func(t *testing.T) {
		check(t, func(a answer, t *testing.T) { a.wantHit(t) })
	})
	t.Run("after everything was purged softly", func(t *testing.T) {
		if got := edge.purge(t, `{"all":true}`); got.status != http.StatusOK {
			t.Fatal(got)
		}
		check(t, func(a answer, t *testing.T) { a.wantStale(t) })
	})
	t.Run("and what was never served is a problem", func(t *testing.T) {
		got := edge.get(t, "/v2/posts/kefir-for-the-impatient/")
		got.wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
		if got.header.Get("Retry-After") == "" || got.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("its header lacks something: %v", got.header)
		}
	})
}

func TestAnOriginThatComesBackIsUsedAgainWithoutAPurge(t *testing.T) {
	edge, origin := begin(t)
	const slug, path = "sharp-enough", "/v2/posts/sharp-enough/"
	origin.edit(t, slug, "Old.")
	edge.get(t, path).wantFetched(t)
	edge.get(t, "/v2/posts/").wantFetched(t)
	origin.edit(t, slug, "New.")
	origin.kill(t)
	if got := edge.get(t, path).wantStale(t); got.summary(t) != "Old." {
		t.Errorf("the stale copy is another one: %v", got)
	}
	cold := "/v2/posts/custard-that-forgives/"
	edge.get(t, cold).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")

	origin.revive(t)
	eventually(t, "the new content came", func() bool {
		got := edge.get(t, path)
		return got.status == http.StatusOK && got.summary(t) == "New."
	})
	edge.get(t, path).wantHit(t)
	eventually(t, "what failed while it was cold is there", func() bool {
		return edge.get(t, cold).status == http.StatusOK
	})
	edge.get(t, cold).wantHit(t)
	if got := origin.reads(t, path); got != 1 {
		t.Errorf("the origin received %d requests after its return, want one", got)
	}
}

func TestTheStandbyAnswersColdRequestsWhileThePrimaryIsDead(t *testing.T) {
	edge, origin := begin(t)
	standby, err := local.StartDemo(t.Context(), local.DemoOptions{
		Binary: suite.binary, Name: "standby", Address: suite.standby, Flags: []string{"-standby"},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer standby.Close()
	if got := edge.get(t, "/v2/posts/rye-the-slow-grain/").wantFetched(t); got.header.Get("X-Origin") != "primary" {
		t.Errorf("a healthy primary received no request: %v", got.header)
	}

	for _, faults := range []string{"", `{"status":503}`, `{"reset":true}`, `{"truncate":10}`} {
		t.Run("primary with "+faults, func(t *testing.T) {
			edge.empty(t)
			api{standby}.resetCounts(t)
			if faults == "" {
				origin.kill(t)
			} else {
				origin.fail(t, faults)
			}
			const cold = "/v2/posts/beans-from-the-oven/"
			got := edge.get(t, cold).wantFetched(t)
			if got.header.Get("X-Origin") != "standby" {
				t.Errorf("the standby received no request: %v", got.header)
			}
			edge.get(t, cold).wantHit(t)
			if n := (api{standby}).reads(t, cold); n != 1 {
				t.Errorf("the standby received %d requests, want one", n)
			}
		})
	}
}

func TestAFailingOriginsAnswerNeverReplacesAGoodOne(t *testing.T) {
	const slug, path = "plum-jam-at-midnight", "/v2/posts/plum-jam-at-midnight/"
	for _, faults := range []string{
		`{"status":500}`, `{"status":502}`, `{"status":503}`, `{"status":504}`, `{"status":429}`,
		`{"garbage":true}`, `{"truncate":100}`, `{"reset":true}`, `{"truncate":100,"gzip":false}`,
	} {
		t.Run(faults, func(t *testing.T) {
			edge, origin := begin(t)
			old := edge.get(t, path).wantFetched(t)
			origin.edit(t, slug, "Changed for "+faults)
			origin.fail(t, faults)
			got := edge.get(t, path).wantStale(t)
			if !bytes.Equal(got.body, old.body) {
				t.Errorf("the stale copy is another one: %v", got)
			}
			edge.get(t, "/v2/posts/radishes-with-everything/").wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
			origin.heal(t)
			eventually(t, "the new content came", func() bool {
				return edge.get(t, path).summary(t) == "Changed for "+faults
			})
			eventually(t, "the cold answer came", func() bool {
				return edge.get(t, "/v2/posts/radishes-with-everything/").status == http.StatusOK
			})
		})
	}
}

func TestARefusedTokenNeitherStoresNorEvicts(t *testing.T) {
	edge, origin := begin(t)
	const path = "/v2/posts/a-jar-for-the-road/"
	for range 2 {
		got := edge.get(t, path, as("wrong-token"))
		if got.status != http.StatusUnauthorized || got.cache.hit || got.cache.stored {
			t.Errorf("a 401 was stored: %v", got)
		}
	}
	if got := edge.get(t, path, as("")); got.status != http.StatusUnauthorized || got.cache.stored {
		t.Errorf("a 401 without any token was stored: %v", got)
	}
	edge.get(t, path).wantFetched(t)
	edge.get(t, path, as("wrong-token"))
	edge.get(t, path).wantHit(t)
	if got := origin.reads(t, path); got != 5 {
		t.Errorf("the origin received %d requests, want one for the content and once for each refusal", got)
	}
}
