package httpcache

import (
	"reflect"
	"testing"
	"time"
)

func TestWhatIsKeptOfTheHeader(t *testing.T) {
	s := store(t, received(200,
		"Connection: close, X-Hop", "X-Hop: 1", "Keep-Alive: 1", "Proxy-Authenticate: 1",
		"Proxy-Authentication-Info: 1", "Proxy-Authorization: 1", "Proxy-Connection: 1", "TE: 1",
		"Trailer: 1", "Transfer-Encoding: chunked", "Upgrade: 1", "Age: 5",
		`Cache-Control: max-age=60, no-cache="x-secret, x-other"`, "X-Secret: 1", "X-Other: 1",
		"X-Kept: 1", "Content-Range: kept on a 200", "Set-Cookie: a=b", "Set-Cookie: c=d",
	), origin())
	for _, name := range []string{
		"Connection", "X-Hop", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authentication-Info",
		"Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
		"Age", "X-Secret", "X-Other",
	} {
		if _, ok := s.Header[name]; ok {
			t.Errorf("%s is kept", name)
		}
	}
	equal(t, "X-Kept", s.Header.Get("X-Kept"), "1")
	equal(t, "Content-Range", s.Header.Get("Content-Range"), "kept on a 200")
	equal(t, "number of cookies", len(s.Header["Set-Cookie"]), 2)
	equal(t, "Cache-Control", s.Header.Get("Cache-Control"), `max-age=60, no-cache="x-secret, x-other"`)
	equal(t, "Date", s.Header.Get("Date"), httpDate(0))
	equal(t, "no-cache for some fields is no-cache for all", s.NoCache, false)
}

func TestTheResponseIsNotChanged(t *testing.T) {
	resp := received(200, "Connection: X-Hop", "X-Hop: 1", "Age: 5", "Cache-Control: max-age=1")
	store(t, resp, operator())
	equal(t, "number of fields", len(resp.Header), 4)
	equal(t, "Cache-Control", resp.Header.Get("Cache-Control"), "max-age=1")
}

func TestWhatClientsMayKeep(t *testing.T) {
	minute := operator()
	minute.ClientTTL, minute.NotFoundTTL = time.Minute, 10*time.Second
	tenant := operator()
	tenant.Tenant, tenant.TenantHeader = true, true
	tests := []struct {
		name   string
		p      Policy
		status int
		age    time.Duration
		want   string
	}{
		{"clients revalidate with the edge", operator(), 200, time.Hour, "public, max-age=0, must-revalidate"},
		{"a tenant by header is private", tenant, 200, 0, "private, max-age=0, must-revalidate"},
		{"the client's lifetime begins when it is answered", minute, 200, time.Hour, "public, max-age=3660, must-revalidate"},
		{"a 404 is kept no longer than at the edge", minute, 404, 0, "public, max-age=10, must-revalidate"},
		{"the origin's word passes unchanged", origin(), 200, time.Hour, "max-age=5"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := store(t, received(test.status, "Cache-Control: max-age=5", "Expires: 0", "Pragma: no-cache"), test.p)
			equal(t, "Cache-Control", s.ClientCacheControl(test.age), test.want)
			equal(t, "Expires is kept", s.Header.Get("Expires") != "", !test.p.TTL.Valid)
		})
	}
}

func TestSetBody(t *testing.T) {
	tests := []struct {
		name   string
		resp   *Response
		etag   string
		origin string
		length string
	}{
		{"a 200 without a tag gets one", received(200, "Cache-Control: max-age=1"), `"made-here"`, "", ""},
		{"the origin's tag stays", received(200, "Cache-Control: max-age=1", `ETag: W/"o"`), `W/"o"`, `W/"o"`, ""},
		{"a 404 gets none", received(404, "Cache-Control: max-age=1"), "", "", ""},
		{"a length that does not fit is corrected", received(200, "Cache-Control: max-age=1", "Content-Length: 5"), `"made-here"`, "", "10"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := store(t, test.resp, origin())
			equal(t, "ETag", s.Header.Get("ETag"), test.etag)
			equal(t, "the origin's ETag", s.OriginETag, test.origin)
			equal(t, "Content-Length", s.Header.Get("Content-Length"), test.length)
			equal(t, "length", s.Length, 10)
		})
	}
}

func TestBodyFits(t *testing.T) {
	tests := []struct {
		name  string
		resp  *Response
		bytes int64
		want  bool
	}{
		{"nothing was promised", received(200), 3, true},
		{"what was promised came", received(200, "Content-Length: 3"), 3, true},
		{"it was cut short", received(200, "Content-Length: 4"), 3, false},
		{"no number is no promise kept", received(200, "Content-Length: x"), 3, false},
		{"the part is there", received(206, "Content-Range: bytes 0-2/9"), 3, true},
		{"the part was cut short", received(206, "Content-Range: bytes 4-9/10"), 5, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := NewStoredResponse("id", get(), test.resp, Lifetimes{}, origin())
			equal(t, "fits", s.BodyFits(test.bytes), test.want)
		})
	}
}

func TestETagIsStrongShortAndStable(t *testing.T) {
	a, b := ETag([]byte("a")), ETag([]byte("b"))
	equal(t, "same body, same tag", a, ETag([]byte("a")))
	equal(t, "other body, same tag", a == b, false)
	equal(t, "strong", isStrong(a), true)
	equal(t, "length", len(a), 18)
}

func TestTheFirstClientGetsWhatIsNotKept(t *testing.T) {
	resp := received(200, `Cache-Control: no-cache="A, Keep-Alive", private="Set-Cookie", max-age=60`,
		"A: 1", "Keep-Alive: 5", "Set-Cookie: s=1", "B: 2")
	s := NewStoredResponse("id", get(), resp, Lifetimes{Freshness: time.Minute}, origin())
	for _, name := range []string{"A", "Set-Cookie", "Keep-Alive"} {
		if s.Header.Get(name) != "" {
			t.Errorf("%s is kept", name)
		}
	}
	kept := s.Header.Clone()
	answer := s.Restored(resp)
	equal(t, "A", answer.Header.Get("A"), "1")
	equal(t, "Set-Cookie", answer.Header.Get("Set-Cookie"), "s=1")
	equal(t, "Keep-Alive", answer.Header.Get("Keep-Alive"), "")
	equal(t, "B", answer.Header.Get("B"), "2")
	equal(t, "the answer's id", answer.ID, s.ID)
	equal(t, "the answer's freshness", answer.Freshness, time.Minute)
	equal(t, "the response's own A", resp.Header.Get("A"), "1")
	answer.Header["Age"] = []string{"5"}
	if !reflect.DeepEqual(s.Header, kept) {
		t.Errorf("the kept header became %q", s.Header)
	}
}

func TestAnAnswerThatIsKeptAsAWholeIsTheRecord(t *testing.T) {
	resp := received(200, "Cache-Control: max-age=60", "A: 1")
	s := store(t, resp, origin())
	equal(t, "the answer", s.Restored(resp), s)
}
