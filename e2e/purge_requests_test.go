package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestAPurgeThatIsRefusedPurgesNothing(t *testing.T) {
	edge, origin := begin(t)
	edge.get(t, somePost).wantFetched(t)
	const keys = `{"keys":["post:quince-patience"],"soft":false}`
	const all = `{"all":true,"soft":false}`
	tooMany, err := json.Marshal(map[string]any{"keys": slices.Repeat([]string{"post:quince-patience"}, 751)})
	if err != nil {
		t.Fatal(err)
	}
	without := with("Authorization", "")
	for _, c := range []struct {
		name, body string
		options    []option
		status     int
		problem    string
	}{
		{"without a token", keys, []option{without}, 401, "unauthorized"},
		{"with another token", keys, []option{with("Authorization", "Bearer wrong")}, 401, "unauthorized"},
		{"with the beginning of the token", keys, []option{with("Authorization", "Bearer local-purge")}, 401, "unauthorized"},
		{"with an empty token", keys, []option{with("Authorization", "Bearer ")}, 401, "unauthorized"},
		{"with the token in another scheme", keys, []option{with("Authorization", "Token "+purgeToken)}, 401, "unauthorized"},
		{"with an invalid Fastly-Key", keys, []option{without, with("Fastly-Key", "wrong")}, 401, "unauthorized"},
		{"of everything without a token", all, []option{without}, 401, "unauthorized"},
		{"by query alone without a token", "", []option{without, with("Surrogate-Key", "post:quince-patience")}, 401, "unauthorized"},
		{"without a key", `{}`, nil, 400, "no-key"},
		{"without a body", "", nil, 400, "no-key"},
		{"with an empty list", `{"keys":[]}`, nil, 400, "no-key"},
		{"with an empty key", `{"keys":["post:quince-patience",""]}`, nil, 400, "bad-purge"},
		{"with a key that is a number", `{"keys":[1]}`, nil, 400, "bad-purge"},
		{"with an unknown member", `{"keys":["post:quince-patience"],"sofft":false}`, nil, 400, "bad-purge"},
		{"that is no JSON", `keys=post:quince-patience`, nil, 400, "bad-purge"},
		{"that is cut short", `{"keys":["post:quince-patience"`, nil, 400, "bad-purge"},
		{"that goes on after its end", keys + keys, nil, 400, "bad-purge"},
		{"that is a list", `["post:quince-patience"]`, nil, 400, "bad-purge"},
		{"with a soft that is a word", `{"keys":["post:quince-patience"],"soft":"no"}`, nil, 400, "bad-purge"},
		{"with a soft in the query that is no truth value", keys, []option{query("soft=maybe")}, 400, "bad-purge"},
		{"with soft in the query and more behind it", keys, []option{query("soft=false;x")}, 400, "bad-purge"},
		{"with soft twice in the query", keys, []option{query("soft=true&soft=false")}, 400, "bad-purge"},
		{"with an unknown parameter", keys, []option{query("hard=true")}, 400, "bad-purge"},
		{"with two tenants in the query", keys, []option{query("auth_token=second-token")}, 400, "bad-purge"},
		{"with a member twice", `{"keys":["post:quince-patience"],"keys":["posts"]}`, nil, 400, "bad-purge"},
		{"with a member in another case", `{"keys":["post:quince-patience"],"Soft":false}`, nil, 400, "bad-purge"},
		{"with a member that is null", `{"keys":["post:quince-patience"],"soft":null}`, nil, 400, "bad-purge"},
		{"without a tenant", keys, []option{as("")}, 400, "no-tenant"},
		{"with a tenant that is none", `{"keys":["post:quince-patience"],"tenants":["demo-token"]}`, nil, 400, "bad-purge"},
		{"with too large a body", `{"keys":["` + strings.Repeat("a", 300<<10) + `"]}`, nil, 413, "purge-too-large"},
		{"with too many keys", string(tooMany), nil, 413, "purge-too-large"},
		{"with GET", "", []option{method(http.MethodGet)}, 405, "method-not-allowed"},
		{"with PUT", keys, []option{method(http.MethodPut)}, 405, "method-not-allowed"},
		{"with DELETE", keys, []option{method(http.MethodDelete)}, 405, "method-not-allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := edge.purge(t, c.body, c.options...)
			got.wantProblem(t, c.status, c.problem)
			switch c.status {
			case http.StatusUnauthorized:
				if got.header.Get("Www-Authenticate") == "" {
					t.Error("no WWW-Authenticate")
				}
			case http.StatusMethodNotAllowed:
				if got.header.Get("Allow") != "POST" {
					t.Errorf("Allow is %q", got.header.Get("Allow"))
				}
			}
			if body := string(got.body); strings.Contains(body, demoToken) || strings.Contains(body, purgeToken) {
				t.Errorf("the answer shows a credential: %s", body)
			}
			edge.get(t, somePost).wantHit(t)
		})
	}
	if got := origin.reads(t, somePost); got != 1 {
		t.Errorf("the origin received %d requests, want one", got)
	}
}

// query adds to the request's query.
func query(more string) option {
	return func(r *http.Request) { r.URL.RawQuery += "&" + more }
}

