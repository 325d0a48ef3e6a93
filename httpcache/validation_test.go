package httpcache

import (
	"testing"
	"time"
)

func TestValidationHeader(t *testing.T) {
	modified := httpDate(-time.Hour)
	tests := []struct {
		name      string
		lines     []string
		tag, date string
	}{
		{"the origin's tag as it was sent", []string{`ETag: W/"a"`}, `W/"a"`, ""},
		{"an unquoted tag as it was sent", []string{"ETag: a"}, "a", ""},
		{"a date", []string{"Last-Modified: " + modified}, "", modified},
		{"both fields", []string{`ETag: "a"`, "Last-Modified: " + modified}, `"a"`, modified},
		{"a tag computed from the body is not sent", nil, "", ""},
		{"an invalid date is not sent", []string{"Last-Modified: x"}, "", ""},
		{"a date one second before Date is sent", []string{"Last-Modified: " + httpDate(-time.Second)}, "", httpDate(-time.Second)},
		{"a date in the second of Date is not sent", []string{"Last-Modified: " + httpDate(0)}, "", ""},
		{"a date after Date is not sent", []string{"Last-Modified: " + httpDate(time.Minute)}, "", ""},
		{"a date without a valid Date is not sent", []string{"Last-Modified: " + modified, "Date: x"}, "", ""},
		{"a date equal to the origin's Date is not sent", []string{"Last-Modified: " + modified, "Date: " + modified}, "", ""},
		{"any date is sent together with a tag", []string{`ETag: "a"`, "Last-Modified: " + httpDate(0)}, `"a"`, httpDate(0)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := store(t, received(200, append(test.lines, "Cache-Control: max-age=1")...), origin())
			h := s.ValidationHeader()
			wantField(t, h, "If-None-Match", test.tag)
			wantField(t, h, "If-Modified-Since", test.date)
		})
	}
}

func TestFreshen(t *testing.T) {
	later := func(lines ...string) *Response {
		resp := received(304, lines...)
		resp.RequestTime, resp.ResponseTime = now.Add(time.Hour), now.Add(time.Hour)
		return resp
	}
	s := store(t, received(200, "Cache-Control: max-age=2", `ETag: "a"`, "Date: "+httpDate(0),
		"X-Other: 1", "X-New: old", "Content-Type: text/plain", "Content-Encoding: br", "Content-Length: 10"), origin())
	s.Keys, s.Rules = []string{"post:1"}, "5f0c"

	fresh, _, ok := s.Freshen("id2", get(), later("Cache-Control: max-age=60", `ETag: "b"`, "X-New: new", "X-New: newer",
		"Content-Type: text/html", "Content-Encoding: gzip", "Content-Length: 0", "Connection: X-Hop", "X-Hop: 1"), origin())
	if !ok {
		t.Fatal("the 304 does not select the response")
	}
	equal(t, "id", fresh.ID, "id2")
	equal(t, "status", fresh.Status, 200)
	equal(t, "freshness", fresh.Freshness, time.Minute)
	equal(t, "initial age", fresh.InitialAge, 0)
	equal(t, "time of receipt", fresh.Received, now.Add(time.Hour))
	equal(t, "length", fresh.Length, 10)
	equal(t, "keys", len(fresh.Keys), 1)
	equal(t, "rules", fresh.Rules, "5f0c")
	equal(t, "the origin's tag", fresh.OriginETag, `"a"`)
	for name, want := range map[string]string{
		"ETag": `"a"`, "X-Other": "1", "X-New": "new", "Content-Type": "text/html",
		"Content-Encoding": "br", "Content-Length": "10", "X-Hop": "",
		"Cache-Control": "max-age=60", "Date": httpDate(time.Hour),
	} {
		wantField(t, fresh.Header, name, want)
	}
	equal(t, "lines of a field with two", len(fresh.Header["X-New"]), 2)
	wantField(t, s.Header, "X-New", "old")
}

func TestFreshenKeepsFieldsThatThe304Omits(t *testing.T) {
	tests := []struct {
		name   string
		stored []string
		p      Policy
		fresh  time.Duration
		client string
	}{
		{"Cache-Control", []string{"Cache-Control: max-age=60"}, origin(), time.Minute, "max-age=60"},
		{"a targeted field that clients do not get", []string{"CDN-Cache-Control: max-age=60", "Cache-Control: max-age=1"}, origin(), time.Minute, "max-age=1"},
		{"the operator's TTL", []string{"Cache-Control: max-age=1"}, operator(), time.Hour, "public, max-age=0, stale-if-error=86400"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := store(t, received(200, append(test.stored, `ETag: "a"`)...), test.p)
			for range 2 { // twice: a freshened record can be freshened
				var ok bool
				if s, _, ok = s.Freshen("id", get(), received(304), test.p); !ok {
					t.Fatal("the 304 does not select the response")
				}
			}
			equal(t, "freshness", s.Freshness, test.fresh)
			wantField(t, s.Header, "Cache-Control", test.client)
		})
	}
}

