package purge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/problem"
	"larder/surrogate"
)

// purger records what is purged: "soft KEY" and "hard KEY".
type purger struct {
	purged []string
	fail   map[string]error
	before func() // runs before each purge, if set
}

func (p *purger) Purge(key string, soft bool) error {
	if p.before != nil {
		p.before()
	}
	kind := "hard "
	if soft {
		kind = "soft "
	}
	p.purged = append(p.purged, kind+key)
	return p.fail[key]
}

// request is a purge request; the zero value is an authorised POST without a
// body.
type request struct {
	method, query, body string
	header              []string // "Name: value"
	token               string   // "none" for no Authorization
}

func (q request) build(t testing.TB) *fsthttp.Request {
	t.Helper()
	method := q.method
	if method == "" {
		method = http.MethodPost
	}
	r, err := fsthttp.NewRequest(method, "https://edge.example"+Path+q.query, io.NopCloser(strings.NewReader(q.body)))
	if err != nil {
		t.Fatal(err)
	}
	if q.token == "" {
		q.token = "Bearer operator"
	}
	if q.token != "none" {
		r.Header.Set("Authorization", q.token)
	}
	for _, line := range q.header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	return r
}

const (
	plain   = ``
	tenants = `"tenant":{"query":"auth_token","header":"Authorization"},`
)