func TestEveryFormOfAPurgeRefreshesTheItemAndNothingElse(t *testing.T) {
	const other = "/v2/posts/sharp-enough/"
	for _, c := range []struct {
		name, body string
		options    []option
		soft       bool
	}{
		{"keys", `{"keys":["post:quince-patience"]}`, nil, true},
		{"keys under Fastly's name", `{"surrogate_keys":["post:quince-patience"]}`, nil, true},
		{"several keys", `{"keys":["post:nobody","post:quince-patience","post:quince-patience"]}`, nil, true},
		{"a header", "", []option{with("Surrogate-Key", "post:nobody post:quince-patience")}, true},
		{"soft, said explicitly", `{"keys":["post:quince-patience"],"soft":true}`, nil, true},
		{"hard", `{"keys":["post:quince-patience"],"soft":false}`, nil, false},
		{"hard by query", `{"keys":["post:quince-patience"]}`, []option{query("soft=false")}, false},
		{"a Fastly-Key", `{"keys":["post:quince-patience"]}`, []option{with("Authorization", ""), with("Fastly-Key", fastlyKey)}, true},
		{"the tenant by credential in the body", `{"keys":["post:quince-patience"],"credentials":["demo-token"]}`, []option{as("")}, true},
		{"both tenants", `{"keys":["post:quince-patience"],"credentials":["second-token"]}`, nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			edge, _ := begin(t)
			edge.get(t, somePost).wantFetched(t)
			edge.get(t, other).wantFetched(t)
			got := edge.purge(t, c.body, c.options...)
			var result struct {
				Status string
				Soft   bool
				Keys   []string
			}
			if err := json.Unmarshal(got.body, &result); err != nil || got.status != http.StatusOK {
				t.Fatalf("%d %v (%v)", got.status, got, err)
			}
			isKey := func(key string) bool { return strings.HasSuffix(key, ":post:quince-patience") }
			isBucket := func(key string) bool { return strings.Contains(key, ":~") }
			if result.Status != "ok" || result.Soft != c.soft || !slices.ContainsFunc(result.Keys, isKey) || !slices.ContainsFunc(result.Keys, isBucket) {
				t.Errorf("the answer is %s", got.body)
			}
			if strings.Contains(string(got.body), demoToken) {
				t.Errorf("the answer shows the credential: %s", got.body)
			}
			after := edge.get(t, somePost).wantFetched(t)
			want := "stale"
			if !c.soft {
				want = "uri-miss"
			}
			if after.cache.fwd != want {
				t.Errorf("after the purge fwd is %q, want %q", after.cache.fwd, want)
			}
			edge.get(t, other).wantHit(t)
		})
	}
}

func TestAPurgeReachesOneTenantOnly(t *testing.T) {
	edge, _ := begin(t)
	const path = "/v2/posts/a-shelf-you-can-read/"
	fill := func() {
		edge.get(t, path)
		edge.get(t, path, as(otherToken))
		edge.get(t, path).wantHit(t)
		edge.get(t, path, as(otherToken)).wantHit(t)
	}
	for _, body := range []string{`{"keys":["post:a-shelf-you-can-read"]}`, `{"all":true}`, `{"all":true,"soft":false}`} {
		fill()
		if got := edge.purge(t, body, as(otherToken)); got.status != http.StatusOK {
			t.Fatal(got)
		}
		edge.get(t, path).wantHit(t)
		edge.get(t, path, as(otherToken)).wantFetched(t)
	}
	fill()
	if got := edge.purge(t, `{"all":true}`, as("")); got.status != http.StatusOK {
		t.Fatal(got)
	}
	edge.get(t, path).wantFetched(t)
	edge.get(t, path, as(otherToken)).wantFetched(t)
}

func TestAPurgeOfAllAnonymousContentDoesNotTouchTenants(t *testing.T) {
	edge, origin := beginScripted(t)
	const path = "/things/a/"
	origin.script(path, respond(thing("a", "for all")))
	for _, token := range []string{demoToken, otherToken, ""} {
		edge.get(t, path, as(token)).wantFetched(t)
	}
	for _, body := range []string{`{"all":true,"anonymous":true}`, `{"all":true,"anonymous":true,"soft":false}`} {
		if got := edge.purge(t, body, as("")); got.status != http.StatusOK {
			t.Fatal(got)
		}
		edge.get(t, path, as("")).wantFetched(t)
		edge.get(t, path).wantHit(t)
		edge.get(t, path, as(otherToken)).wantHit(t)
	}
}

