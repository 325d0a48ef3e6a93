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
		{"a targeted lifetime overrides Cache-Control's no-store", []string{"CDN-Cache-Control: max-age=2", "Cache-Control: no-store"}, Storable, 2 * time.Second},
		{"a targeted no-store beats max-age", []string{"CDN-Cache-Control: no-store", "Cache-Control: max-age=4"}, NotStoredNoStore, 0},
		{"a targeted private beats max-age", []string{"CDN-Cache-Control: private", "Cache-Control: max-age=4"}, NotStoredPrivate, 0},
		{"a false directive counts as absent", []string{"CDN-Cache-Control: no-store=?0, max-age=2"}, Storable, 2 * time.Second},
		{"Expires is ignored if there is a targeted field", []string{"CDN-Cache-Control: max-age=0", "Expires: " + httpDate(time.Hour), `ETag: "a"`}, Storable, 0},
		{"a targeted field with an unknown directive only is in force", []string{"CDN-Cache-Control: foo", "Cache-Control: max-age=4"}, NotStoredNoLifetime, 0},
		{"an extension is ignored", []string{"CDN-Cache-Control: foobar, max-age=2"}, Storable, 2 * time.Second},
		{"a huge value is clamped", []string{"CDN-Cache-Control: max-age=99999999999"}, Storable, maxDelta},
		{"a field that is not structured is ignored", []string{"CDN-Cache-Control: max-age=2, &&&", "Cache-Control: no-store"}, NotStoredNoStore, 0},
		{"a wrong type is ignored", []string{`CDN-Cache-Control: max-age="2"`, "Cache-Control: no-store"}, NotStoredNoStore, 0},
		{"a wrong type does not override no-store in the same field", []string{`CDN-Cache-Control: no-store, max-age="2"`, "Cache-Control: max-age=4"}, NotStoredNoStore, 0},
		{"no-store in a field that is not structured counts", []string{`CDN-Cache-Control: no-store, "`, "Cache-Control: max-age=4"}, NotStoredNoStore, 0},
		{"no-store after a wrong separator counts", []string{"CDN-Cache-Control: max-age=2; no-store"}, NotStoredNoStore, 0},
		{"private after a wrong separator counts", []string{"Surrogate-Control: max-age=2;private"}, NotStoredPrivate, 0},
		{"a parameter of another name is ignored", []string{"Surrogate-Control: max-age=2;varnish"}, Storable, 2 * time.Second},
		{"an upper-case name is ignored", []string{"CDN-Cache-Control: Max-Age=2", "Cache-Control: max-age=4"}, Storable, 4 * time.Second},
		{"an empty field is ignored", []string{"CDN-Cache-Control: ", "Cache-Control: max-age=4"}, Storable, 4 * time.Second},
		{"a negative value counts as zero", []string{"CDN-Cache-Control: max-age=-2", `ETag: "a"`}, Storable, 0},
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
	t.Run("where the origin decides, CDN-Cache-Control stays for other caches", func(t *testing.T) {
		s := store(t, resp, origin())
		wantField(t, s.Header, fieldLarder, "")
		wantField(t, s.Header, fieldSurrogate, "")
		wantField(t, s.Header, fieldCDN, "max-age=3")
		wantField(t, s.Header, "Cache-Control", "max-age=4")
	})
	t.Run("where the operator decides, all are removed", func(t *testing.T) {
		p := origin()
		p.TTL = Some(time.Minute)
		s := store(t, resp, p)
		for _, name := range targetedFields() {
			wantField(t, s.Header, name, "")
		}
	})
}
