package accesslog

import (
	"testing"
	"time"

	"larder/httpcache"
)

func TestALineSaysWhatCacheStatusSays(t *testing.T) {
	for _, c := range []struct {
		name         string
		status       httpcache.CacheStatus
		cache, stale string
	}{
		{"a fresh hit", httpcache.CacheStatus{Hit: true, TTL: httpcache.Some(time.Minute)}, "hit", ""},
		{"a hit in the stale window", httpcache.CacheStatus{Hit: true, TTL: httpcache.Some(-time.Second)}, "hit", "stale-while-revalidate"},
		{"a copy that is still in the cache", httpcache.CacheStatus{Hit: true, TTL: httpcache.Some(time.Second), Detail: "vault"}, "hit", "vault"},
		{"a miss", httpcache.CacheStatus{Fwd: httpcache.FwdURIMiss, FwdStatus: 200, Stored: true}, "uri-miss", ""},
		{"a stale answer", httpcache.CacheStatus{Fwd: httpcache.FwdStale, Detail: "stale-if-error; origin-unreachable"}, "stale", "stale-if-error"},
		{"a revalidated answer", httpcache.CacheStatus{Fwd: httpcache.FwdStale, FwdStatus: 304}, "stale", ""},
		{"a request that passes through", httpcache.CacheStatus{Fwd: httpcache.FwdBypass, Detail: "no-route"}, "bypass", ""},
		{"an answer of Larder's own", httpcache.CacheStatus{}, "none", ""},
	} {
		var l Line
		l.SetCacheStatus(c.status)
		if l.Cache != c.cache || l.Stale != c.stale || l.Detail != c.status.Detail {
			t.Errorf("%s: cache %q, stale %q, detail %q; want %q, %q, %q", c.name, l.Cache, l.Stale, l.Detail, c.cache, c.stale, c.status.Detail)
		}
	}
}
