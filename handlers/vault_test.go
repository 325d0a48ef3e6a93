package handlers

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"
	"github.com/fastly/compute-sdk-go/fsttest"

	"larder/origin"
	"larder/purge"
	"larder/vault"
	"larder/vault/kvmodel"
)

// vaulted is an edge with a vault, and the KV Store under it.
type vaulted struct {
	*edge
	kv *kvmodel.KV
}

// newVaulted makes one from a configuration and the members of its vault.
func newVaulted(t testing.TB, file, members string) *vaulted {
	t.Helper()
	e := newEdgeWith(t, strings.Replace(file, `"debug_header"`, `"vault": {`+members+`}, "debug_header"`, 1))
	kv := &kvmodel.KV{Now: e.clock}
	e.app.vault = vault.New(e.app.config.Vault, kv, e.spy, vault.Clock{Now: e.clock, Sleep: e.pass})
	e.app.operations[purge.Path].(*purge.Endpoint).Vault = e.app.vault
	return &vaulted{e, kv}
}

// cold makes the place one that has nothing, as a new one is.
func (v *vaulted) cold() {
	v.t.Helper()
	v.purge(`"all":true,"soft":false`)
}

// wantCalls checks how many calls of a kind the KV Store has had since the
// last time.
func (v *vaulted) wantCalls(op string, n int) {
	v.t.Helper()
	calls := slices.DeleteFunc(v.kv.Calls(), func(c kvmodel.Call) bool { return c.Op != op })
	if len(calls) != n {
		v.t.Errorf("the KV Store had %d calls of %s, not %d: %v", len(calls), op, n, calls)
	}
}

// wantCopy checks that the vault's copy is the answer.
func (r reply) wantCopy(body, detail string) {
	r.t.Helper()
	r.want(200, body, "")
	if status := r.header.Get("Cache-Status"); !strings.Contains(status, `detail="`+detail+";") && !strings.Contains(status, "detail="+detail) {
		r.t.Errorf("Cache-Status is %q; want the detail %s", status, detail)
	}
}

// order says in which order the KV Store is called and the answer ends.
func (v *vaulted) order(uri, body string) []string {
	v.t.Helper()
	var events []string
	v.kv.Before = func(c kvmodel.Call) error {
		events = append(events, c.Op)
		return nil
	}
	r, err := fsthttp.NewRequest("GET", "https://edge.example"+uri, io.NopCloser(strings.NewReader("")))
	if err != nil {
		v.t.Fatal(err)
	}
	w := recorder{fsttest.NewRecorder(), func() { events = append(events, "answered") }}
	v.app.ServeHTTP(context.Background(), w, r)
	if w.Body.String() != body {
		v.t.Errorf("the client got %q", w.Body.String())
	}
	return events
}

func TestACopyIsSavedOnceTheClientHasItsAnswer(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.says(200, before)
	if got, want := v.order("/posts/tea/", before), []string{"answered", "insert"}; !slices.Equal(got, want) {
		t.Errorf("it went %v, not %v", got, want)
	}
}

func TestACopyIsConfirmedOnceTheClientHasItsAnswer(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.pass(20 * time.Second)
	if got, want := v.order("/posts/tea/", before), []string{"answered", "insert"}; !slices.Equal(got, want) {
		t.Errorf("it went %v, not %v", got, want)
	}
}

func TestWhatIsNotWorthACopyIsNotSaved(t *testing.T) {
	for name, answer := range map[string]struct {
		status int
		body   string
		line   string
	}{
		"an answer that may not be stale": {200, before, "Cache-Control: must-revalidate"},
		"an answer that may not be kept":  {200, before, "Cache-Control: no-store"},
		"an answer for one client":        {200, before, "Cache-Control: private"},
		"a missing item":                  {404, `{"detail":"no"}`, "X: y"},
		"a refusal":                       {403, `{"detail":"no"}`, "X: y"},
		"a failure":                       {500, "oops", "X: y"},
		"a body too large to tag":         {200, `{"data":"` + strings.Repeat("x", 2000) + `"}`, "X: y"},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVaulted(t, testConfig, `"max_body": "1KiB"`)
			v.says(answer.status, answer.body, answer.line)
			v.get("/posts/tea/")
			v.wantCalls("insert", 0)
		})
	}
}

