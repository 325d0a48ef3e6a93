package handlers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"larder/vault"
	"larder/vault/kvmodel"
)

// Clients can send as many requests as they like. What each of them costs the
// vault is bounded.

func TestAFloodOfPOSTsToOneURLIsOneWriteASecond(t *testing.T) {
	v := newVaulted(t, tenantsConfig, "")
	v.fill("/posts/tea/", before)
	v.pass(time.Minute)
	v.kv.Calls()
	v.says(201, "", "Location: /posts/milk/", `Cache-Group-Invalidation: "teas"`)
	for range 100 { // in two seconds
		v.request("POST", "/posts/tea/", "{}").want(201, "", anything)
		v.pass(20 * time.Millisecond)
	}
	perLog := map[string]int{}
	for _, call := range v.kv.Calls() {
		if call.Op == "insert" {
			perLog[call.Key]++
		}
	}
	// The two URLs, and the group with its bucket.
	if len(perLog) != 3 {
		t.Errorf("these logs are written: %v", perLog)
	}
	for log, n := range perLog {
		if n != 2 {
			t.Errorf("%s is written %d times in two seconds", log, n)
		}
	}
	v.cold()
	v.fails(errRefused)
	v.get("/posts/tea/").wantCopy(before, "vault-superseded")
}

func TestTheLastOfManyChangesIsRecorded(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	for i := range 20 {
		body := fmt.Sprintf(`{"data":{"slug":"tea","title":"Tea %d"}}`, i)
		v.says(200, body)
		v.get("/posts/tea/").want(200, body, anything)
		v.says(204, "")
		v.request("PUT", "/posts/tea/", "{}").want(204, "", anything)
		v.pass(170 * time.Millisecond)
	}
	last := `{"data":{"slug":"tea","title":"Tea 19"}}`
	v.cold()
	v.fails(errRefused)
	v.get("/posts/tea/").wantCopy(last, "vault-superseded")
}

func TestAChangeOfWhatTheVaultCannotHaveCostsNothing(t *testing.T) {
	config := strings.Replace(strings.Replace(testConfig, `"reject"`, `"pass"`, 1), `"routes": [`, `"routes": [
		{"name": "news", "path": "/news/{slug}/", "lifetimes": {"stale_if_error": "0s"}},`, 1)
	for name, uri := range map[string]string{
		"a URL without a route":                   "/nowhere/",
		"a route whose variants are the origin's": "/open/a",
		"a route without stale_if_error":          "/news/tea/",
		"a path that no route answers":            "/posts/tea/more/",
	} {
		t.Run(name, func(t *testing.T) {
			v := newVaulted(t, config, "")
			for _, method := range []string{"POST", "DELETE", "BREW"} {
				v.says(200, "")
				v.request(method, uri, "{}").want(200, "", anything)
			}
			if calls := v.kv.Calls(); len(calls) != 0 {
				t.Errorf("the KV Store has %v", calls)
			}
		})
	}
}

func TestARequestIsNotBusyForLongWithARefusingStore(t *testing.T) {
	tests := []struct {
		method, uri string
		status      int
	}{
		{"POST", "/posts/tea/", 201},
		{"POST", "/posts/tea/?auth_token=own", 201},
		{"DELETE", "/posts/tea/", 204},
		{"DELETE", "/posts/tea/?auth_token=own", 204},
		{"GET", "/posts/tea/?auth_token=own", 200},
	}
	for _, test := range tests {
		t.Run(fmt.Sprint(test), func(t *testing.T) {
			v := newVaulted(t, tenantsConfig, "")
			v.kv.Before = func(kvmodel.Call) error {
				v.pass(10 * time.Millisecond)
				return vault.ErrBusy
			}
			v.says(test.status, "{}", "Location: /posts/milk/", `Cache-Group-Invalidation: "teas"`)
			began := v.clock()
			r := v.request(test.method, test.uri, "")
			if r.took > time.Second {
				t.Errorf("the client waited for %v", r.took)
			}
			if busy := v.clock().Sub(began) - r.took; busy > 2500*time.Millisecond {
				t.Errorf("the sandbox is busy for %v after the answer", busy)
			}
			if len(v.kv.Calls()) == 0 {
				t.Error("the store was not asked")
			}
		})
	}
}
