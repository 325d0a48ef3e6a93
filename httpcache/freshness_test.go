package httpcache

import (
	"testing"
	"time"
)

func TestFreshnessLifetime(t *testing.T) {
	day := 24 * time.Hour
	tests := []struct {
		name  string
		lines []string
		want  time.Duration
	}{
		{"max-age is used", []string{"Cache-Control: max-age=60"}, time.Minute},
		{"s-maxage beats max-age, longer", []string{"Cache-Control: max-age=1, s-maxage=60"}, time.Minute},
		{"s-maxage beats max-age, shorter, on another line", []string{"Cache-Control: max-age=60", "Cache-Control: s-maxage=1"}, time.Second},
		{"s-maxage beats a past Expires", []string{"Cache-Control: s-maxage=60", "Expires: " + httpDate(-day)}, time.Minute},
		{"max-age=0 beats a future Expires", []string{"Cache-Control: max-age=0", "Expires: " + httpDate(day), `ETag: "a"`}, 0},
		{"max-age beats an invalid Expires", []string{"Cache-Control: max-age=60", "Expires: 0"}, time.Minute},
		{"directive names are case-insensitive", []string{"Cache-Control: MaX-aGe=60"}, time.Minute},
		{"an extension is ignored", []string{`Cache-Control: foobar, x="max-age=9", max-age=60`}, time.Minute},
		{"a quoted value is used", []string{`Cache-Control: max-age="60"`}, time.Minute},
		{"leading zeros are allowed", []string{"Cache-Control: max-age=0060"}, time.Minute},
		{"a huge value is clamped to 2^31 seconds", []string{"Cache-Control: max-age=99999999999999999999999"}, maxDelta},
		{"2^31 seconds is the largest value", []string{"Cache-Control: max-age=2147483648"}, maxDelta},
		{"a negative value counts as zero", []string{"Cache-Control: max-age=-60", `ETag: "a"`}, 0},
		{"a decimal counts as zero", []string{"Cache-Control: max-age=60.5", `ETag: "a"`}, 0},
		{"single quotes count as zero", []string{"Cache-Control: max-age='60'", `ETag: "a"`}, 0},
		{"letters count as zero", []string{"Cache-Control: max-age=60a", `ETag: "a"`}, 0},
		{"a space after the equals sign counts as zero", []string{"Cache-Control: max-age= 60", `ETag: "a"`}, 0},
		{"a missing value counts as zero", []string{"Cache-Control: max-age", `ETag: "a"`}, 0},
		{"the same value twice is used", []string{"Cache-Control: max-age=60, max-age=60"}, time.Minute},
		{"two different values count as zero", []string{"Cache-Control: max-age=60, max-age=90", `ETag: "a"`}, 0},
		{"max-age inside a quoted string is ignored", []string{`Cache-Control: x="a, max-age=9", max-age=60`}, time.Minute},
		{"Expires is relative to Date", []string{"Date: " + httpDate(-time.Minute), "Expires: " + httpDate(time.Minute)}, 2 * time.Minute},
		{"Expires is relative to receipt without a valid Date", []string{"Date: foo", "Expires: " + httpDate(time.Minute)}, time.Minute},
		{"Expires before Date counts as zero", []string{"Date: " + httpDate(time.Hour), "Expires: " + httpDate(time.Minute), `ETag: "a"`}, 0},
		{"Expires of 0 counts as zero", []string{"Expires: 0", `ETag: "a"`}, 0},
		{"Expires in RFC 850 format is used", []string{"Expires: Monday, 23-Nov-26 12:01:00 GMT"}, time.Minute},
		{"Expires in asctime format is used", []string{"Expires: Mon Nov 23 12:01:00 2026"}, time.Minute},
		{"Expires in another time zone counts as zero", []string{"Expires: Mon, 23 Nov 2026 12:01:00 AEST", `ETag: "a"`}, 0},
		{"Expires with several spaces counts as zero", []string{"Expires: Mon,  23  Nov  2026  12:01:00  GMT", `ETag: "a"`}, 0},
		{"Expires with a one-digit hour counts as zero", []string{"Expires: Tue, 24 Nov 2026 8:01:00 GMT", `ETag: "a"`}, 0},
		{"Expires with a time zone in lower case is used", []string{"Expires: Mon, 23 Nov 2026 12:01:00 gmt"}, time.Minute},
		{"Expires with a time zone in mixed case is used", []string{"Expires: Mon, 23 Nov 2026 12:01:00 gMT"}, time.Minute},
		{"an invalid Expires is stale although Last-Modified would allow a lifetime", []string{"Expires: Mon,  23 Nov 2026 12:01:00 GMT", "Last-Modified: " + httpDate(-10*time.Hour)}, 0},
		{"a malformed max-age is stale although Last-Modified would allow a lifetime", []string{"Cache-Control: max-age=60; x", "Last-Modified: " + httpDate(-10*time.Hour)}, 0},
		{"two different Expires count as zero", []string{"Expires: " + httpDate(time.Minute), "Expires: " + httpDate(time.Hour), `ETag: "a"`}, 0},
		{"heuristic freshness is a tenth of the time since Last-Modified", []string{"Last-Modified: " + httpDate(-10*time.Hour)}, time.Hour},
		{"heuristic freshness is a day at most", []string{"Last-Modified: " + httpDate(-1000*day)}, day},
		{"max-age beats heuristic freshness", []string{"Cache-Control: max-age=1", "Last-Modified: " + httpDate(-10*time.Hour)}, time.Second},
		{"Last-Modified in the future gives no freshness", []string{"Last-Modified: " + httpDate(time.Hour)}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, reason := Plan(get(), received(200, test.lines...), origin())
			equal(t, "reason", reason, Storable)
			equal(t, "freshness", l.Freshness, test.want)
		})
	}
}

func TestHeuristicFreshnessNeedsACacheableStatusOrPublic(t *testing.T) {
	modified := "Last-Modified: " + httpDate(-10*time.Hour)
	tests := []struct {
		name   string
		status int
		lines  []string
		p      Policy
		want   time.Duration
		reason NotStored
	}{
		{"200 is heuristically cacheable", 200, []string{modified}, origin(), time.Hour, Storable},
		{"404 is heuristically cacheable", 404, []string{modified}, origin(), time.Hour, Storable},
		{"501 is heuristically cacheable", 501, []string{modified}, origin(), time.Hour, Storable},
		{"201 is not", 201, []string{modified}, origin(), 0, NotStoredNoLifetime},
		{"403 is not", 403, []string{modified}, origin(), 0, NotStoredNoLifetime},
		{"503 is not", 503, []string{modified}, origin(), 0, NotStoredNoLifetime},
		{"599 is not", 599, []string{modified}, origin(), 0, NotStoredNoLifetime},
		{"599 is, with public", 599, []string{modified, "Cache-Control: public"}, origin(), time.Hour, Storable},
		{"200 is stored for validation if heuristics are off", 200, []string{modified}, Policy{}, 0, Storable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l, reason := Plan(get(), received(test.status, test.lines...), test.p)
			equal(t, "reason", reason, test.reason)
			equal(t, "freshness", l.Freshness, test.want)
		})
	}
}
