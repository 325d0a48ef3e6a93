package handlers

import (
	"fmt"
	"testing"
	"time"
)

func TestVarySelectsAmongVariants(t *testing.T) {
	e := newEdge(t)
	e.variants("Accept-Language", "Vary: Accept-Language")
	const stored, hit = "Larder; fwd=uri-miss; fwd-status=200; stored", "Larder; hit; ttl=60"
	for _, language := range []string{"en", "de"} {
		e.get("/open/a", "Accept-Language: "+language).want(200, "for "+language, stored)
	}
	for _, language := range []string{"en", "de", "en"} {
		e.get("/open/a", "Accept-Language: "+language).want(200, "for "+language, hit)
	}
	e.wantAsked(2)
	e.get("/open/a", "Accept-Language: fr").want(200, "for fr", stored)
	e.get("/open/a").want(200, "for ", stored)
	e.wantAsked(2)
	e.get("/open/a", "Accept-Language: fr", "X-Other: 1").want(200, "for fr", hit)
	e.get("/open/a").want(200, "for ", hit)
	e.wantAsked(0)
}

func TestValuesOfOneMeaningSelectTheSameVariant(t *testing.T) {
	tests := []struct {
		name, vary    string
		first, second []string
		same          bool
	}{
		{"spaces and case of languages", "Accept-Language", []string{"Accept-Language: en-GB, de;q=0.5"}, []string{"Accept-Language: EN-gb,de; q=0.5"}, true},
		{"the order of languages", "Accept-Language", []string{"Accept-Language: en, de;q=0.5"}, []string{"Accept-Language: de;q=0.5, en"}, true},
		{"a weight of one", "Accept", []string{"Accept: text/html;q=1"}, []string{"Accept: text/html"}, true},
		{"one line or two", "X-Flags", []string{"X-Flags: a, b"}, []string{"X-Flags: a", "X-Flags: b"}, true},
		{"Vary in another case", "x-flags", []string{"X-Flags: a"}, []string{"X-Flags: a"}, true},
		{"fields that Vary does not name", "X-Flags", []string{"X-Flags: a", "X-Other: b"}, []string{"X-Flags: a", "Cookie: a=b"}, true},
		{"another weight", "Accept", []string{"Accept: text/html;q=0.9"}, []string{"Accept: text/html"}, false},
		{"the order of a list without weights", "X-Flags", []string{"X-Flags: a, b"}, []string{"X-Flags: b, a"}, false},
		{"the case of a value that is no list", "Cookie", []string{"Cookie: a=b"}, []string{"Cookie: a=B"}, false},
		{"the second of two fields", "X-Flags, Accept", []string{"X-Flags: a", "Accept: b/c"}, []string{"X-Flags: a", "Accept: b/d"}, false},
		{"a field that is absent", "X-Flags", []string{"X-Flags: a"}, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, "first", aMinute, "Vary: "+test.vary)
			e.get("/open/a", test.first...).want(200, "first", anything)
			e.says(200, "second", aMinute, "Vary: "+test.vary)
			if test.same {
				e.get("/open/a", test.second...).want(200, "first", "Larder; hit; ttl=60")
				e.wantAsked(1)
				return
			}
			e.pass(landingTime)
			e.get("/open/a", test.second...).want(200, "second", anything)
			e.get("/open/a", test.first...).want(200, "first", "Larder; hit; ttl=59")
			e.wantAsked(2)
		})
	}
}

func TestHowManyFieldsAnAnswerMayVaryOn(t *testing.T) {
	const eight = "A, B, C, D, E, F, G, H"
	tests := []struct {
		name, vary string
		detail     string // why it is not stored
	}{
		{"eight fields", eight, ""},
		{"eight fields, one of them twice", eight + ", a", ""},
		{"nine fields", eight + ", I", "vary-too-long"},
		{"any field", "*", "vary-star"},
		{"a field and any field", "A, *", "vary-star"},
		{"what is no name of a field", "A B", "vary-star"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, "text", aMinute, "Vary: "+test.vary)
			if test.detail == "" {
				e.get("/open/a").want(200, "text", "Larder; fwd=uri-miss; fwd-status=200; stored")
				e.get("/open/a").want(200, "text", "Larder; hit; ttl=60")
				e.wantAsked(1)
				return
			}
			e.get("/open/a").want(200, "text", `Larder; fwd=uri-miss; fwd-status=200; detail="not-stored; `+test.detail+`"`)
			e.get("/open/a").want(200, "text", `Larder; fwd=miss; fwd-status=200; detail="not-stored; `+test.detail+`"`)
			e.wantAsked(2)
		})
	}
}

