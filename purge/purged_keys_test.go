package purge

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"larder/surrogate"
)

func TestKeysOfAPurge(t *testing.T) {
	// The keys of leases come first in each list. They are purged softly unless
	// something is purged hard. Negative entries follow, always hard.
	lease := surrogate.TenantLeaseKey("")
	firstLease, secondLease := surrogate.TenantLeaseKey(prefixOf("first")), surrogate.TenantLeaseKey(prefixOf("second"))
	tests := []struct {
		name    string
		members string
		call    call
		want    [][]string
	}{
		{"a key in the body", plain, call{body: `{"keys":["post:tea"]}`},
			[][]string{{lease}, both("soft", "", "post:tea")}},
		{"several keys, in their order", plain, call{body: `{"keys":["b","a"]}`},
			[][]string{{lease}, both("soft", "", "b"), both("soft", "", "a")}},
		{"hard keys beside soft ones", plain, call{body: `{"keys":["posts"],"hard":["post:tea"]}`},
			[][]string{{lease}, both("hard", "", "post:tea"), both("soft", "", "posts")}},
		{"hard keys alone", plain, call{body: `{"hard":["post:tea"]}`},
			[][]string{{lease}, both("hard", "", "post:tea")}},
		{"the content of anonymous requests", tenants, call{body: `{"keys":["a"],"anonymous":true}`},
			[][]string{{lease}, both("soft", "", "a")}},
		{"all content of anonymous requests, and no other", tenants, call{body: `{"all":true,"anonymous":true}`},
			[][]string{{lease}, {"soft " + surrogate.AnonymousKey}}},
		{"a credential with a stray percent sign", tenants, call{query: "?auth_token=50%", body: `{"all":true}`},
			[][]string{{surrogate.TenantLeaseKey(prefixOf("50%"))}, {"soft " + prefixOf("50%") + surrogate.AllKey}}},
		{"a credential with a semicolon", tenants, call{query: "?auth_token=a;b", body: `{"all":true}`},
			[][]string{{surrogate.TenantLeaseKey(prefixOf("a;b"))}, {"soft " + prefixOf("a;b") + surrogate.AllKey}}},
		{"tenants in a header, separated by commas", tenants, call{body: `{"keys":["a"]}`, header: []string{"Larder-Tenant: " + surrogate.TenantID("first") + ", " + surrogate.TenantID("second")}},
			[][]string{{firstLease, secondLease}, both("soft", prefixOf("first"), "a"), both("soft", prefixOf("second"), "a")}},
		{"keys in a header, separated by commas and spaces", plain, call{header: []string{"Surrogate-Key: a, b"}},
			[][]string{{lease}, both("soft", "", "a"), both("soft", "", "b")}},
		{"a tenant named twice", tenants, call{query: "?auth_token=first", body: `{"keys":["a"],"credentials":["first"]}`},
			[][]string{{firstLease}, both("soft", prefixOf("first"), "a")}},
		{"a key in the header", plain, call{header: []string{"Surrogate-Key: post:tea"}},
			[][]string{{lease}, both("soft", "", "post:tea")}},
		{"keys in headers, separated by spaces", plain, call{header: []string{"Surrogate-Key: a  b", "Surrogate-Key: c"}},
			[][]string{{lease}, both("soft", "", "a"), both("soft", "", "b"), both("soft", "", "c")}},
		{"Fastly's name for keys", plain, call{body: `{"surrogate_keys":["a"]}`},
			[][]string{{lease}, both("soft", "", "a")}},
		{"keys from everywhere", plain, call{body: `{"surrogate_keys":["b"],"keys":["a"]}`, header: []string{"Surrogate-Key: c"}},
			[][]string{{lease}, both("soft", "", "a"), both("soft", "", "b"), both("soft", "", "c")}},
		{"a key twice is purged once", plain, call{body: `{"keys":["crème","cr%c3%a8me"]}`},
			[][]string{{lease}, both("soft", "", "crème")}},
		{"a key with spaces is escaped", plain, call{body: `{"keys":["post:a b"]}`},
			[][]string{{lease}, both("soft", "", "post:a%20b")}},
		{"a key that is too long, for which its bucket is purged", plain, call{body: `{"keys":["` + strings.Repeat("x", 1025) + `"]}`},
			[][]string{{lease}, {"soft " + surrogate.Bucket(strings.Repeat("x", 1025))}}},
		{"hard, in the body", plain, call{body: `{"keys":["a"],"soft":false}`},
			[][]string{{lease}, both("hard", "", "a")}},
		{"hard, in the query", plain, call{query: "?soft=false", body: `{"keys":["a"]}`},
			[][]string{{lease}, both("hard", "", "a")}},
		{"the query overrides the body", plain, call{query: "?soft=true", body: `{"keys":["a"],"soft":false}`},
			[][]string{{lease}, both("soft", "", "a")}},
		{"soft in an encoded query", plain, call{query: "?&%73oft=f%61lse&", body: `{"keys":["a"]}`},
			[][]string{{lease}, both("hard", "", "a")}},
		{"a member's name with an escape", plain, call{body: `{"\u006beys":["a"],"sof\u0074":false}`},
			[][]string{{lease}, both("hard", "", "a")}},
		{"everything", plain, call{body: `{"all":true}`},
			[][]string{{lease}, {"soft " + surrogate.AllKey}}},
		{"everything and a key", plain, call{body: `{"all":true,"keys":["a"]}`},
			[][]string{{lease}, {"soft " + surrogate.AllKey}, both("soft", "", "a")}},
		{"white space around the body", plain, call{body: " \n{\"keys\":[\"a\"]}\n "},
			[][]string{{lease}, both("soft", "", "a")}},
		{"500 keys", plain, call{header: []string{"Surrogate-Key: " + keyList(500)}},
			append([][]string{{lease}}, manyPurged(500)...)},

		{"a tenant by its credential in the body", tenants, call{body: `{"keys":["a"],"credentials":["first"]}`},
			[][]string{{firstLease}, both("soft", prefixOf("first"), "a")}},
		{"a tenant by its credential in the URL", tenants, call{query: "?auth_token=first", body: `{"keys":["a"]}`},
			[][]string{{firstLease}, both("soft", prefixOf("first"), "a")}},
		{"a tenant by its ID", tenants, call{body: `{"keys":["a"],"tenants":["` + surrogate.TenantID("first") + `"]}`},
			[][]string{{firstLease}, both("soft", prefixOf("first"), "a")}},
		{"a tenant by its ID in a header", tenants, call{body: `{"keys":["a"]}`, header: []string{"Larder-Tenant: " + surrogate.TenantID("first")}},
			[][]string{{firstLease}, both("soft", prefixOf("first"), "a")}},
		{"two tenants, all leases first", tenants, call{body: `{"keys":["a"],"credentials":["first","second"]}`},
			[][]string{{firstLease, secondLease}, both("soft", prefixOf("first"), "a"), both("soft", prefixOf("second"), "a")}},
		{"everything of a tenant", tenants, call{body: `{"all":true,"credentials":["first"]}`},
			[][]string{{firstLease}, {"soft " + prefixOf("first") + surrogate.AllKey}}},
		{"a key of all tenants", tenants, call{body: `{"keys":["a"],"tenants":"all"}`}, [][]string{{surrogate.AllLeasesKey}, ofAll("soft", "a")}},
		{"a key of all tenants, and of one by its credential", tenants, call{body: `{"keys":["a"],"tenants":["all"],"credentials":["first"],"soft":false}`},
			[][]string{{surrogate.AllLeasesKey}, ofAll("hard", "a")}},
		{"a key of all tenants, by a header", tenants, call{body: `{"keys":["a"]}`, header: []string{"Larder-Tenant: all"}},
			[][]string{{surrogate.AllLeasesKey}, ofAll("soft", "a")}},
		{"a key of all tenants although there are none", plain, call{body: `{"keys":["a"],"tenants":"all"}`},
			[][]string{{lease}, both("soft", "", "a")}},
		{"everything of all tenants", tenants, call{body: `{"all":true,"tenants":"all"}`},
			[][]string{{surrogate.AllLeasesKey}, {"soft " + surrogate.AllKey}}},
		{"everything of everyone", tenants, call{body: `{"all":true}`},
			[][]string{{surrogate.AllLeasesKey}, {"soft " + surrogate.AllKey}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, p := endpoint(t, test.members)
			answer, _, err := e.Serve(context.Background(), test.call.build(t))
			if err != nil {
				t.Fatal(err)
			}
			keys, kind := slices.Concat(test.want[1:]...), "soft "
			if slices.ContainsFunc(keys, func(key string) bool { return strings.HasPrefix(key, "hard ") }) {
				kind = "hard "
			}
			var want []string
			for _, lease := range test.want[0] {
				want = append(want, kind+lease)
			}
			for _, lease := range test.want[0] {
				want = append(want, "hard "+strings.Replace(lease, "larder-lease", "larder-negative", 1))
			}
			once := append(want, keys...)
			want = append(slices.Clip(once), keys...) // content is purged twice; see package fence
			if !slices.Equal(p.purged, want) {
				t.Errorf("got a purge of %.300q, want %.300q", fmt.Sprintf("%q", p.purged), fmt.Sprintf("%q", want))
			}
			checkResult(t, answer, once)
		})
	}
}

