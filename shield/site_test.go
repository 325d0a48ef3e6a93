package shield

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"larder/config"
)

func (b *bed) Info(site string) (here bool, target string, err error) {
	b.infos = append(b.infos, site)
	if b.infoErr != nil {
		return false, "", b.infoErr
	}
	return b.here, b.target, nil
}

func (b *bed) Backend(target string) (string, error) {
	b.backends = append(b.backends, target)
	if b.backendErr != nil {
		return "", b.backendErr
	}
	return b.backend, nil
}

func (b *bed) site() *Site {
	return &Site{
		Config: &config.Shield{Site: "iad-va-us", FirstByteTimeout: 7 * time.Second, BodyTimeout: 8 * time.Second},
		Tokens: b.tokens(),
		Host:   b,
		Now:    b.clock,
		Log:    func(format string, args ...any) { b.logged = append(b.logged, fmt.Sprintf(format, args...)) },
	}
}

func TestTheShieldIsTheFirstOfTheOrigins(t *testing.T) {
	b := newBed()
	backend := b.site().Backend()
	if backend == nil {
		t.Fatal("there is no backend")
	}
	if backend.Name != "shield" || backend.Backend != "backend-7" || backend.Host != "" || backend.Retries != 0 {
		t.Errorf("got %+v", backend)
	}
	if backend.FirstByteTimeout != 7*time.Second || backend.BodyTimeout != 8*time.Second {
		t.Errorf("got %v, %v", backend.FirstByteTimeout, backend.BodyTimeout)
	}
	if got := backend.Headers[EdgeField]; got != token("first") || len(backend.Headers) != 1 {
		t.Errorf("it sends %q in %v", got, backend.Headers)
	}
	if !slices.Equal(b.infos, []string{"iad-va-us"}) || !slices.Equal(b.backends, []string{"target"}) {
		t.Errorf("Info was called with %q, Backend with %q", b.infos, b.backends)
	}
}

func TestTheHostIsCalledOnce(t *testing.T) {
	for _, here := range []bool{false, true} {
		t.Run(fmt.Sprintf("here %t", here), func(t *testing.T) {
			b := newBed()
			b.here = here
			s := b.site()
			for range 5 {
				if enabled := s.Enabled(); enabled == here {
					t.Errorf("enabled %t", enabled)
				}
				b.now = b.now.Add(time.Hour)
			}
			made := 1
			if here {
				made = 0
			}
			if len(b.infos) != 1 || len(b.backends) != made || len(b.logged) != 0 {
				t.Errorf("Info was called %d times, Backend %d times; logged %q", len(b.infos), len(b.backends), b.logged)
			}
		})
	}
}

func TestAFailureIsRetriedAfterFiveSeconds(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*bed)
		error string
	}{
		{"the site is unknown", func(b *bed) { b.infoErr = errStore }, `shield "iad-va-us": the store is unavailable`},
		{"no backend can be made", func(b *bed) { b.backendErr = errStore }, `shield "iad-va-us": the store is unavailable`},
		{"the backend has no name", func(b *bed) { b.backend = "" }, `shield "iad-va-us": the platform names no backend for it`},
		{"the store fails", func(b *bed) { b.purgeErr = errStore }, `shield "iad-va-us": the store is unavailable`},
		{"there is no token", func(b *bed) { b.purge = nil }, `shield "iad-va-us": no purge token without limits in the Secret Store`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBed()
			test.spoil(b)
			s := b.site()
			for _, at := range []time.Duration{0, 0, retryDelay - 1} {
				b.now = newBed().now.Add(at)
				if backend := s.Backend(); backend != nil {
					t.Errorf("after %v the backend is %+v", at, backend)
				}
			}
			if len(b.infos) > 1 || b.reads > 1 {
				t.Errorf("the host was called %d times, the store %d times", len(b.infos), b.reads)
			}
			if len(b.logged) != 1 || b.logged[0] != test.error+"; misses go to the origins directly" {
				t.Errorf("logged %q", b.logged)
			}
			if got := s.Status(); *got != (Status{Site: "iad-va-us", Error: test.error}) {
				t.Errorf("the status is %+v", *got)
			}
			b.now = b.now.Add(1)
			if backend := s.Backend(); backend != nil || len(b.logged) != 2 {
				t.Errorf("after a second failure the backend is %+v; logged %q", backend, b.logged)
			}
			now := b.now
			*b = *newBed()
			b.now = now.Add(retryDelay)
			if backend := s.Backend(); backend == nil || backend.Headers[EdgeField] != token("first") {
				t.Errorf("after recovery the backend is %+v", backend)
			}
			if got := s.Status(); *got != (Status{Site: "iad-va-us"}) {
				t.Errorf("after recovery the status is %+v", *got)
			}
		})
	}
}

