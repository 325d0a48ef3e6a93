package httpcache

import (
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/dunglas/httpsfv"
)

// lines splits fuzzed text into the lines of a header field.
func lines(text string) []string { return strings.Split(text, "\n") }

func FuzzUnmarshalBinary(f *testing.F) {
	b, err := fullRecord().AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte{recordVersion})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s StoredResponse
		if err := s.UnmarshalBinary(b); err != nil {
			if !errors.Is(err, ErrRecord) {
				t.Errorf("error is %v", err)
			}
			return
		}
		// A decoded record must not cause a panic.
		s.Evaluate(get(), time.Hour, false, origin())
		s.NotModified(fields(`If-None-Match: "a"`))
		s.Ranges(fields("Range: bytes=0-1"))
		s.ClientCacheControl(time.Hour)
		s.Freshen("id", get(), received(304), origin())
		if _, err := s.AppendBinary(nil); err != nil && !errors.Is(err, ErrRecordTooLarge) {
			t.Error(err)
		}
	})
}

func FuzzPlan(f *testing.F) {
	f.Add(200, "max-age=60", "", httpDate(0), httpDate(60), "0", "Accept", "")
	f.Add(206, `private="a", s-maxage="1`, "max-age=1;a, b=(1 2)", "x", "0", "7200, 0", "*", "bytes 0-1/2")
	f.Fuzz(func(t *testing.T, status int, cacheControl, targeted, date, expires, age, vary, contentRange string) {
		resp := &Response{Status: status, RequestTime: now, ResponseTime: now, Header: http.Header{
			"Cache-Control": lines(cacheControl), "Cdn-Cache-Control": lines(targeted), "Date": lines(date),
			"Expires": lines(expires), "Age": lines(age), "Vary": lines(vary), "Content-Range": lines(contentRange),
		}}
		for _, p := range []Policy{origin(), operator()} {
			l, reason := Plan(get(), resp, p)
			if reason != Storable {
				continue
			}
			if l.Freshness < 0 || l.InitialAge < 0 || l.Window() < 0 || l.Freshness > 2*maxDelta {
				t.Errorf("lifetimes are %+v", l)
			}
			s := NewStoredResponse("id", get(), resp, l, p)
			s.SetBody(1, `"a"`)
			if s.Partial && (s.First < 0 || s.Last >= s.Total || s.First > s.Last) {
				t.Errorf("part is %d-%d of %d", s.First, s.Last, s.Total)
			}
		}
	})
}

func FuzzRequestDirectives(f *testing.F) {
	f.Add("no-cache, max-age=1", "no-cache")
	f.Add(`max-stale, min-fresh="5", stale-if-error=99999999999999999999`, "x")
	f.Fuzz(func(t *testing.T, cacheControl, pragma string) {
		req := &Request{Method: "GET", Header: http.Header{"Pragma": lines(pragma)}}
		if cacheControl != "" {
			req.Header["Cache-Control"] = lines(cacheControl)
		}
		s := &StoredResponse{Status: 200, Lifetimes: Lifetimes{Freshness: time.Hour, MustRevalidate: true}}
		if e := s.Evaluate(req, 2*time.Hour, false, origin()); e.Use != UseAfterValidation || e.StaleIfError {
			t.Errorf("a client overrode must-revalidate: %+v", e)
		}
	})
}

func FuzzRanges(f *testing.F) {
	f.Add("bytes=0-1,-5,9-", `"a"`, int64(10))
	f.Add("bytes=99999999999999999999-", "", int64(1))
	f.Fuzz(func(t *testing.T, field, ifRange string, length int64) {
		h := http.Header{"Range": {field}}
		if ifRange != "" {
			h["If-Range"] = lines(ifRange)
		}
		s := &StoredResponse{Status: 200, Length: length, Header: fields(`ETag: "a"`)}
		ranges, outcome := s.Ranges(h)
		if (outcome == RangeSatisfiable) != (len(ranges) > 0) || len(ranges) > maxRanges {
			t.Errorf("%d ranges with outcome %d", len(ranges), outcome)
		}
		for _, r := range ranges {
			if r.First < 0 || r.Last >= length || r.Length() < 1 {
				t.Errorf("range %+v of %d bytes", r, length)
			}
		}
	})
}

func FuzzConditions(f *testing.F) {
	f.Add(`"a", W/"b"`, httpDate(0), `"a"`)
	f.Add(`"unterminated`, "Mon, 99 Nov", "")
	f.Fuzz(func(t *testing.T, tags, since, etag string) {
		s := &StoredResponse{Status: 200, Header: http.Header{"Etag": {etag}, "Last-Modified": {since}}}
		s.NotModified(http.Header{"If-None-Match": lines(tags)})
		s.NotModified(http.Header{"If-Modified-Since": lines(since)})
	})
}

func FuzzNormalizeVaryValue(f *testing.F) {
	f.Add("Accept", `a/b ; q=1.0, "x\", y"`)
	f.Add("Foo", " 1,\n2 ")
	f.Fuzz(func(t *testing.T, name, value string) {
		once := NormalizeVaryValue(name, lines(value))
		if name == "Cookie" {
			return
		}
		if reversed := NormalizeVaryValue("Accept", []string{once}); len(reversed) > len(once) {
			t.Errorf("%q grew to %q", once, reversed)
		}
	})
}

func FuzzStructuredFields(f *testing.F) {
	f.Add(`"a", "b"`, "key")
	f.Add(`("a"), b;c`, "\x00\"\\é")
	f.Fuzz(func(t *testing.T, groups, text string) {
		for _, group := range CacheGroups(http.Header{"Cache-Groups": lines(groups)}) {
			if len(group) > maxGroupLength {
				t.Errorf("group of %d bytes", len(group))
			}
		}
		member := CacheStatus{Cache: "Larder", Fwd: FwdMiss, Key: text, Detail: text}.String()
		if _, err := httpsfv.UnmarshalList([]string{member}); err != nil {
			t.Errorf("%q: %v", member, err)
		}
	})
}

func FuzzInvalidationTargets(f *testing.F) {
	f.Add("/a", "https://api.example/b")
	f.Add("//other.example", "https://[::1")
	f.Fuzz(func(t *testing.T, location, contentLocation string) {
		target := &url.URL{Scheme: "https", Host: "api.example", Path: "/x"}
		h := http.Header{"Location": {location}, "Content-Location": {contentLocation}}
		for _, u := range InvalidationTargets(target, 200, h) {
			if !sameOrigin(target, u) {
				t.Errorf("%s has another origin", u)
			}
		}
	})
}
