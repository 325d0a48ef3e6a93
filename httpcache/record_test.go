package httpcache

import (
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
	tests := []struct {
		name   string
		p      Policy
		status int
		age    time.Duration
		want   string
	}{
		{"clients revalidate with the edge", operator(), 200, time.Hour, "public, max-age=0, must-revalidate"},
		{"a tenant in a header is private", tenant, 200, 0, "private, max-age=0, must-revalidate"},
		{"the client's lifetime starts when it is answered", minute, 200, time.Hour, "public, max-age=3660, must-revalidate"},
		{"a 404 is stored no longer than at the edge", minute, 404, 0, "public, max-age=10, must-revalidate"},
		{"the origin's Cache-Control passes unchanged", origin(), 200, time.Hour, "max-age=5"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := store(t, received(test.status, "Cache-Control: max-age=5", "Expires: 0", "Pragma: no-cache"), test.p)
			equal(t, "Cache-Control", s.ClientCacheControl(test.age), test.want)
			_, hasExpires := s.Header["Expires"]
			equal(t, "Expires is present", hasExpires, !test.p.TTL.Valid)
		})
	}
}
