package content

import (
	"net/http"
	"slices"
	"testing"

	"larder/httpcache"
	"larder/surrogate"
)

func TestWhichAnswersTheHostShouldCompress(t *testing.T) {
	for _, test := range []struct {
		kind, coding, control string
		want                  bool
	}{
		{"application/json", "", "", true},
		{"application/problem+json; charset=utf-8", "", "", true},
		{"Text/HTML", "", "", true},
		{"image/svg+xml", "", "", true},
		{"application/javascript", "", "", true},
		{"image/png", "", "", false},
		{"", "", "", false},
		{"application/json", "br", "", false},
		{"application/json", "", "public, no-transform", false},
	} {
		header := http.Header{"Content-Type": {test.kind}, "Cache-Control": {test.control}}
		if test.coding != "" {
			header.Set("Content-Encoding", test.coding)
		}
		if got := compressible(header); got != test.want {
			t.Errorf("%+v: %t", test, got)
		}
	}
}

func TestCodingsMakeNoVariants(t *testing.T) {
	got := variantNames(http.Header{"Vary": {"Accept-Encoding, Accept-Language", "Origin"}})
	if want := []string{"Accept-Language", "Origin"}; !slices.Equal(got, want) {
		t.Errorf("the variants differ by %q, not %q", got, want)
	}
}

func TestOnlyAGETCanAskForARange(t *testing.T) {
	header := http.Header{"Range": {"bytes=0-1"}}
	if got := RangeHeader("GET", header); got.Get("Range") == "" {
		t.Error("a GET's range is ignored")
	}
	for _, method := range []string{"HEAD", "QUERY"} {
		if got := RangeHeader(method, header); got.Get("Range") != "" {
			t.Errorf("%s asks for %q", method, got.Get("Range"))
		}
	}
}

func TestPartsAreJoinedAtTheirEnds(t *testing.T) {
	if got := joinParts(httpcache.Combination{}, []byte("ab"), []byte("cd")); string(got) != "abcd" {
		t.Errorf("the end makes it %q", got)
	}
	if got := joinParts(httpcache.Combination{NewFirst: true}, []byte("cd"), []byte("ab")); string(got) != "abcd" {
		t.Errorf("the beginning makes it %q", got)
	}
}

func TestARenewedEntryHasItsOwnKeyInPlaceOfTheOldOne(t *testing.T) {
	old := []string{"posts", surrogate.EntryKey("id1"), "post:tea"}
	got := renameEntryKey(old, "id1", "id2")
	if want := []string{"posts", surrogate.EntryKey("id2"), "post:tea"}; !slices.Equal(got, want) {
		t.Errorf("the keys are %q, not %q", got, want)
	}
	if old[1] != surrogate.EntryKey("id1") {
		t.Error("the old entry's keys are changed")
	}
}

func TestAnAnnouncedAgeIsNeverNegative(t *testing.T) {
	for age, want := range map[string]float64{"": 0, "20": 20, "-5": 0, "soon": 0, "99999999999": 0} {
		if got := announcedAge(http.Header{"Age": {age}}).Seconds(); got != want {
			t.Errorf("%q is an age of %v", age, got)
		}
	}
}
