package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// wantCopy fails unless the vault gave the answer.
func (a answer) wantCopy(t *testing.T, body, detail string) {
	t.Helper()
	if a.status != http.StatusOK || string(a.body) != body || a.cache.detail != detail && !strings.HasPrefix(a.cache.detail, detail+";") {
		t.Fatalf("want the copy of the %s; got %v", detail, a)
	}
}

// emptyUntilServed empties the cache until the vault answers for a path: copies
// are written after the responses, and purges may still be on their way.
func (f twoOrigins) emptyUntilServed(t *testing.T, path string, options ...option) answer {
	t.Helper()
	var got answer
	eventually(t, "the vault has "+path, func() bool {
		f.purge(t, `{"all":true,"soft":false}`, as(""))
		got = f.get(t, path, options...)
		return got.status == http.StatusOK
	})
	return got
}

func TestTheVaultAnswersIfTheCacheIsColdAndEveryOriginFails(t *testing.T) {
	f := newTwoOrigins(t, nil)
	const tea, milk, list = "/things/tea/", "/things/milk/", "/things/"
	both := `{"data":[` + `{"slug":"tea"},{"slug":"milk"}` + `]}`
	f.both(tea, respond(thing("tea", "Tea.")))
	f.both(milk, respond(thing("milk", "Milk.")))
	f.both(list, respond(both))
	for _, path := range []string{tea, milk, list} {
		f.get(t, path).wantFetched(t)
	}
	f.get(t, tea, as("")).wantFetched(t)
	if page := f.status(t); !page.Vault.Configured || !page.Vault.Reachable {
		t.Errorf("the status page of a working vault: %+v", page.Vault)
	}
	for _, path := range []string{tea, milk, list} {
		f.both(path, status(http.StatusServiceUnavailable))
	}

	t.Run("with its copy", func(t *testing.T) {
		f.emptyUntilServed(t, tea).wantCopy(t, thing("tea", "Tea."), "vault")
	})
	t.Run("and then from the cache, for a moment", func(t *testing.T) {
		before := f.primary.requestCount() + f.standby.requestCount()
		f.get(t, tea).wantCopy(t, thing("tea", "Tea."), "vault")
		if n := f.primary.requestCount() + f.standby.requestCount() - before; n != 0 {
			t.Errorf("the origins received %d requests", n)
		}
	})
	t.Run("not with another tenant's", func(t *testing.T) {
		f.get(t, tea, as(otherToken)).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
	})
	t.Run("marked as superseded after a soft purge", func(t *testing.T) {
		if got := f.purge(t, `{"keys":["thing:milk"]}`); got.status != http.StatusOK {
			t.Fatal(got)
		}
		f.emptyUntilServed(t, milk).wantCopy(t, thing("milk", "Milk."), "vault-superseded")
	})
	t.Run("but never with an item that was deleted, nor in a list", func(t *testing.T) {
		if got := f.purge(t, `{"keys":["thing:tea"],"soft":false}`); got.status != http.StatusOK {
			t.Fatal(got)
		}
		for range 3 {
			f.purge(t, `{"all":true,"soft":false}`, as(""))
			f.get(t, tea).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
			f.get(t, list).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
		}
		f.emptyUntilServed(t, tea, as("")).wantCopy(t, thing("tea", "Tea."), "vault")
	})
	t.Run("and a list that holds it no more has its copy", func(t *testing.T) {
		f.both(list, respond(`{"data":[{"slug":"milk"}]}`))
		eventually(t, "the list is fetched", func() bool { return f.get(t, list).status == http.StatusOK })
	})
}

func TestWithoutAKVStoreEverythingButTheVaultWorks(t *testing.T) {
	f := newTwoOrigins(t, func(server map[string]any) { delete(server, "kv_stores") })
	const path = "/things/tea/"
	f.both(path, respond(thing("tea", "Tea.")))
	f.get(t, path).wantFetched(t)
	f.get(t, path).wantHit(t)
	page := f.status(t)
	if !page.Vault.Configured || page.Vault.Reachable || page.Vault.LastError != "store-not-found" {
		t.Errorf("the status page does not show the error: %+v", page.Vault)
	}
	if got := f.purge(t, `{"keys":["thing:tea"]}`); got.status != http.StatusOK {
		t.Errorf("a purge fails without the vault: %v", got)
	}
	f.both(path, status(http.StatusServiceUnavailable))
	f.get(t, path).wantStale(t)
	f.purge(t, `{"all":true,"soft":false}`, as(""))
	f.get(t, path).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
	health := f.get(t, "/_larder/health")
	if health.status != http.StatusOK {
		t.Errorf("an outage makes Larder itself unhealthy: %v", health)
	}
}

// An item whose own page is a 404 must not come back from the vault, however
// briefly that 404 is stored.
func TestAnItemThatIsGoneAtTheOriginDoesNotComeBackFromTheVault(t *testing.T) {
	f := newTwoOrigins(t, nil)
	const path = "/things/tea/"
	f.both(path, respond(thing("tea", "Tea.")))
	f.get(t, path).wantFetched(t)
	f.purge(t, `{"keys":["thing:tea"]}`)
	f.both(path, status(http.StatusNotFound))
	if got := f.get(t, path); got.status != http.StatusNotFound {
		t.Fatalf("want the origin's 404; got %v", got)
	}
	f.both(path, status(http.StatusServiceUnavailable))
	for range 3 {
		f.purge(t, `{"all":true,"soft":false}`, as(""))
		f.get(t, path).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
	}
}

// An entry can be stale by age when a purge comes. Within its
// stale-while-revalidate time that must still be seen.
func TestAPurgeOfAStaleEntryTakesEffect(t *testing.T) {
	f := newTwoOrigins(t, nil)
	const path = "/lively/tea/"
	f.both(path, respond(thing("tea", "Old.")))
	f.get(t, path).wantFetched(t)
	fresh := f.get(t, path)
	eventually(t, "the entry is stale by age", func() bool {
		f.both(path, status(http.StatusServiceUnavailable)) // so it is not renewed
		fresh = f.get(t, path)
		return fresh.cache.ttl < 0
	})
	f.both(path, respond(thing("tea", "New.")))
	if got := f.purge(t, `{"keys":["thing:tea"]}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	if got := f.get(t, path); string(got.body) != thing("tea", "New.") {
		t.Errorf("after the purge was acknowledged, the old content is served: %v", got)
	}
}