// deletable answers each tenant with its own thing, and 204 to DELETE.
func deletable(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodDelete {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	respond(thing("a", "of "+r.URL.Query().Get("auth_token")))(w, r)
}

func TestADELETERemovesOnlyItsOwnTenantsAnswer(t *testing.T) {
	edge, origin := beginScripted(t)
	const path, beside = "/things/a/", "/things/b/"
	origin.script(path, deletable)
	origin.script(beside, deletable)
	edge.get(t, path).wantFetched(t)
	edge.get(t, path, as(otherToken)).wantFetched(t)
	edge.get(t, beside).wantFetched(t)
	if got := edge.get(t, path, method(http.MethodDelete)); got.status != http.StatusNoContent {
		t.Fatal(got)
	}
	origin.script(path, status(http.StatusServiceUnavailable))
	edge.get(t, path).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
	if got := edge.get(t, path, as(otherToken)).wantHit(t); string(got.body) != thing("a", "of "+otherToken) {
		t.Errorf("the other tenant's copy is another answer: %v", got)
	}
	edge.get(t, beside).wantHit(t)
}

func TestAStrangersUnsafeRequestsChangeNothingOfTenants(t *testing.T) {
	edge, origin := beginScripted(t)
	const path, beside = "/things/a/", "/things/b/"
	origin.script(beside, deletable)
	origin.script(path, deletable)
	edge.get(t, path).wantFetched(t)
	edge.get(t, path, as("")).wantFetched(t)
	edge.get(t, beside).wantFetched(t)
	origin.script(path, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", beside+"?auth_token="+r.URL.Query().Get("auth_token"))
		w.Header().Set("Cache-Group-Invalidation", `"larder-all"`)
		code := map[string]int{http.MethodPost: http.StatusFound, "BREW": http.StatusOK, http.MethodDelete: http.StatusNoContent}[r.Method]
		if code == 0 {
			code = http.StatusServiceUnavailable
		}
		w.WriteHeader(code)
	})
	for _, name := range []string{http.MethodPost, "BREW", http.MethodDelete} {
		if got := edge.get(t, path, as(""), method(name)); got.status >= 400 {
			t.Fatal(name, got)
		}
	}
	edge.get(t, path).wantHit(t)
	edge.get(t, beside).wantHit(t)
	edge.get(t, path, as("")).wantStale(t) // not even that is gone
}

func TestAHardPurgedAnswerStaysGoneInAnOutage(t *testing.T) {
	edge, origin := begin(t)
	edge.get(t, somePost).wantFetched(t)
	if got := edge.purge(t, `{"keys":["post:quince-patience"],"soft":false}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	origin.kill(t)
	edge.get(t, somePost).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
}

func TestAnEntryWithTooManyKeysIsStillPurgedByEachOfThem(t *testing.T) {
	edge, origin := beginScripted(t)
	const items = 1500 // of 45 bytes and more: four times what the host takes
	name := func(i int) string { return fmt.Sprintf("one-of-very-many-things-in-a-list-number-%d", i) }
	slugs := make([]string, items)
	for i := range slugs {
		slugs[i] = fmt.Sprintf(`{"slug":%q}`, name(i))
	}
	origin.script("/things/", respond(`{"data":[`+strings.Join(slugs, ",")+`]}`))
	origin.script("/things/a/", respond(thing("a", "small")))

	debugged := edge.get(t, "/things/", with("Larder-Debug", "1")).wantFetched(t)
	if !debugged.cache.stored {
		t.Fatalf("an answer with many keys is not stored: %v", debugged)
	}
	keys := debugged.header.Get("Surrogate-Key")
	if len(keys) > 16384 || !strings.Contains(keys, ":~") {
		t.Errorf("the keys have %d bytes, and buckets: %v", len(keys), strings.Contains(keys, ":~"))
	}
	edge.get(t, "/things/a/").wantFetched(t)
	for _, i := range []int{0, 1, 250, 400, 777, items - 2, items - 1} {
		edge.get(t, "/things/").wantHit(t)
		if got := edge.purge(t, fmt.Sprintf(`{"keys":["thing:%s"]}`, name(i))); got.status != http.StatusOK {
			t.Fatal(got)
		}
		edge.get(t, "/things/").wantFetched(t)
	}
	edge.get(t, "/things/a/").wantHit(t)
	if got := edge.purge(t, `{"keys":["things"]}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	edge.get(t, "/things/").wantFetched(t)
}

func TestALargeBatchIsPurgedAsAWholeOrRefusedAsAWhole(t *testing.T) {
	s := beginSingleOrigin(t) // which repeats no purges
	const first, last = "/things/k0/", "/things/k749/"
	batch := func(n int) string {
		keys := make([]string, n)
		for i := range keys {
			keys[i] = fmt.Sprintf("thing:k%d", i)
		}
		text, err := json.Marshal(map[string]any{"keys": keys})
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for path, slug := range map[string]string{first: "k0", last: "k749"} {
		s.origin.script(path, respond(thing(slug, "old")))
		s.get(t, path).wantFetched(t)
	}
	for _, n := range []int{751, 10_000} {
		got := s.purge(t, batch(n))
		got.wantProblem(t, http.StatusRequestEntityTooLarge, "purge-too-large")
		if want := fmt.Sprintf("It names %d keys; at most 750 fit in one request. Send them in parts.", n); !strings.Contains(string(got.body), want) {
			t.Errorf("the answer is %s", got.body)
		}
		s.get(t, first).wantHit(t)
		s.get(t, last).wantHit(t)
	}
	if got := s.purge(t, batch(750)); got.status != http.StatusOK {
		t.Fatal(got)
	}
	s.get(t, first).wantFetched(t)
	s.get(t, last).wantFetched(t)
}
