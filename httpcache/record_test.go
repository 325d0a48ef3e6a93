package httpcache

import (
	"strings"
	"testing"
	"time"
)

func TestFieldsThatMustNotBeStoredAreRemoved(t *testing.T) {
	s := store(t, received(200,
		"Connection: close, X-Hop", "X-Hop: 1", "Keep-Alive: 1", "Proxy-Authenticate: 1",
		"Proxy-Authentication-Info: 1", "Proxy-Authorization: 1", "Proxy-Connection: 1", "TE: 1",
		"Trailer: 1", "Transfer-Encoding: chunked", "Upgrade: 1", "Age: 5",
		`Cache-Control: max-age=60, no-cache="x-secret, set-cookie"`, "X-Secret: 1", "Set-Cookie: a=b", "Set-Cookie: c=d",
		"X-Other-Field: 1", "Content-Range: on a 200",
	), origin())
	for _, name := range []string{
		"Connection", "X-Hop", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authentication-Info",
		"Proxy-Authorization", "Proxy-Connection", "Te", "Trailer", "Transfer-Encoding", "Upgrade",
		"Age", "X-Secret", "Set-Cookie",
	} {
		wantField(t, s.Header, name, "")
	}
	wantField(t, s.Header, "X-Other-Field", "1")
	wantField(t, s.Header, "Content-Range", "on a 200")
	wantField(t, s.Header, "Cache-Control", `max-age=60, no-cache="x-secret, set-cookie"`)
	wantField(t, s.Header, "Date", httpDate(0))
	equal(t, "a qualified no-cache counts as unqualified", s.NoCache, false)
}

func TestTheOriginsResponseIsNotModified(t *testing.T) {
	resp := received(200, "Connection: X-Hop", "X-Hop: 1", "Age: 5", "Cache-Control: max-age=1")
	store(t, resp, operator())
	equal(t, "number of fields", len(resp.Header), 4)
	wantField(t, resp.Header, "Cache-Control", "max-age=1")
}

func TestCacheControlForClients(t *testing.T) {
	minute := operator()
	minute.ClientTTL, minute.NotFoundTTL = time.Minute, 10*time.Second
	tenant := operator()
	tenant.Tenant, tenant.TenantHeader = true, true
	never, neverMinute := operator(), minute
	never.ClientStaleIfError, neverMinute.ClientStaleIfError = 0, 0
	fraction := operator()
	fraction.ClientStaleIfError = 1900 * time.Millisecond
	const strict = "Cache-Control: max-age=5, must-revalidate"
	tests := []struct {
		name   string
		p      Policy
		status int
		line   string
		age    time.Duration
		want   string
	}{
		{"clients revalidate, and may use their copy if that fails", operator(), 200, "", 0, "public, max-age=0, stale-if-error=86400"},
		{"the window starts when the client is answered", operator(), 200, "", time.Hour, "public, max-age=0, stale-if-error=90000"},
		{"a fraction of a second of age does not count", operator(), 200, "", 1900 * time.Millisecond, "public, max-age=0, stale-if-error=86401"},
		{"a tenant in a header is private", tenant, 200, "", 0, "private, max-age=0, stale-if-error=86400"},
		{"a window of zero forbids stale use", never, 200, "", time.Hour, "public, max-age=0, must-revalidate"},
		{"a window has whole seconds", fraction, 200, "", 0, "public, max-age=0, stale-if-error=1"},
		{"the origin's must-revalidate holds for clients too", operator(), 200, strict, time.Hour, "public, max-age=0, must-revalidate"},
		{"so does its no-cache", operator(), 200, "Cache-Control: no-cache", 0, "public, max-age=0, must-revalidate"},
		{"the client's lifetime starts when it is answered", minute, 200, "", time.Hour, "public, max-age=3660, stale-if-error=86400"},
		{"a lifetime with a window of zero", neverMinute, 200, "", time.Hour, "public, max-age=3660, must-revalidate"},
		{"a 404 is stored no longer than at the edge", minute, 404, "", 0, "public, max-age=10, stale-if-error=86400"},
		{"a clock that went back", operator(), 200, "", -time.Hour, "public, max-age=0, stale-if-error=86400"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines := []string{"Cache-Control: max-age=5", "Expires: 0", "Pragma: no-store"}
			if test.line != "" {
				lines[0] = test.line
			}
			s := store(t, received(test.status, lines...), test.p)
			got, ok := s.ClientCacheControl(test.age)
			equal(t, "the operator decides", ok, true)
			equal(t, "Cache-Control", got, test.want)
			_, hasExpires := s.Header["Expires"]
			equal(t, "Expires is present", hasExpires, false)
		})
	}
}

func TestWithoutATTLTheOriginsCacheControlPassesUnchanged(t *testing.T) {
	p := origin()
	p.ClientTTL, p.ClientStaleIfError = time.Minute, time.Hour
	s := store(t, received(200, "Cache-Control: max-age=5", "Cache-Control: public", "Expires: 0"), p)
	if value, ok := s.ClientCacheControl(time.Hour); ok {
		t.Errorf("the operator's Cache-Control is %q", value)
	}
	equal(t, "Cache-Control", strings.Join(s.Header["Cache-Control"], "; "), "max-age=5; public")
	wantField(t, s.Header, "Expires", "0")
}

func TestWhatClientsMayKeepSurvivesStorage(t *testing.T) {
	b, err := store(t, received(200), operator()).AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	var s StoredResponse
	if err := s.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	got, _ := s.ClientCacheControl(time.Hour)
	equal(t, "Cache-Control", got, "public, max-age=0, stale-if-error=90000")
}