// checkResult compares the answer with what was purged, apart from leases.
func checkResult(t *testing.T, answer any, purged []string) {
	t.Helper()
	data, err := json.Marshal(answer)
	if err != nil {
		t.Fatal(err)
	}
	var result struct {
		Status     string
		Soft       bool
		Keys, Hard []string
	}
	if err := json.Unmarshal(data, &result); err != nil {
		t.Fatal(err)
	}
	kind := "hard "
	if result.Soft {
		kind = "soft "
	}
	for _, key := range result.Keys {
		if !slices.Contains(purged, kind+key) {
			t.Errorf("the answer claims a purge of %q", kind+key)
		}
	}
	for _, key := range result.Hard {
		if !slices.Contains(purged, "hard "+key) {
			t.Errorf("the answer claims a purge of %q", "hard "+key)
		}
	}
	if result.Status != "ok" || len(result.Keys)+len(result.Hard) == 0 {
		t.Errorf("the answer is %s", data)
	}
}

func keyList(n int) string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("k%d", i)
	}
	return strings.Join(keys, " ")
}

// manyPurged is what a purge of keyList purges; each shared bucket once.
func manyPurged(n int) [][]string {
	var all [][]string
	seen := map[string]bool{}
	for key := range strings.FieldsSeq(keyList(n)) {
		var fresh []string
		for _, purged := range both("soft", "", key) {
			if !seen[purged] {
				seen[purged] = true
				fresh = append(fresh, purged)
			}
		}
		all = append(all, fresh)
	}
	return all
}