func TestAColdPlaceAnswersFromTheVaultWhileEveryOriginFails(t *testing.T) {
	for _, outage := range outages(newEdge(t)) {
		t.Run(outage.name, func(t *testing.T) {
			v := newVaulted(t, testConfig, "")
			v.fill("/posts/tea/", before)
			v.pass(time.Minute)
			v.cold()
			v.does(outage.answer)
			v.kv.Calls()
			r := v.get("/posts/tea/")
			r.wantCopy(before, "vault")
			r.wantHeader("Age", "60")
			if status := r.header.Get("Cache-Status"); !strings.Contains(status, outage.detail) {
				t.Errorf("Cache-Status is %q and does not name %s", status, outage.detail)
			}
			v.wantAsked(1)
			v.kv.Calls()

			t.Run("and the cache has the copy for five seconds", func(t *testing.T) {
				v.pass(vaultTime - time.Millisecond)
				v.get("/posts/tea/").wantCopy(before, "vault")
				v.wantCalls("lookup", 0)
				v.wantAsked(0)
			})
			t.Run("and then both are asked again", func(t *testing.T) {
				v.pass(time.Second)
				v.get("/posts/tea/").wantCopy(before, "vault")
				v.wantAsked(1)
				if len(v.kv.Calls()) == 0 {
					t.Error("the vault was not asked")
				}
			})
			t.Run("and when the origin is back, so is its content", func(t *testing.T) {
				v.pass(vaultTime)
				v.says(200, after)
				v.get("/posts/tea/").want(200, after, "")
				v.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
				v.wantAsked(1)
			})
		})
	}
}

func TestACopyIsStillConditionalAndRanged(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	etag := v.get("/posts/tea/").header.Get("Etag")
	for name, ask := range map[string]func(){
		"a condition":         func() { v.get("/posts/tea/", "If-None-Match: "+etag).want(304, "", "") },
		"a range":             func() { v.get("/posts/tea/", "Range: bytes=2-5").want(206, before[2:6], "") },
		"a range of its end":  func() { v.get("/posts/tea/", "Range: bytes=-3").want(206, before[len(before)-3:], "") },
		"a range past it":     func() { v.get("/posts/tea/", "Range: bytes=9999-").want(416, "", "") },
		"a question for HEAD": func() { v.request("HEAD", "/posts/tea/", "").want(200, "", "") },
	} {
		t.Run(name, func(t *testing.T) {
			v.cold()
			v.fails(errRefused)
			ask()
		})
	}
}

func TestAHardPurgedItemNeverComesBack(t *testing.T) {
	const list = `{"data":[{"slug":"tea"},{"slug":"milk"}]}`
	for name, members := range map[string]string{
		"by its key":                           `"keys":["post:tea"],"soft":false`,
		"among keys that are purged softly":    `"keys":["posts"],"hard":["post:tea"]`,
		"with everything, the vault's as well": `"all":true,"vault":true,"soft":false`,
	} {
		for age, pass := range map[string]time.Duration{"at once": 0, "later": 2 * time.Hour} {
			t.Run(name+", "+age, func(t *testing.T) {
				v := newVaulted(t, testConfig, "")
				v.fill("/posts/tea/", before)
				v.fill("/posts/", list)
				v.pass(pass)
				v.purge(members)
				v.fails(errRefused)
				for range 3 {
					v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
					v.get("/posts/").wantProblem(503, "origin-unavailable")
					v.pass(10 * time.Second)
					v.cold()
				}
			})
		}
	}
}

