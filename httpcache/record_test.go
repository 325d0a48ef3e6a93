package httpcache

import (
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
