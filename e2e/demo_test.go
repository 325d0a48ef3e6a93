package e2e

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"larder/internal/local"
)

// api is a demo content API as tests work with it.
type api struct{ *local.Demo }

// begin gives a test the demo's edge with an empty cache, and the demo
// healthy with its counts at zero.
func begin(t *testing.T) (edge, api) {
	t.Helper()
	demo := api{suite.api}
	demo.control(t, http.MethodDelete, "/_demo/faults", "")
	suite.demo.settle(t, "/v2/tags/?preview=1")
	suite.demo.empty(t)
	demo.resetCounts(t)
	return suite.demo, demo
}

// control speaks to the demo itself, past the edge.
func (a api) control(t *testing.T, method, path, body string) []byte {
	t.Helper()
	request, err := http.NewRequest(method, a.URL()+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Token "+demoWriter)
	response, err := client.Do(request)
	if err != nil {
		t.Fatalf("%s %s: %v", method, path, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode >= 300 {
		t.Fatalf("%s %s: %s %s (%v)", method, path, response.Status, answer, err)
	}
	return answer
}

// fail makes the demo fail; faults is the JSON of its switch.
func (a api) fail(t *testing.T, faults string) {
	t.Helper()
	a.control(t, http.MethodPut, "/_demo/faults", faults)
	t.Cleanup(func() { a.heal(t) })
}

func (a api) heal(t *testing.T) {
	t.Helper()
	a.control(t, http.MethodDelete, "/_demo/faults", "")
}

// counts is how many requests of each kind the demo received, by "METHOD
// path?query" without the token, since the last resetCounts.
func (a api) counts(t *testing.T) map[string]int {
	t.Helper()
	var shown struct{ Counts map[string]int }
	if err := json.Unmarshal(a.control(t, http.MethodGet, "/_demo/requests", ""), &shown); err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	for request, n := range shown.Counts {
		path, rawQuery, _ := strings.Cut(request, "?")
		query, err := url.ParseQuery(rawQuery)
		if err != nil {
			t.Fatal(err)
		}
		query.Del("auth_token")
		if len(query) > 0 {
			path += "?" + query.Encode()
		}
		counts[path] += n
	}
	return counts
}

// reads is how many GETs for a path the demo received.
func (a api) reads(t *testing.T, path string) int {
	t.Helper()
	return a.counts(t)["GET "+path]
}

func (a api) resetCounts(t *testing.T) {
	t.Helper()
	a.control(t, http.MethodDelete, "/_demo/requests", "")
}

// edit changes a post's summary, and returns when its purge has ended.
func (a api) edit(t *testing.T, slug, summary string) {
	t.Helper()
	change, err := json.Marshal(map[string]string{"summary": summary})
	if err != nil {
		t.Fatal(err)
	}
	a.write(t, http.MethodPatch, "/v2/posts/"+slug+"/", string(change))
}

// write uses the demo's write API, and returns when the purge has ended well.
func (a api) write(t *testing.T, method, path, body string) {
	t.Helper()
	answer := a.control(t, method, path+"?wait=1", body)
	if method == http.MethodDelete {
		return
	}
	var edited struct {
		Meta struct {
			Purges []struct {
				Status int
				Error  string
			}
		}
	}
	if err := json.Unmarshal(answer, &edited); err != nil {
		t.Fatal(err)
	}
	if len(edited.Meta.Purges) != 1 || edited.Meta.Purges[0].Status != http.StatusOK {
		t.Fatalf("%s %s was not purged: %+v", method, path, edited.Meta.Purges)
	}
}

// summary is that of the post in an answer.
func (a answer) summary(t *testing.T) string {
	t.Helper()
	var post struct{ Data struct{ Summary string } }
	if err := json.Unmarshal(a.body, &post); err != nil {
		t.Fatalf("not a post: %v (%v)", a, err)
	}
	return post.Data.Summary
}