func TestFreshenUsesTheOriginsDirectivesNotTheOperators(t *testing.T) {
	s := store(t, received(200, "Cache-Control: must-revalidate", `ETag: "a"`), operator())
	fresh, _, ok := s.Freshen("id", get(), received(304), operator())
	equal(t, "selected", ok, true)
	equal(t, "must-revalidate", fresh.MustRevalidate, true)

	followed, _, ok := s.Freshen("id", get(), received(304, "Cache-Control: max-age=9"), origin())
	equal(t, "selected", ok, true)
	wantField(t, followed.Header, "Cache-Control", "max-age=9")
}

func TestA304SelectsTheResponseOnlyIfItsValidatorMatches(t *testing.T) {
	modified := httpDate(-time.Hour)
	tests := []struct {
		name   string
		stored []string
		status int
		lines  []string
		want   bool
	}{
		{"a 304 without fields, validated by tag", []string{`ETag: "a"`}, 304, nil, true},
		{"a 304 with another tag", []string{`ETag: "a"`}, 304, []string{`ETag: "a-gzip"`}, true},
		{"a 304 without fields, validated by date", []string{"Last-Modified: " + modified}, 304, nil, true},
		{"a 304 with a later date", []string{"Last-Modified: " + modified}, 304, []string{"Last-Modified: " + httpDate(0)}, false},
		{"a 304 without fields, and a date in the second of Date", []string{"Last-Modified: " + httpDate(0)}, 304, nil, false},
		{"a 304 with a date in the second of Date", []string{"Last-Modified: " + httpDate(0)}, 304, []string{"Last-Modified: " + httpDate(0)}, false},
		{"a 304 without a validator", nil, 304, nil, false},
		{"a 200", []string{`ETag: "a"`}, 200, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := store(t, received(200, append(test.stored, "Cache-Control: max-age=1")...), origin())
			_, _, ok := s.Freshen("id", get(), received(test.status, test.lines...), origin())
			equal(t, "selected", ok, test.want)
		})
	}
}

func TestA304CanForbidStoring(t *testing.T) {
	s := store(t, received(200, "Cache-Control: max-age=1", `ETag: "a"`), origin())
	fresh, notStored, ok := s.Freshen("id", get(), received(304, "Cache-Control: no-store"), origin())
	equal(t, "selected", ok, true)
	equal(t, "window", fresh.Window(), 0)
	equal(t, "no-cache", fresh.NoCache, true)
	equal(t, "reason", notStored, NotStoredNoStore)
	equal(t, "spares the entry", notStored.SparesEntry(), false)
	e := fresh.Evaluate(get(), 0, false, origin())
	equal(t, "use", e.Use, UseAfterValidation)
	equal(t, "stale-if-error", e.StaleIfError, false)
}

func TestTheAgeAfterValidationComesFromThe304(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  time.Duration
	}{
		{"a 304 without Age has age zero", nil, 0},
		{"a 304 from a cache has its Age", []string{"Age: 20"}, 20 * time.Second},
		{"a 304 with an old Date has its apparent age", []string{"Date: " + httpDate(-30*time.Second)}, 30 * time.Second},
	}
	for _, test := range tests {
		for name, p := range map[string]Policy{"the operator decides": operator(), "the origin decides": origin()} {
			t.Run(test.name+", where "+name, func(t *testing.T) {
				s := store(t, received(200, "Cache-Control: max-age=1000", `ETag: "a"`, "Age: 600", "Date: "+httpDate(-900*time.Second)), p)
				equal(t, "the age before", s.InitialAge, 900*time.Second)
				fresh, _, ok := s.Freshen("id2", get(), received(304, test.lines...), p)
				equal(t, "selected", ok, true)
				equal(t, "the age after", fresh.InitialAge, test.want)
				wantField(t, fresh.Header, "Age", "")
			})
		}
	}
}

// Two versions published within one second have the same Last-Modified, so a
// correct origin answers 304 to the date of the first one.
func TestTwoEditsInOneSecondAreNotConfusedByADate(t *testing.T) {
	s := store(t, received(200, "Cache-Control: max-age=60", "Date: "+httpDate(0), "Last-Modified: "+httpDate(0)), origin())
	equal(t, "number of validators", len(s.ValidationHeader()), 0)
	_, _, ok := s.Freshen("id2", get(), received(304, "Last-Modified: "+httpDate(0)), origin())
	equal(t, "the 304 selects the first version", ok, false)
	equal(t, "a client's copy of the first version is current",
		s.NotModified(fields("If-Modified-Since: "+httpDate(0))), false)
}