func TestTheBackendStaysWhenTokensChange(t *testing.T) {
	b := newBed()
	s := b.site()
	if s.Backend() == nil {
		t.Fatal("there is no backend")
	}
	b.now = b.now.Add(tokenLifetime)
	b.purgeErr = errStore
	if backend := s.Backend(); backend != nil {
		t.Errorf("without tokens the backend is %+v", backend)
	}
	b.now = b.now.Add(retryDelay)
	b.purge, b.purgeErr = []string{"third"}, nil
	if backend := s.Backend(); backend == nil || backend.Headers[EdgeField] != token("third") {
		t.Errorf("the backend is %+v", backend)
	}
	if len(b.backends) != 1 {
		t.Errorf("created %d backends, want one", len(b.backends))
	}
}

func TestOnlyAnEdgeWithATokenIsAuthenticated(t *testing.T) {
	tests := []struct {
		name  string
		value string
		want  Requirement
	}{
		{"no field", "", Direct},
		{"the first token", token("first"), Any},
		{"another token, during a replacement", token("second"), Any},
		{"the first token, requiring a fresh answer", token("first") + "; fresh", Fresh},
		{"another token, requiring a fresh answer", token("second") + "; fresh", Fresh},
		{"the token of a removed purge token", token("old"), Direct},
		{"the purge token itself", "first", Direct},
		{"no token, requiring a fresh answer", "; fresh", Direct},
		{"a prefix of the token", token("first")[:42], Direct},
		{"the token with a suffix", token("first") + "x", Direct},
		{"the token in another case", strings.ToLower(token("first")), Direct},
		{"an unknown requirement", token("first") + "; stale", Direct},
		{"two tokens", token("first") + ", " + token("second"), Direct},
		{"the token of an empty purge token", token(""), Direct},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBed()
			b.purge = append(b.purge, "")
			if got := b.site().Authenticate(test.value); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
			if len(b.infos) != 0 {
				t.Error("the host was called")
			}
		})
	}
}

func TestWithoutTokensNoRequestIsAuthenticated(t *testing.T) {
	b := newBed()
	b.purgeErr = errStore
	s := b.site()
	if got := s.Authenticate(token("first")); got != Direct || len(b.logged) != 1 {
		t.Errorf("got %d; logged %q", got, b.logged)
	}
	if got := s.Authenticate(""); got != Direct || len(b.logged) != 1 {
		t.Errorf("without the field: %d; logged %q", got, b.logged)
	}
}

func TestTokensAreReplacedWithoutInterruption(t *testing.T) {
	b := newBed()
	b.purge = []string{"old"}
	s := b.site()
	edge := s.Backend().Headers[EdgeField]
	b.now = b.now.Add(tokenLifetime)
	b.purge = []string{"new", "old"}
	if got := s.Authenticate(edge); got != Any {
		t.Errorf("an edge with the old token is %d", got)
	}
	if got := s.Authenticate(s.Backend().Headers[EdgeField]); got != Any {
		t.Errorf("an edge with the new token is %d", got)
	}
	b.now = b.now.Add(tokenLifetime)
	b.purge = []string{"new"}
	if got := s.Authenticate(edge); got != Direct {
		t.Errorf("an edge with the removed token is %d", got)
	}
}

func TestANilSiteIsDisabled(t *testing.T) {
	var s *Site
	if s.Enabled() || s.Authenticate("x") != Direct || s.Status() != nil {
		t.Error("a nil site is not disabled")
	}
}

func TestThePOPOfTheShieldSaysSo(t *testing.T) {
	b := newBed()
	b.here = true
	if got := b.site().Status(); *got != (Status{Site: "iad-va-us", Here: true}) {
		t.Errorf("the status is %+v", *got)
	}
}
