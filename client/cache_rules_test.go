package client

import (
	"testing"
	"testing/synctest"
	"time"
)

// The cases of the public cache tests' groups "stale" and "cache-control", as
// far as they are about a private cache that may not reach the server.
func TestWhatMayBeUsedStale(t *testing.T) {
	tests := []struct {
		name   string
		status int
		lines  []string
		after  time.Duration
		want   bool
	}{
		{"fresh by max-age", 200, []string{"Cache-Control: max-age=60"}, 59 * time.Second, true},
		{"stale, no directive", 200, []string{"Cache-Control: max-age=60"}, time.Hour, true},
		{"no Cache-Control at all", 200, nil, time.Hour, true},
		{"older than MaxAge", 200, nil, 8 * 24 * time.Hour, false},
		{"fresh and older than MaxAge", 200, []string{"Cache-Control: max-age=9999999"}, 8 * 24 * time.Hour, false},
		{"stale-if-error, inside", 200, []string{"Cache-Control: max-age=0, stale-if-error=60"}, 59 * time.Second, true},
		{"stale-if-error, past", 200, []string{"Cache-Control: max-age=0, stale-if-error=60"}, 62 * time.Second, false},
		{"stale-if-error after max-age", 200, []string{"Cache-Control: max-age=60, stale-if-error=60"}, 119 * time.Second, true},
		{"stale-if-error counts Age", 200, []string{"Cache-Control: max-age=0, stale-if-error=60", "Age: 50"}, 15 * time.Second, false},
		{"must-revalidate, fresh", 200, []string{"Cache-Control: max-age=60, must-revalidate"}, 59 * time.Second, true},
		{"must-revalidate, stale", 200, []string{"Cache-Control: max-age=60, must-revalidate"}, 62 * time.Second, false},
		{"must-revalidate beats stale-if-error", 200, []string{"Cache-Control: max-age=0, must-revalidate, stale-if-error=60"}, 0, false},
		{"proxy-revalidate is for shared caches", 200, []string{"Cache-Control: max-age=1, proxy-revalidate"}, time.Minute, true},
		{"s-maxage is for shared caches", 200, []string{"Cache-Control: s-maxage=1"}, time.Minute, true},
		{"private", 200, []string{"Cache-Control: private, max-age=0"}, time.Minute, true},
		{"no-store", 200, []string{"Cache-Control: no-store"}, 0, false},
		{"no-store in a second line", 200, []string{"Cache-Control: max-age=60", "Cache-Control: no-store"}, 0, false},
		{"no-store in capitals", 200, []string{"Cache-Control: NO-STORE, max-age=60"}, 0, false},
		{"no-cache", 200, []string{"Cache-Control: no-cache, max-age=60"}, 0, false},
		{"no-cache with a field name", 200, []string{`Cache-Control: no-cache="x-a", max-age=60`}, 0, false},
		{"malformed", 200, []string{"Cache-Control: max-age=abc"}, 0, false},
		{"fresh by Expires", 200, []string{"Cache-Control: must-revalidate", "Date: Mon, 30 Nov 2026 12:00:00 GMT", "Expires: Mon, 30 Nov 2026 13:00:00 GMT"}, 59 * time.Minute, true},
		{"stale by Expires", 200, []string{"Cache-Control: must-revalidate", "Date: Mon, 30 Nov 2026 12:00:00 GMT", "Expires: Mon, 30 Nov 2026 13:00:00 GMT"}, 61 * time.Minute, false},
		{"max-age beats Expires", 200, []string{"Cache-Control: max-age=0, must-revalidate", "Date: Mon, 30 Nov 2026 12:00:00 GMT", "Expires: Mon, 30 Nov 2026 13:00:00 GMT"}, 0, false},
		{"an invalid Expires is stale", 200, []string{"Cache-Control: must-revalidate", "Expires: 0"}, 0, false},
		{"a redirect", 301, []string{"Location: /b"}, time.Minute, true},
		{"a 404", 404, nil, time.Minute, true},
		{"a temporary redirect", 302, []string{"Location: /b"}, 0, false},
		{"a 400", 400, nil, 0, false},
		{"a 201", 201, nil, 0, false},
		{"a part", 206, []string{"Content-Range: bytes 0-1/2"}, 0, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				n.at(first, says(test.status, "it", test.lines...))
				rt := &Transport{Hosts: []string{first}, Base: n, Retries: -1}
				get(t, rt, first+"/a")
				n.down()
				time.Sleep(test.after)
				r, err := do(t, rt, request(t, "GET", first+"/a"))
				if got := err == nil && r.fallback; got != test.want {
					t.Errorf("used is %v, want %v: %v", got, test.want, err)
				}
				if test.want && (r.StatusCode != test.status || r.body != "it") {
					t.Errorf("the answer is %d %q", r.StatusCode, r.body)
				}
			})
		})
	}
}

// The cases of the public cache tests' group "vary".
func TestVarySelectsAmongWhatIsKept(t *testing.T) {
	tests := []struct {
		name         string
		vary         []string
		store, fetch []string
		want         bool
	}{
		{"match", []string{"Foo"}, []string{"Foo: 1"}, []string{"Foo: 1"}, true},
		{"no match", []string{"Foo"}, []string{"Foo: 1"}, []string{"Foo: 2"}, false},
		{"omitted header", []string{"Foo"}, []string{"Foo: 1"}, nil, false},
		{"absent in both", []string{"Foo"}, nil, nil, true},
		{"empty is not absent", []string{"Foo"}, []string{"Foo: "}, nil, false},
		{"another header does not matter", []string{"Foo"}, []string{"Foo: 1", "Other: 2"}, []string{"Foo: 1", "Other: 3"}, true},
		{"names in any case", []string{"fOO"}, []string{"Foo: 1"}, []string{"Foo: 1"}, true},
		{"two headers, match", []string{"Foo, Bar"}, []string{"Foo: 1", "Bar: a"}, []string{"Bar: a", "Foo: 1"}, true},
		{"two headers, no match", []string{"Foo, Bar"}, []string{"Foo: 1", "Bar: a"}, []string{"Foo: 1", "Bar: b"}, false},
		{"two lines, no match", []string{"Foo", "Bar"}, []string{"Foo: 1", "Bar: a"}, []string{"Foo: 1", "Bar: b"}, false},
		{"two values, another order", []string{"Foo"}, []string{"Foo: 1", "Foo: 2"}, []string{"Foo: 2", "Foo: 1"}, false},
		{"star", []string{"*"}, nil, nil, false},
		{"star among others", []string{"Foo, *"}, []string{"Foo: 1"}, []string{"Foo: 1"}, false},
		{"star in another line", []string{"Foo", "*"}, []string{"Foo: 1"}, []string{"Foo: 1"}, false},
		{"empty Vary", []string{""}, []string{"Foo: 1"}, []string{"Foo: 2"}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				lines := []string{}
				for _, vary := range test.vary {
					lines = append(lines, "Vary: "+vary)
				}
				n.at(first, says(200, "it", lines...))
				rt := &Transport{Hosts: []string{first}, Base: n, Retries: -1}
				get(t, rt, first+"/a", test.store...)
				n.down()
				r, err := do(t, rt, request(t, "GET", first+"/a", test.fetch...))
				if got := err == nil && r.fallback; got != test.want {
					t.Errorf("used is %v, want %v: %v", got, test.want, err)
				}
			})
		})
	}
}
