package httpcache

import (
	"net/http"
	"testing"
	"time"

	"github.com/dunglas/httpsfv"
)

func TestCacheStatus(t *testing.T) {
	tests := []struct {
		name string
		c    CacheStatus
		want string
	}{
		{"a hit", CacheStatus{Cache: "Larder", Hit: true, TTL: Some(376 * time.Second)}, "Larder; hit; ttl=376"},
		{"a stale hit", CacheStatus{Cache: "Larder", Hit: true, TTL: Some(-500 * time.Millisecond), Detail: "stale-if-error"}, "Larder; hit; ttl=-1; detail=stale-if-error"},
		{"a miss that was stored", CacheStatus{Cache: "Larder", Fwd: FwdURIMiss, FwdStatus: 200, Stored: true, Collapsed: true}, "Larder; fwd=uri-miss; fwd-status=200; stored; collapsed"},
		{"a hit has no fwd", CacheStatus{Cache: "Larder", Hit: true, Fwd: FwdStale, FwdStatus: 304, Stored: true}, "Larder; hit"},
		{"a TTL of zero is written", CacheStatus{Cache: "Larder", Hit: true, TTL: Some[time.Duration](0)}, "Larder; hit; ttl=0"},
		{"a key is written as a string", CacheStatus{Cache: "Larder", Fwd: FwdMiss, Key: "/a?b=\"\\\n"}, `Larder; fwd=miss; key="/a?b=\"\\?"`},
		{"a detail that is not a token is written as a string", CacheStatus{Cache: "a cache", Fwd: FwdBypass, Detail: "origin is down"}, `"a cache"; fwd=bypass; detail="origin is down"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			equal(t, "member", test.c.String(), test.want)
			if _, err := httpsfv.UnmarshalList([]string{test.c.String()}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestCacheStatusIsAppendedAfterThoseOfOtherCaches(t *testing.T) {
	shared := http.Header{"Cache-Status": append(make([]string, 0, 8), "Origin; hit")}
	for _, name := range []string{"a", "b"} {
		h := http.Header{"Cache-Status": shared["Cache-Status"]}
		CacheStatus{Cache: name, Hit: true}.AppendTo(h)
		equal(t, "lines", len(h["Cache-Status"]), 2)
		equal(t, "last line", h["Cache-Status"][1], name+"; hit")
	}
	equal(t, "lines of the shared header", len(shared["Cache-Status"]), 1)
}

func TestTheMemberOfANearerCacheIsWrittenFirst(t *testing.T) {
	c := CacheStatus{Cache: "Larder", Fwd: FwdURIMiss, FwdStatus: 200}
	tests := []struct {
		name   string
		nearer string
		before []string
		want   []string
	}{
		{"without a nearer cache", "", nil, []string{c.String()}},
		{"with a nearer cache", "Larder; hit; ttl=5", nil, []string{"Larder; hit; ttl=5", c.String()}},
		{"the origin's member comes before both", "Larder; hit", []string{"Origin; hit"}, []string{"Origin; hit", "Larder; hit", c.String()}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := http.Header{}
			if test.before != nil {
				h["Cache-Status"] = append(make([]string, 0, 8), test.before...)
			}
			shared := h["Cache-Status"]
			c.Nearer = test.nearer
			c.AppendTo(h)
			got := h["Cache-Status"]
			equal(t, "number of lines", len(got), len(test.want))
			for i := range test.want {
				equal(t, "line", got[i], test.want[i])
			}
			for _, line := range shared[:cap(shared)][len(shared):] {
				equal(t, "element past the end of the shared slice", line, "")
			}
		})
	}
}
