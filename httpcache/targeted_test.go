package httpcache

import (
	"testing"
	"time"
)

func TestTargetedFields(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  NotStored
		fresh time.Duration
	}{
		{"Larder's own field beats the CDN's", []string{"Larder-Cache-Control: max-age=1", "CDN-Cache-Control: max-age=2", "Surrogate-Control: max-age=3"}, Storable, time.Second},
		{"the CDN's field beats Surrogate-Control", []string{"CDN-Cache-Control: max-age=2", "Surrogate-Control: max-age=3"}, Storable, 2 * time.Second},
		{"Surrogate-Control beats Cache-Control", []string{"Surrogate-Control: max-age=3", "Cache-Control: max-age=4"}, Storable, 3 * time.Second},
		{"a targeted lifetime lifts Cache-Control's no-store", []string{"CDN-Cache-Control: max-age=2", "Cache-Control: no-store"}, Storable, 2 * time.Second},
		{"a targeted no-store beats max-age", []string{"CDN-Cache-Control: no-store", "Cache-Control: max-age=4"}, NotStoredNoStore, 0},
		{"a targeted private beats max-age", []string{"CDN-Cache-Control: private", "Cache-Control: max-age=4"}, NotStoredPrivate, 0},
		{"a false directive is absent", []string{"CDN-Cache-Control: no-store=?0, max-age=2"}, Storable, 2 * time.Second},
		{"Expires is ignored beside a targeted field", []string{"CDN-Cache-Control: max-age=0", "Expires: " + httpDate(time.Hour), `ETag: "a"`}, Storable, 0},
		{"an unknown directive alone is in force", []string{"CDN-Cache-Control: foo", "Cache-Control: max-age=4"}, NotStoredNoLifetime, 0},
		{"an extension does not disturb", []string{"CDN-Cache-Control: foobar, max-age=2"}, Storable, 2 * time.Second},
		{"a huge value is clamped", []string{"CDN-Cache-Control: max-age=99999999999"}, Storable, maxDelta},
		{"no structured field is ignored", []string{"CDN-Cache-Control: max-age=2, &&&", "Cache-Control: no-store"}, NotStoredNoStore, 0},
		{"a wrong type is ignored", []string{`CDN-Cache-Control: max-age="2"`, "Cache-Control: no-store"}, NotStoredNoStore, 0},
		{"a wrong type beside no-store does not lift it", []string{`CDN-Cache-Control: no-store, max-age="2"`, "Cache-Control: max-age=4"}, NotStoredNoStore, 0},
		{"an upper-case name is ignored", []string{"CDN-Cache-Control: Max-Age=2", "Cache-Control: max-age=4"}, Storable, 4 * time.Second},
		{"an empty field is ignored", []string{"CDN-Cache-Control: ", "Cache-Control: max-age=4"}, Storable, 4 * time.Second},
		{"a negative value is stale", []string{"CDN-Cache-Control: max-age=-2", `ETag: "a"`}, Storable, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, reason := Plan(get(), received(200, test.lines...), origin())
			equal(t, "reason", reason, test.want)
			equal(t, "freshness", l.Freshness, test.fresh)
		})
	}
}

func TestTargetedFieldsAreConsumed(t *testing.T) {
	resp := received(200, "Larder-Cache-Control: max-age=2", "CDN-Cache-Control: max-age=3", "Surrogate-Control: x", "Cache-Control: max-age=4")
	t.Run("but other CDN caches see theirs where the origin decides", func(t *testing.T) {
		s := store(t, resp, origin())
		equal(t, "Larder-Cache-Control", s.Header.Get(fieldLarder), "")
		equal(t, "Surrogate-Control", s.Header.Get(fieldSurrogate), "")
		equal(t, "CDN-Cache-Control", s.Header.Get(fieldCDN), "max-age=3")
		equal(t, "Cache-Control", s.Header.Get("Cache-Control"), "max-age=4")
	})
	t.Run("all of them where the operator decides", func(t *testing.T) {
		p := origin()
		p.TTL = Some(time.Minute)
		s := store(t, resp, p)
		for _, name := range targetedFields() {
			equal(t, name, s.Header.Get(name), "")
		}
	})
}