// endpoint has the token "operator", and 2 KiB for a body.
func endpoint(t testing.TB, members string) (*Endpoint, *purger) {
	t.Helper()
	cfg, err := config.Parse([]byte(`{` + members + `"limits":{"purge_body":"2KiB"},"origins":[{"name":"primary","host":"api.example"}],
		"routes":[{"name":"all","path":"/{path...}"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	p := &purger{}
	return &Endpoint{Config: cfg, Cache: p, Now: time.Now, Guard: &Guard{
		Tokens:           func() ([]string, error) { return []string{"", "older", "operator"}, nil },
		FastlyKeyIsValid: func(r *fsthttp.Request) (bool, error) { return r.Header.Get("Fastly-Key") == "valid", nil },
	}}, p
}

// both is a key and its bucket, as they are purged.
func both(kind, prefix, key string) []string {
	var all []string
	for _, k := range surrogate.ForPurge(prefix, key) {
		all = append(all, kind+" "+k)
	}
	return all
}

func prefixOf(credential string) string {
	return surrogate.TenantPrefix(surrogate.TenantID(credential))
}

func TestWhatIsPurged(t *testing.T) {
	// Leases are named first. They end softly, unless something is purged hard;
	// notes go with them, and always hard.
	lease := surrogate.TenantLeaseKey("")
	firstLease, secondLease := surrogate.TenantLeaseKey(prefixOf("first")), surrogate.TenantLeaseKey(prefixOf("second"))
	tests := []struct {
		name    string
		members string
		request request
		want    [][]string
	}{
		{"a key in the body", plain, request{body: `{"keys":["post:tea"]}`},
			[][]string{{lease}, both("soft", "", "post:tea")}},
		{"several keys, in their order", plain, request{body: `{"keys":["b","a"]}`},
			[][]string{{lease}, both("soft", "", "b"), both("soft", "", "a")}},
		{"hard keys beside soft ones", plain, request{body: `{"keys":["posts"],"hard":["post:tea"]}`},
			[][]string{{lease}, both("hard", "", "post:tea"), both("soft", "", "posts")}},
		{"hard keys alone", plain, request{body: `{"hard":["post:tea"]}`},
			[][]string{{lease}, both("hard", "", "post:tea")}},
		{"what anonymous requests got", tenants, request{body: `{"keys":["a"],"anonymous":true}`},
			[][]string{{lease}, both("soft", "", "a")}},
		{"all that anonymous requests got, and nobody else's", tenants, request{body: `{"all":true,"anonymous":true}`},
			[][]string{{lease}, {"soft " + surrogate.AnonymousKey}}},
		{"a tenant whose credential is no usual query", tenants, request{query: "?auth_token=50%", body: `{"all":true}`},
			[][]string{{surrogate.TenantLeaseKey(prefixOf("50%"))}, {"soft " + prefixOf("50%") + surrogate.AllKey}}},
		{"a tenant whose credential has a semicolon", tenants, request{query: "?auth_token=a;b", body: `{"all":true}`},
			[][]string{{surrogate.TenantLeaseKey(prefixOf("a;b"))}, {"soft " + prefixOf("a;b") + surrogate.AllKey}}},
		{"a tenant in the second place", tenants, request{query: "?auth_token=&auth_token=first", body: `{"keys":["a"]}`},
			[][]string{{firstLease}, both("soft", prefixOf("first"), "a")}},
		{"tenants in a header, separated by commas", tenants, request{body: `{"keys":["a"]}`, header: []string{"Larder-Tenant: " + surrogate.TenantID("first") + ", " + surrogate.TenantID("second")}},
			[][]string{{firstLease, secondLease}, both("soft", prefixOf("first"), "a"), both("soft", prefixOf("second"), "a")}},
		{"keys in a header, separated by commas and spaces", plain, request{header: []string{"Surrogate-Key: a, b"}},
			[][]string{{lease}, both("soft", "", "a"), both("soft", "", "b")}},
		{"a tenant that is named twice", tenants, request{query: "?auth_token=first", body: `{"keys":["a"],"credentials":["first"]}`},
			[][]string{{firstLease}, both("soft", prefixOf("first"), "a")}},
		{"a key in the header", plain, request{header: []string{"Surrogate-Key: post:tea"}},
			[][]string{{lease}, both("soft", "", "post:tea")}},
		{"keys in headers, separated by spaces", plain, request{header: []string{"Surrogate-Key: a  b", "Surrogate-Key: c"}},
			[][]string{{lease}, both("soft", "", "a"), both("soft", "", "b"), both("soft", "", "c")}},
		{"Fastly's word for keys", plain, request{body: `{"surrogate_keys":["a"]}`},
			[][]string{{lease}, both("soft", "", "a")}},
		{"keys from everywhere", plain, request{body: `{"surrogate_keys":["b"],"keys":["a"]}`, header: []string{"Surrogate-Key: c"}},
			[][]string{{lease}, both("soft", "", "a"), both("soft", "", "b"), both("soft", "", "c")}},
		{"a key twice is purged once", plain, request{body: `{"keys":["crème","cr%c3%a8me"]}`},
			[][]string{{lease}, both("soft", "", "crème")}},
		{"a key with spaces is escaped", plain, request{body: `{"keys":["post:a b"]}`},
			[][]string{{lease}, both("soft", "", "post:a%20b")}},
		{"a key that is too long is its bucket", plain, request{body: `{"keys":["` + strings.Repeat("x", 1025) + `"]}`},
			[][]string{{lease}, {"soft " + surrogate.Bucket("", strings.Repeat("x", 1025))}}},
		{"hard, in the body", plain, request{body: `{"keys":["a"],"soft":false}`},
			[][]string{{lease}, both("hard", "", "a")}},
		{"hard, in the query", plain, request{query: "?soft=false", body: `{"keys":["a"]}`},
			[][]string{{lease}, both("hard", "", "a")}},
		{"the query is above the body", plain, request{query: "?soft=true", body: `{"keys":["a"],"soft":false}`},
			[][]string{{lease}, both("soft", "", "a")}},
		{"soft that is null is the default", plain, request{body: `{"keys":["a"],"soft":null}`},
			[][]string{{lease}, both("soft", "", "a")}},
		{"everything", plain, request{body: `{"all":true}`},
			[][]string{{lease}, {"soft " + surrogate.AllKey}}},
		{"everything and a key", plain, request{body: `{"all":true,"keys":["a"]}`},
			[][]string{{lease}, {"soft " + surrogate.AllKey}, both("soft", "", "a")}},
		{"white space around the body", plain, request{body: " \n{\"keys\":[\"a\"]}\n "},
			[][]string{{lease}, both("soft", "", "a")}},
		{"256 keys", plain, request{header: []string{"Surrogate-Key: " + keyList(256)}},
			append([][]string{{lease}}, manyPurged(256)...)},

		{"a tenant by its credential in the body", tenants, request{body: `{"keys":["a"],"credentials":["first"]}`},
			[][]string{{firstLease}, both("soft", prefixOf("first"), "a")}},
		{"a tenant by its credential in the URL", tenants, request{query: "?auth_token=first", body: `{"keys":["a"]}`},
			[][]string{{firstLease}, both("soft", prefixOf("first"), "a")}},
		{"a tenant by its ID", tenants, request{body: `{"keys":["a"],"tenants":["` + surrogate.TenantID("first") + `"]}`},
			[][]string{{firstLease}, both("soft", prefixOf("first"), "a")}},
		{"a tenant by its ID in a header", tenants, request{body: `{"keys":["a"]}`, header: []string{"Larder-Tenant: " + surrogate.TenantID("first")}},
			[][]string{{firstLease}, both("soft", prefixOf("first"), "a")}},
		{"two tenants, all leases first", tenants, request{body: `{"keys":["a"],"credentials":["first","second"]}`},
			[][]string{{firstLease, secondLease}, both("soft", prefixOf("first"), "a"), both("soft", prefixOf("second"), "a")}},
		{"everything of a tenant", tenants, request{body: `{"all":true,"credentials":["first"]}`},
			[][]string{{firstLease}, {"soft " + prefixOf("first") + surrogate.AllKey}}},
		{"everything of everyone", tenants, request{body: `{"all":true}`},
			[][]string{{surrogate.AllLeasesKey}, {"soft " + surrogate.AllKey}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, p := endpoint(t, test.members)
			answer, err := e.Serve(context.Background(), test.request.build(t))
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
				want = append(want, "hard "+strings.Replace(lease, "larder-lease", "larder-note", 1))
			}
			if want = append(want, keys...); !slices.Equal(p.purged, want) {
				t.Errorf("it purges %.300q, not %.300q", p.purged, want)
			}
			checkResult(t, answer, p.purged)
		})
	}
}

// checkResult compares the answer with what was purged, leases apart.
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
			t.Errorf("it says that it purged %q", kind+key)
		}
	}
	for _, key := range result.Hard {
		if !slices.Contains(purged, "hard "+key) {
			t.Errorf("it says that it purged %q", "hard "+key)
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

// manyPurged is what a purge of keyList purges: buckets that keys share once.
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

func TestRefusals(t *testing.T) {
	tests := []struct {
		name    string
		members string
		request request
		status  int
		problem string
		detail  string // a part of it
	}{
		{"another method", plain, request{method: "GET"}, 405, "method-not-allowed", ""},
		{"PURGE as a method", plain, request{method: "PURGE"}, 405, "method-not-allowed", ""},
		{"no token", plain, request{token: "none", body: `{"keys":["a"]}`}, 401, "unauthorized", ""},
		{"a wrong token", plain, request{token: "Bearer operators", body: `{"keys":["a"]}`}, 401, "unauthorized", ""},
		{"a wrong token comes before a wrong body", plain, request{token: "Bearer x", body: `{`}, 401, "unauthorized", ""},

		{"no body and no header", plain, request{}, 400, "no-key", `{"keys": ["post:hello"]}`},
		{"an empty object", plain, request{body: `{}`}, 400, "no-key", "Surrogate-Key"},
		{"no keys in the list", plain, request{body: `{"keys":[]}`}, 400, "no-key", ""},
		{"keys that are null", plain, request{body: `{"keys":null}`}, 400, "no-key", ""},
		{"null", plain, request{body: `null`}, 400, "no-key", ""},
		{"all that is false", plain, request{body: `{"all":false}`}, 400, "no-key", ""},
		{"a header without keys", plain, request{header: []string{"Surrogate-Key:  "}}, 400, "no-key", ""},
		{"an empty key", plain, request{body: `{"keys":["a",""]}`}, 400, "bad-purge", "Key 2 is empty."},
		{"a blank key", plain, request{body: `{"keys":[" \t"]}`}, 400, "bad-purge", "Key 1 is empty."},
		{"not JSON", plain, request{body: `keys=a`}, 400, "bad-purge", "not JSON: byte 1"},
		{"JSON cut short", plain, request{body: `{"keys":["a"`}, 400, "bad-purge", "ends too early"},
		{"more after the object", plain, request{body: `{"keys":["a"]} {}`}, 400, "bad-purge", "goes on after"},
		{"a list", plain, request{body: `["a"]`}, 400, "bad-purge", "a JSON array; want an object"},
		{"a string", plain, request{body: `"a"`}, 400, "bad-purge", "a JSON string; want an object"},
		{"keys that are no list", plain, request{body: `{"keys":"a"}`}, 400, "bad-purge", `"keys" of its body is a JSON string; want a list of strings`},
		{"a key that is a number", plain, request{body: `{"keys":[1]}`}, 400, "bad-purge", `want a list of strings`},
		{"soft that is a string", plain, request{body: `{"keys":["a"],"soft":"false"}`}, 400, "bad-purge", `"soft" of its body is a JSON string; want true or false`},
		{"an unknown member", plain, request{body: `{"key":"a"}`}, 400, "bad-purge", `unknown member "key"; known are keys`},
		{"soft in the query that is neither", plain, request{query: "?soft=perhaps", body: `{"keys":["a"]}`}, 400, "bad-purge", `soft is "perhaps"; want true or false`},

		{"257 keys", plain, request{header: []string{"Surrogate-Key: " + keyList(257)}}, 413, "purge-too-large", "257 keys; at most 256"},
		{"a body that is too large", plain, request{body: `{"keys":["` + strings.Repeat("a", 2048) + `"]}`}, 413, "purge-too-large", "more than 2048 bytes"},
		{"a body that says it is too large", plain, request{body: `{}`, header: []string{"Content-Length: 2049"}}, 413, "purge-too-large", "2049 bytes; at most 2048"},

		{"a tenant where there are none", plain, request{body: `{"keys":["a"],"tenants":["x"]}`}, 400, "bad-purge", "larder.json has none"},
		{"a credential where there are no tenants", plain, request{body: `{"keys":["a"],"credentials":["x"]}`}, 400, "bad-purge", "larder.json has none"},
		{"no tenant where there are some", tenants, request{body: `{"keys":["a"]}`}, 400, "no-tenant", "Larder-Tenant"},
		{"no tenant, and everything beside a key", tenants, request{body: `{"keys":["a"],"all":true}`}, 400, "no-tenant", ""},
		{"the operator's token is no tenant", tenants, request{body: `{"keys":["a"]}`, token: "Bearer operator"}, 400, "no-tenant", ""},
		{"everything of a tenant that is not named", tenants, request{query: "?auth_token=", body: `{"all":true}`}, 400, "bad-purge", "auth_token is empty"},
		{"keys of too many tenants", tenants, request{body: `{"keys":[` + strings.Repeat(`"k",`, 99) + `"k"],"credentials":["a","b","c"]}`}, 413, "purge-too-large", "100 keys for each of 3 tenants, together 300"},
		{"an ID that is none", tenants, request{body: `{"keys":["a"],"tenants":["` + surrogate.TenantID("a") + `","first"]}`}, 400, "bad-purge", "Tenant 2 is not a tenant's ID"},
		{"an empty credential", tenants, request{body: `{"keys":["a"],"credentials":["x",""]}`}, 400, "bad-purge", "Credential 2 is empty"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, p := endpoint(t, test.members)
			answer, err := e.Serve(context.Background(), test.request.build(t))
			d := problem.From(err)
			if err == nil || answer != nil || d.Status != test.status || d.Type != problem.TypePrefix+test.problem {
				t.Fatalf("it is answered with %v, %v", answer, err)
			}
			if !strings.Contains(d.Detail, test.detail) {
				t.Errorf("the detail is %q, without %q", d.Detail, test.detail)
			}
			if len(p.purged) > 0 {
				t.Errorf("it purges %q", p.purged)
			}
			header, _ := d.Answer()
			if test.status == 405 && header.Get("Allow") != "POST" {
				t.Errorf("Allow is %q", header.Get("Allow"))
			}
		})
	}
}

func TestARefusalDoesNotRepeatCredentials(t *testing.T) {
	for _, body := range []string{
		`{"credentials":["hunter2"]`, `{"credentials":"hunter2"}`, `{"credentials":["hunter2"]} x`, `{"credentials":["hunter2"],"x":1}`,
	} {
		e, _ := endpoint(t, tenants)
		_, err := e.Serve(context.Background(), request{body: body}.build(t))
		if _, answer := problem.From(err).Answer(); strings.Contains(string(answer), "hunter2") {
			t.Errorf("%s is answered with %s", body, answer)
		}
	}
}

// A purge goes on after a failure, so that as little as possible is left, and
// is not acknowledged.
func TestAFailureOfTheCacheIsNotAcknowledged(t *testing.T) {
	errCache := errors.New("cache is away")
	for _, failing := range []string{surrogate.TenantLeaseKey(""), "a", surrogate.Bucket("", "a"), "b"} {
		t.Run("at "+failing, func(t *testing.T) {
			e, p := endpoint(t, plain)
			p.fail = map[string]error{failing: errCache}
			_, err := e.Serve(context.Background(), request{body: `{"keys":["a","b"]}`}.build(t))
			d := problem.From(err)
			if d.Status != 502 || d.Type != problem.TypePrefix+"purge-failed" || !errors.Is(err, errCache) {
				t.Fatalf("it is answered with %v", err)
			}
			if _, body := d.Answer(); strings.Contains(string(body), errCache.Error()) {
				t.Errorf("the client is told %s", body)
			}
			if len(p.purged) != 6 {
				t.Errorf("it purges %q", p.purged)
			}
		})
	}
}

// brokenBody fails in the middle.
type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, errors.New("reset") }
func (brokenBody) Close() error             { return nil }

func TestABodyThatCannotBeReadPurgesNothing(t *testing.T) {
	e, p := endpoint(t, plain)
	r := request{header: []string{"Surrogate-Key: a"}}.build(t)
	r.Body = brokenBody{}
	_, err := e.Serve(context.Background(), r)
	if d := problem.From(err); d.Status != 400 || len(p.purged) > 0 {
		t.Errorf("it is answered with %v and purges %q", err, p.purged)
	}
}