func TestAVariantIsRenewedByItself(t *testing.T) {
	tests := []struct {
		name   string
		status int
		body   string
		want   string
	}{
		{"by a validation", 304, "", "for "},
		{"by a new answer", 200, "new", "new"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.variants("Accept-Language", "Vary: Accept-Language", strongTag)
			e.get("/open/a", "Accept-Language: en")
			e.get("/open/a", "Accept-Language: de")
			e.pass(2 * time.Minute)
			e.says(test.status, test.body, aMinute, strongTag, "Vary: Accept-Language")
			renewed := fmt.Sprintf("Larder; fwd=stale; fwd-status=%d; stored", test.status)
			for _, language := range []string{"en", "de"} {
				want := test.want
				if test.body == "" {
					want += language
				}
				e.get("/open/a", "Accept-Language: "+language).want(200, want, renewed)
				e.get("/open/a", "Accept-Language: "+language).want(200, want, "Larder; hit; ttl=60")
			}
			e.wantAsked(4)
		})
	}
}

func TestAnUnsafeRequestMakesEveryVariantStale(t *testing.T) {
	e := newEdge(t)
	e.variants("Accept-Language", "Vary: Accept-Language")
	e.get("/open/a", "Accept-Language: en")
	e.get("/open/a", "Accept-Language: de")
	e.says(204, "")
	e.request("PUT", "/open/a", "{}", "Accept-Language: en").want(204, "", anything)
	e.says(200, "new", aMinute, "Vary: Accept-Language")
	for _, language := range []string{"en", "de"} {
		e.get("/open/a", "Accept-Language: "+language).want(200, "new", "Larder; fwd=stale; fwd-status=200; stored")
	}
}

func TestAFailedFetchHidesNoStoredVariant(t *testing.T) {
	t.Run("a failed fetch", func(t *testing.T) {
		e := newEdge(t)
		e.variants("X-Currency", "Vary: X-Currency")
		e.get("/open/a", "X-Currency: chf").want(200, "for chf", anything)
		e.pass(landingTime)
		e.fails(errRefused)
		e.get("/open/a", "X-Currency: eur").wantProblem(503, "origin-unavailable")
		e.get("/open/a", "X-Currency: chf").want(200, "for chf", "Larder; hit; ttl=59")
	})
	t.Run("with Retry-After", func(t *testing.T) {
		e := newEdge(t)
		e.variants("X-Currency", "Vary: X-Currency")
		e.get("/open/a", "X-Currency: chf").want(200, "for chf", anything)
		e.pass(landingTime)
		e.fails(errRefused)
		e.get("/open/a", "X-Currency: eur").wantProblem(503, "origin-unavailable")
		e.pass(2 * time.Second)
		e.get("/open/a", "X-Currency: chf").want(200, "for chf", "Larder; hit; ttl=57")
	})
	t.Run("a private answer without Vary, then an outage", func(t *testing.T) {
		e := newEdge(t)
		e.variants("X-Currency", "Vary: X-Currency")
		e.get("/open/a", "X-Currency: chf").want(200, "for chf", anything)
		e.pass(landingTime)
		e.says(302, "", "Location: /login", "Cache-Control: private")
		e.get("/open/a", "X-Currency: eur").want(302, "", anything)
		e.fails(errRefused)
		e.get("/open/a", "X-Currency: chf").want(200, "for chf", "Larder; hit; ttl=59")
	})
}

func TestOneVariantsFailureIsNotAnothers(t *testing.T) {
	t.Run("a failed fetch", func(t *testing.T) {
		e := newEdge(t)
		e.variants("Accept-Language", "Vary: Accept-Language")
		e.get("/open/a", "Accept-Language: en")
		e.fails(errRefused)
		e.get("/open/a", "Accept-Language: de").wantProblem(503, "origin-unavailable")
		e.get("/open/a", "Accept-Language: en").want(200, "for en", "Larder; hit; ttl=60")
	})
	t.Run("an answer that may not be shared", func(t *testing.T) {
		e := newEdge(t)
		e.variants("Accept-Language", "Vary: Accept-Language")
		e.get("/open/a", "Accept-Language: en")
		e.says(200, "secret", "Cache-Control: private", "Vary: Accept-Language")
		e.get("/open/a", "Accept-Language: de").want(200, "secret", anything)
		e.get("/open/a", "Accept-Language: en").want(200, "for en", "Larder; hit; ttl=60")
	})
}