func TestAHardPurgeLeavesOtherItemsTheirCopies(t *testing.T) {
	const milk = `{"data":{"slug":"milk"}}`
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.fill("/posts/milk/", milk)
	v.purge(`"keys":["post:tea"],"soft":false`)
	v.cold()
	v.fails(errRefused)
	v.get("/posts/milk/").wantCopy(milk, "vault")
	v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

func TestASoftlyPurgedCopyIsMarkedOrRefused(t *testing.T) {
	t.Run("marked where outdated copies are allowed", func(t *testing.T) {
		v := newVaulted(t, testConfig, "")
		v.fill("/posts/tea/", before)
		v.pass(time.Minute)
		v.purge(`"keys":["author:ada"]`)
		v.cold()
		v.fails(errRefused)
		for range 2 {
			v.get("/posts/tea/").wantCopy(before, "vault-superseded")
		}
	})
	t.Run("refused where they are not", func(t *testing.T) {
		v := newVaulted(t, testConfig, `"superseded": false`)
		v.fill("/posts/tea/", before)
		v.pass(time.Minute)
		v.purge(`"keys":["author:ada"]`)
		v.cold()
		v.fails(errRefused)
		v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	})
	t.Run("and the content of after the purge is not marked", func(t *testing.T) {
		v := newVaulted(t, testConfig, `"superseded": false`)
		v.fill("/posts/tea/", before)
		v.purge(`"keys":["post:tea"]`)
		v.pass(time.Minute)
		v.fill("/posts/tea/", after)
		v.cold()
		v.fails(errRefused)
		v.get("/posts/tea/").wantCopy(after, "vault")
	})
	t.Run("even what is fetched at once after it, once a hit has confirmed it", func(t *testing.T) {
		v := newVaulted(t, testConfig, `"superseded": false`)
		v.fill("/posts/tea/", before)
		v.purge(`"keys":["post:tea"]`)
		v.fill("/posts/tea/", after)
		v.pass(20 * time.Second)
		v.get("/posts/tea/").want(200, after, "")
		v.cold()
		v.fails(errRefused)
		v.get("/posts/tea/").wantCopy(after, "vault")
	})
}

// The origin's word that something is gone counts as much as a purge, however
// the request came to ask.
func TestWhatTheOriginSaysIsGoneHasNoCopyAnyMore(t *testing.T) {
	for _, status := range []int{404, 410} {
		for name, ask := range map[string]func(v *vaulted){
			"of a purged entry":    func(v *vaulted) { v.purge(`"keys":["author:ada"]`) },
			"of an entry too old":  func(v *vaulted) { v.pass(2 * time.Hour) },
			"behind an answer":     func(v *vaulted) { v.pass(time.Hour + 30*time.Second) },
			"in a cold place":      func(v *vaulted) { v.cold() },
			"past its stale times": func(v *vaulted) { v.pass(48 * time.Hour) },
		} {
			for _, keptFor := range []string{"30s", "0s"} {
				t.Run(name+", a missing item kept for "+keptFor, func(t *testing.T) {
					file := strings.Replace(testConfig, `"not_found_ttl": "30s"`, `"not_found_ttl": "`+keptFor+`"`, 1)
					v := newVaulted(t, file, "")
					v.fill("/posts/tea/", before)
					ask(v)
					v.says(status, `{"detail":"gone"}`)
					v.get("/posts/tea/")
					v.pass(time.Minute)
					v.cold()
					v.fails(errRefused)
					v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
				})
			}
		}
	}
}

func TestNoTroubleOfTheKVStoreBreaksAnAnswer(t *testing.T) {
	troubles := map[string]error{
		"there is no store":    vault.ErrNoStore,
		"it limits the rate":   vault.ErrBusy,
		"it does not answer":   vault.ErrUnavailable,
		"the value is refused": vault.ErrTooLarge,
	}
	for name, trouble := range troubles {
		t.Run(name, func(t *testing.T) {
			v := newVaulted(t, testConfig, "")
			v.kv.Before = func(kvmodel.Call) error { return trouble }
			v.fill("/posts/tea/", before)
			v.get("/posts/tea/").want(200, before, "")
			v.wantAsked(0)
			v.pass(2 * time.Hour)
			v.fails(errRefused)
			v.get("/posts/tea/").want(200, before, "")
			v.get("/posts/milk/").wantProblem(503, "origin-unavailable")
			v.pass(time.Minute)
			v.says(200, after)
			v.get("/posts/tea/").want(200, after, "")
		})
	}
	t.Run("it loses what it had", func(t *testing.T) {
		v := newVaulted(t, testConfig, "")
		v.fill("/posts/tea/", before)
		v.cold()
		v.kv.Before = func(kvmodel.Call) error { return vault.ErrUnavailable }
		v.fails(errRefused)
		v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
		v.kv.Before = nil
		v.pass(time.Minute)
		v.get("/posts/tea/").wantCopy(before, "vault")
	})
}

func TestASlowKVStore(t *testing.T) {
	for name, test := range map[string]struct {
		latency time.Duration
		copied  bool
	}{
		"of 300 ms a call still answers":                       {300 * time.Millisecond, true},
		"of two seconds a call is given up, with a problem":    {2 * time.Second, false},
		"of a minute a call is given up after the call it was": {time.Minute, false},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVaulted(t, testConfig, "")
			v.kv.Before = func(kvmodel.Call) error {
				v.pass(test.latency)
				return nil
			}
			v.fill("/posts/tea/", before)
			v.cold()
			v.fails(errRefused)
			began := v.clock()
			r := v.get("/posts/tea/")
			if took := v.clock().Sub(began); took > 4*time.Second+test.latency {
				t.Errorf("the answer took %v", took)
			}
			if test.copied {
				r.wantCopy(before, "vault")
				return
			}
			r.wantProblem(503, "origin-unavailable")
			r.wantHeader("Retry-After", "1")
		})
	}
}

