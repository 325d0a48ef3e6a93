package httpcache

import (
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// generated is a generated response, before it is written as header fields.
type generated struct {
	maxAge, sMaxAge, swr, sie         Optional[time.Duration]
	modified, expires                 Optional[time.Duration]
	noStore, private, noCache, must   bool
	proxy, public, etag, cookie, vary bool
	authorized                        bool
	age                               time.Duration
	status                            int
	// How the directives are written: in a targeted field, after an extension
	// that contains no-store, in upper case.
	targeted, extension, upper bool
}

func duration(t *rapid.T, name string) time.Duration {
	return time.Duration(rapid.IntRange(0, 100_000).Draw(t, name)) * time.Second
}

func optionalDuration(t *rapid.T, name string) Optional[time.Duration] {
	if !rapid.Bool().Draw(t, "has "+name) {
		return Optional[time.Duration]{}
	}
	return Some(duration(t, name))
}

// rarely is true in one of eight cases.
func rarely(t *rapid.T, name string) bool { return rapid.IntRange(0, 7).Draw(t, name) == 0 }

func drawResponse(t *rapid.T) generated {
	return generated{
		maxAge: optionalDuration(t, "max-age"), sMaxAge: optionalDuration(t, "s-maxage"),
		swr: optionalDuration(t, "swr"), sie: optionalDuration(t, "sie"),
		noStore: rarely(t, "no-store"), private: rarely(t, "private"), noCache: rarely(t, "no-cache"),
		must: rarely(t, "must-revalidate"), proxy: rarely(t, "proxy-revalidate"), public: rarely(t, "public"),
		etag: rapid.Bool().Draw(t, "etag"), cookie: rarely(t, "cookie"), vary: rarely(t, "vary star"),
		age: duration(t, "age"), targeted: rarely(t, "targeted"),
		modified: optionalDuration(t, "modified"), expires: optionalDuration(t, "expires"),
		status:     rapid.SampledFrom([]int{200, 200, 200, 203, 301, 302, 404, 410, 403, 500, 503, 599}).Draw(t, "status"),
		authorized: rarely(t, "authorized"), extension: rapid.Bool().Draw(t, "extension"), upper: rapid.Bool().Draw(t, "upper"),
	}
}

// response writes the header. A targeted field stays in lower case, as
// structured fields require.
func (s generated) response() *Response {
	var members []string
	add := func(present bool, member string) {
		if present {
			members = append(members, member)
		}
	}
	seconds := func(name string, d Optional[time.Duration]) {
		add(d.Valid, fmt.Sprintf("%s=%d", name, d.Value/time.Second))
	}
	seconds("max-age", s.maxAge)
	seconds("s-maxage", s.sMaxAge)
	seconds("stale-while-revalidate", s.swr)
	seconds("stale-if-error", s.sie)
	add(s.noStore, "no-store")
	add(s.private, "private")
	add(s.noCache, "no-cache")
	add(s.must, "must-revalidate")
	add(s.proxy, "proxy-revalidate")
	add(s.public, "public")
	add(s.extension, `x="no-store, private"`)
	h := http.Header{"Date": {httpDate(0)}, "Age": {FormatAge(s.age)}}
	field, value := "Cache-Control", strings.Join(members, ", ")
	if s.targeted && value != "" {
		field = fieldCDN
	} else if s.upper {
		value = strings.ToUpper(value)
	}
	if value != "" {
		h[field] = []string{value}
	}
	if s.etag {
		h.Set("ETag", `"a"`)
	}
	if s.cookie {
		h.Set("Set-Cookie", "a=b")
	}
	if s.vary {
		h.Set("Vary", "Accept, *")
	}
	if s.modified.Valid {
		h.Set("Last-Modified", httpDate(-s.modified.Value))
	}
	if s.expires.Valid {
		h.Set("Expires", httpDate(s.expires.Value))
	}
	return &Response{Status: s.status, Header: h, RequestTime: now, ResponseTime: now}
}

func (s generated) request() *Request {
	if s.authorized {
		return get("Authorization: x")
	}
	return get()
}

func drawPolicy(t *rapid.T) Policy {
	return Policy{
		TTL:                  optionalDuration(t, "operator's TTL"),
		StaleWhileRevalidate: optionalDuration(t, "operator's swr"),
		StaleIfError:         optionalDuration(t, "operator's sie"),
		NotFoundTTL:          duration(t, "operator's 404 TTL"),
		ClientTTL:            duration(t, "client TTL"),
		ClientStaleIfError:   duration(t, "client sie"),
		Heuristic:            rapid.Bool().Draw(t, "heuristic"),
		ObeyClients:          rapid.Bool().Draw(t, "obey clients"),
	}
}

// lifetime is how long after receipt the response may be fresh. It is written
// independently of Plan.
func (s generated) lifetime(p Policy) time.Duration {
	switch {
	case p.TTL.Valid && (s.status == 404 || s.status == 410):
		return p.NotFoundTTL
	case p.TTL.Valid && s.status != 302:
		return p.TTL.Value
	case s.sMaxAge.Valid:
		return s.sMaxAge.Value - s.age
	case s.maxAge.Valid:
		return s.maxAge.Value - s.age
	case s.expires.Valid && !s.targetedInForce():
		return s.expires.Value - s.age
	case s.modified.Valid && p.Heuristic:
		return min(s.modified.Value/10, 24*time.Hour) - s.age
	}
	return -s.age
}

func (s generated) targetedInForce() bool { return s.response().Header.Get(fieldCDN) != "" }

func (s generated) neverStale() bool { return s.must || s.proxy || s.noCache }

func TestNoResponseIsServedOlderThanItsRulesAllow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, p := drawResponse(t), drawPolicy(t)
		l, reason := Plan(s.request(), s.response(), p)
		if reason != Storable {
			return
		}
		record := NewStoredResponse("id", s.request(), s.response(), l, p)
		since := duration(t, "time since receipt")
		purged := rapid.Bool().Draw(t, "purged")
		e := record.Evaluate(get(), l.InitialAge+since, purged, p)

		fresh := since < s.lifetime(p) && !purged
		if e.Use == UseFresh && (!fresh || s.noCache && !p.TTL.Valid) {
			t.Fatalf("served as fresh %v after receipt", since)
		}
		if e.Use == UseStaleWhileRevalidate && (purged || s.neverStale()) {
			t.Fatal("served stale although that is forbidden")
		}
		swr, sie := s.swr, s.sie
		if p.StaleWhileRevalidate.Valid {
			swr = p.StaleWhileRevalidate
		}
		if p.StaleIfError.Valid {
			sie = p.StaleIfError
		}
		if !sie.Valid {
			sie = Some(DefaultStaleIfError)
		}
		past := since - max(s.lifetime(p), -s.age)
		if e.Use == UseStaleWhileRevalidate && past >= swr.Value {
			t.Fatalf("served stale %v past its lifetime", past)
		}
		if e.StaleIfError && !fresh && (s.neverStale() || past >= sie.Value) {
			t.Fatalf("served on errors %v past its lifetime", past)
		}
		if e.Use != UseAfterValidation && since >= max(0, l.Freshness-l.InitialAge)+l.Window() {
			t.Fatal("served after the end of the host's window")
		}
	})
}

