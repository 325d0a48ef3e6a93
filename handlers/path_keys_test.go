package handlers

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// pathKeys makes unsafe methods invalidate the keys of their path.
func pathKeys(file string) string {
	return strings.Replace(file, `"debug_header"`, `"unsafe_methods": "invalidate_keys", "debug_header"`, 1)
}

func TestAnUnsafeRequestInvalidatesTheKeysOfItsPath(t *testing.T) {
	lists := []string{"/posts/", "/posts/?page=2"}
	tests := []struct {
		name, method, uri string
		status            int
		stale             []string
	}{
		{"a POST to a list", "POST", "/posts/", 201, lists},
		{"its query does not matter", "POST", "/posts/?tag=x", 201, lists},
		{"a PUT of an item, which the first list shows", "PUT", "/posts/tea", 200, []string{"/posts/", "/posts/tea/"}},
		{"a DELETE", "DELETE", "/posts/tea/", 204, []string{"/posts/", "/posts/tea/"}},
		{"a path that is nowhere", "POST", "/posts/none/", 200, nil},
		{"a request that is refused", "POST", "/posts/", 403, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdgeWith(t, pathKeys(testConfig))
			e.fill("/posts/", `{"data":[{"slug":"tea"}]}`)
			e.fill("/posts/?page=2", `{"data":[{"slug":"milk"}]}`)
			e.fill("/posts/tea/", `{"data":{"slug":"tea"}}`)
			e.fill("/posts/milk/", `{"data":{"slug":"milk"}}`)
			e.pass(landingTime)
			e.says(test.status, "")
			e.request(test.method, test.uri, "{}").want(test.status, "", anything)
			e.says(200, after)
			for _, uri := range []string{"/posts/", "/posts/?page=2", "/posts/tea/", "/posts/milk/"} {
				if stale := e.get(uri).body == after; stale != slices.Contains(test.stale, uri) {
					t.Errorf("%s is stale: %t", uri, stale)
				}
			}
		})
	}
}

// Without the setting a request does not reach further than its URL.
func TestKeysOfAPathStayByDefault(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/?page=2", before)
	e.says(201, "")
	e.request("POST", "/posts/", "{}").want(201, "", anything)
	e.get("/posts/?page=2").want(200, before, "Larder; hit; ttl=3600")
}

// Keys with a parameter in them, or of the URL in Location, are not those of the
// path.
func TestOnlyKeysOfThePathAreInvalidated(t *testing.T) {
	e := newEdgeWith(t, pathKeys(strings.Replace(testConfig, `"keys": ["posts"]`, `"keys": ["posts", "page:{query.page}"]`, 1)))
	e.says(201, "", "Location: /posts/tea/")
	purges := countedPurges{e.spy, map[string]int{}}
	e.useCache(purges)
	e.request("POST", "/posts/?page=7", "{}").want(201, "", anything)
	var own []string
	for key, n := range purges.of {
		if !strings.HasPrefix(key, "larder-") && !strings.HasPrefix(key, "~") {
			own = append(own, key)
		}
		if n > 2 { // see TestEachURLIsInvalidatedOnce
			t.Errorf("%s is purged %d times", key, n)
		}
	}
	if !slices.Equal(own, []string{"posts"}) {
		t.Errorf("the keys %q are purged, not posts alone", own)
	}
}

func TestKeysOfAPathAreInvalidatedForItsTenantAlone(t *testing.T) {
	for name, client := range tenantClients {
		t.Run(name, func(t *testing.T) {
			e := newEdgeWith(t, pathKeys(tenantsConfig))
			for _, other := range tenantClients {
				e.says(200, before)
				e.get("/posts/?page=2&"+strings.TrimPrefix(other[0], "?"), other[1]).want(200, before, anything)
			}
			e.pass(time.Second)
			e.says(204, "")
			e.request("DELETE", "/posts/"+client[0], "", client[1]).want(204, "", anything)
			e.says(200, after)
			tenant, _, _ := strings.Cut(name, ",")
			for other, client := range tenantClients {
				want := before
				if strings.HasPrefix(other, tenant) {
					want = after
				}
				e.get("/posts/?page=2&"+strings.TrimPrefix(client[0], "?"), client[1]).want(200, want, anything)
			}
		})
	}
}

// Not even a DELETE with a credential removes more than its own URL.
func TestKeysOfAPathAreInvalidatedSoftly(t *testing.T) {
	v := newVaulted(t, pathKeys(tenantsConfig), "")
	const list = "/posts/?page=2&auth_token=own"
	v.fill(list, before)
	v.pass(time.Minute)
	v.says(204, "")
	v.request("DELETE", "/posts/?auth_token=own", "").want(204, "", anything)
	v.fails(errRefused)
	v.get(list).want(200, before, `Larder; fwd=stale; detail="stale-if-error; origin-unreachable"`) // not the vault's copy
	v.cold()
	v.get(list).wantCopy(before, "vault-superseded")
	v.pass(rememberedTime)
	v.says(200, after)
	v.get(list).want(200, after, anything)
}

// A fetch that began before the change does not put the old list back.
func TestAnUnsafeRequestEndsTheLeasesOfItsKeys(t *testing.T) {
	e := newEdgeWith(t, pathKeys(testConfig))
	e.duringFetch(func() {
		e.says(204, "")
		e.request("POST", "/posts/", "{}").want(204, "", anything)
		e.says(200, after)
	})
	e.get("/posts/?page=2")
	e.get("/posts/?page=2").want(200, after, anything)
}

// Many changes within a second are one record of the vault for each key.
func TestTheVaultRecordsAKeyOfAPathOnceASecond(t *testing.T) {
	v := newVaulted(t, pathKeys(tenantsConfig), "")
	v.says(204, "")
	v.kv.Calls()
	for i := range 20 {
		v.request("POST", fmt.Sprintf("/posts/?tag=%d&auth_token=own", i), "{}").want(204, "", anything)
	}
	logs := map[string]int{}
	for _, call := range v.kv.Calls() {
		logs[call.Key]++
	}
	// 20 URLs, and the key with its bucket.
	if len(logs) > 22 {
		t.Errorf("%d logs are written", len(logs))
	}
	for key, n := range logs {
		if n > 2 { // read and written
			t.Errorf("%s has %d calls", key, n)
		}
	}
}