func TestTheVaultGivesATenantsCopyToNobodyElse(t *testing.T) {
	v := newVaulted(t, tenantsConfig, "")
	v.fill("/posts/tea/?auth_token=first", before)
	v.fill("/posts/tea/?auth_token=second", after)
	v.cold()
	v.fails(errRefused)
	v.get("/posts/tea/?auth_token=first").wantCopy(before, "vault")
	v.get("/posts/tea/?auth_token=second").wantCopy(after, "vault")
	v.get("/posts/tea/?auth_token=third").wantProblem(503, "origin-unavailable")
	v.get("/posts/tea/").wantProblem(503, "origin-unavailable")

	t.Run("nor does one tenant's deletion reach another's copy", func(t *testing.T) {
		v.purge(`"keys":["post:tea"],"soft":false,"credentials":["first"]`)
		v.pass(time.Minute)
		v.cold()
		v.get("/posts/tea/?auth_token=first").wantProblem(503, "origin-unavailable")
		v.get("/posts/tea/?auth_token=second").wantCopy(after, "vault")
	})
}

// A copy that is loaded while its item is purged must not stay in the cache.
func TestAPurgeWhileACopyIsLoadedIsNotUndone(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.cold()
	v.fails(errRefused)
	once := false
	v.kv.Before = func(c kvmodel.Call) error {
		if c.Op == "lookup" && strings.HasPrefix(c.Key, "purges/service") && !once {
			once = true
			v.purge(`"keys":["post:tea"],"soft":false`)
		}
		return nil
	}
	v.get("/posts/tea/") // which began before the purge was acknowledged
	if !once {
		t.Fatal("the test's purge did not happen")
	}
	v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

func TestTwentyColdRequestsCostOneLookOfTheVault(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.cold()
	v.does(func(*origin.Request) (*origin.Response, error) { return nil, errRefused })
	v.kv.Calls()
	for range 20 {
		v.get("/posts/tea/").wantCopy(before, "vault")
	}
	v.wantAsked(1)
	if n := len(v.kv.Calls()); n > vault.MaxLoadCalls {
		t.Errorf("the KV Store had %d calls for twenty requests", n)
	}
}

func TestTheVaultBeatsAnErrorOfTheOriginsOwn(t *testing.T) {
	v := newVaulted(t, strings.Replace(testConfig, `{"name": "posts",`, `{"name": "posts", "lifetimes": {"ttl": "origin"},`, 1), "")
	v.says(200, before, "Cache-Control: max-age=60, stale-if-error=600")
	v.get("/posts/").want(200, before, "")
	v.cold()
	v.says(503, "down", "Cache-Control: no-store")
	v.get("/posts/").wantCopy(before, "vault")
	v.get("/posts/?page=2").want(503, "down", "")
	v.pass(vaultTime)
	v.get("/posts/").wantCopy(before, "vault") // after its time in the cache
}

func TestWhatHasChangedThroughTheEdgeIsSupersededInTheVault(t *testing.T) {
	tests := []struct {
		name, method string
		status       int
		lines        []string
		copies       bool // where superseded copies may be given
		detail       string
	}{
		{"a PUT", "PUT", 200, nil, true, "vault-superseded"},
		{"a group", "POST", 200, []string{`Cache-Group-Invalidation: "teas"`}, true, "vault-superseded"},
		{"a DELETE", "DELETE", 204, nil, false, ""},
		{"a DELETE that leads elsewhere", "DELETE", 302, []string{"Location: https://login.example/"}, true, "vault-superseded"},
		{"a DELETE that is refused", "DELETE", 403, nil, true, "vault"},
	}
	for _, superseded := range []string{"true", "false"} {
		for _, test := range tests {
			t.Run(test.name+", superseded "+superseded, func(t *testing.T) {
				v := newVaulted(t, testConfig, `"superseded": `+superseded)
				v.says(200, before, `Cache-Groups: "teas"`)
				v.get("/posts/tea/").want(200, before, "")
				v.pass(time.Minute)
				v.says(test.status, "", test.lines...)
				v.request(test.method, "/posts/tea/", "{}").want(test.status, "", "")
				v.cold()
				v.fails(errRefused)
				r := v.get("/posts/tea/")
				if !test.copies || superseded == "false" && test.detail == "vault-superseded" {
					r.wantProblem(503, "origin-unavailable")
					return
				}
				r.wantCopy(before, test.detail)
			})
		}
	}
}