func TestForbiddenResponsesAreNotStored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, p := drawResponse(t), drawPolicy(t)
		p.Tenant = rapid.Bool().Draw(t, "tenant")
		_, reason := Plan(s.request(), s.response(), p)
		shareable := p.Tenant || s.public || s.must || s.sMaxAge.Valid
		forbidden := s.noStore || s.private || s.vary || s.cookie || s.authorized && !shareable
		if forbidden && reason == Storable {
			t.Fatal("stored although that is forbidden")
		}
		if p.TTL.Valid && (s.status == 403 || s.status >= 500) && reason == Storable {
			t.Fatal("an error is stored under the operator's TTL")
		}
	})
}

func TestUnkeyedRequestFieldsDoNotChangeTheEvaluation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, p := drawResponse(t), drawPolicy(t)
		l, reason := Plan(s.request(), s.response(), p)
		if reason != Storable {
			return
		}
		record := NewStoredResponse("id", s.request(), s.response(), l, p)
		age, purged := l.InitialAge+duration(t, "age"), rapid.Bool().Draw(t, "purged")
		other := get()
		for _, name := range []string{"Cookie", "User-Agent", "Accept", "Referer", "X-Any"} {
			other.Header.Set(name, rapid.String().Draw(t, name))
		}
		if a, b := record.Evaluate(get(), age, purged, p), record.Evaluate(other, age, purged, p); a != b {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}

func TestAnyRecordSurvivesEncodingAndDecoding(t *testing.T) {
	text := rapid.StringN(-1, 20, 60)
	rapid.Check(t, func(t *rapid.T) {
		header := http.Header{}
		for name, lines := range rapid.MapOfN(text, rapid.SliceOfN(text, 1, 3), 0, 10).Draw(t, "header") {
			header[name] = lines
		}
		s := &StoredResponse{
			ID: text.Draw(t, "id"), KeysLease: rapid.Bool().Draw(t, "keys-lease"),
			Status: rapid.IntRange(0, 999).Draw(t, "status"), Header: header,
			Lifetimes: Lifetimes{
				Freshness: time.Duration(rapid.Int64().Draw(t, "freshness")),
				NoCache:   rapid.Bool().Draw(t, "no-cache"),
			},
			Received: time.UnixMicro(rapid.Int64Range(-1<<50, 1<<50).Draw(t, "received")).UTC(),
			Length:   rapid.Int64().Draw(t, "length"),
			Detail:   text.Draw(t, "detail"),
			Rules:    text.Draw(t, "rules"),
		}
		b, err := s.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		var got StoredResponse
		if err := got.UnmarshalBinary(b); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(&got, s) {
			t.Fatalf("%+v was decoded as %+v", s, &got)
		}
	})
}
