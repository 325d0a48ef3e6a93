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
	way := b.site().Backend()
	if way == nil {
		t.Fatal("there is no way")
	}
	if way.Name != "shield" || way.Backend != "backend-7" || way.Host != "" || way.Retries != 0 {
		t.Errorf("got %+v", way)
	}
	if way.FirstByteTimeout != 7*time.Second || way.BodyTimeout != 8*time.Second {
		t.Errorf("got %v, %v", way.FirstByteTimeout, way.BodyTimeout)
	}
	if got := way.Headers[EdgeField]; got != token("first") || len(way.Headers) != 1 {
		t.Errorf("it shows %q of %v", got, way.Headers)
	}
	if !slices.Equal(b.infos, []string{"iad-va-us"}) || !slices.Equal(b.backends, []string{"target"}) {
		t.Errorf("asked about %q, made backends of %q", b.infos, b.backends)
	}
}

func TestTheHostIsAskedOnce(t *testing.T) {
	for _, here := range []bool{false, true} {
		t.Run(fmt.Sprintf("here %t", here), func(t *testing.T) {
			b := newBed()
			b.here = here
			s := b.site()
			for range 5 {
				if leads := s.Enabled(); leads == here {
					t.Errorf("leads %t", leads)
				}
				b.now = b.now.Add(time.Hour)
			}
			made := 1
			if here {
				made = 0
			}
			if len(b.infos) != 1 || len(b.backends) != made || len(b.logged) != 0 {
				t.Errorf("asked %d times, made %d backends, logged %q", len(b.infos), len(b.backends), b.logged)
			}
		})
	}
}

func TestWhatFailsIsTriedAgainAfterFiveSeconds(t *testing.T) {
	tests := []struct {
		name  string
		spoil func(*bed)
		error string
	}{
		{"the site is unknown", func(b *bed) { b.infoErr = errStore }, `shield "iad-va-us": the store is away`},
		{"no backend can be made", func(b *bed) { b.backendErr = errStore }, `shield "iad-va-us": the store is away`},
		{"the backend has no name", func(b *bed) { b.backend = "" }, `shield "iad-va-us": the platform names no backend for it`},
		{"the store fails", func(b *bed) { b.purgeErr = errStore }, `shield "iad-va-us": the store is away`},
		{"there is no token", func(b *bed) { b.purge = nil }, `shield "iad-va-us": no purge token in the Secret Store`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBed()
			test.spoil(b)
			s := b.site()
			for _, at := range []time.Duration{0, 0, failureTime - 1} {
				b.now = newBed().now.Add(at)
				if way := s.Backend(); way != nil {
					t.Errorf("after %v the way is %+v", at, way)
				}
			}
			if len(b.infos) > 1 || b.reads > 1 {
				t.Errorf("the host was asked %d times, the store %d times", len(b.infos), b.reads)
			}
			if len(b.logged) != 1 || b.logged[0] != test.error+"; misses go to the origins directly" {
				t.Errorf("logged %q", b.logged)
			}
			if got := s.Status(); *got != (Status{Site: "iad-va-us", Error: test.error}) {
				t.Errorf("the status is %+v", *got)
			}
			b.now = b.now.Add(1)
			if way := s.Backend(); way != nil || len(b.logged) != 2 {
				t.Errorf("tried again the way is %+v; logged %q", way, b.logged)
			}
			now := b.now
			*b = *newBed()
			b.now = now.Add(failureTime)
			if way := s.Backend(); way == nil || way.Headers[EdgeField] != token("first") {
				t.Errorf("once it is mended the way is %+v", way)
			}
			if got := s.Status(); *got != (Status{Site: "iad-va-us"}) {
				t.Errorf("once it is mended the status is %+v", *got)
			}
		})
	}
}

func TestABackendOutlivesTheTokens(t *testing.T) {
	b := newBed()
	s := b.site()
	if s.Backend() == nil {
		t.Fatal("there is no way")
	}
	b.now = b.now.Add(tokenTime)
	b.purgeErr = errStore
	if way := s.Backend(); way != nil {
		t.Errorf("without tokens the way is %+v", way)
	}
	b.now = b.now.Add(failureTime)
	b.purge, b.purgeErr = []string{"third"}, nil
	if way := s.Backend(); way == nil || way.Headers[EdgeField] != token("third") {
		t.Errorf("the way is %+v", way)
	}
	if len(b.backends) != 1 {
		t.Errorf("made %d backends, want one", len(b.backends))
	}
}

func TestWhoIsAnEdge(t *testing.T) {
	tests := []struct {
		name  string
		value string
		want  Requirement
	}{
		{"nobody says that he is", "", Direct},
		{"the first token", token("first"), Any},
		{"another token, while they change", token("second"), Any},
		{"the first token, for what is fresh", token("first") + "; fresh", Fresh},
		{"another token, for what is fresh", token("second") + "; fresh", Fresh},
		{"the token of a purge token that is gone", token("old"), Direct},
		{"the purge token itself", "first", Direct},
		{"no token, for what is fresh", "; fresh", Direct},
		{"a beginning of the token", token("first")[:42], Direct},
		{"the token and more", token("first") + "x", Direct},
		{"the token in another case", strings.ToLower(token("first")), Direct},
		{"another demand", token("first") + "; stale", Direct},
		{"two tokens", token("first") + ", " + token("second"), Direct},
		{"what no purge token at all would make", token(""), Direct},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBed()
			b.purge = append(b.purge, "")
			if got := b.site().Authenticate(test.value); got != test.want {
				t.Errorf("got %d, want %d", got, test.want)
			}
			if len(b.infos) != 0 {
				t.Error("the host was asked")
			}
		})
	}
}

func TestWithoutTokensNobodyIsAnEdge(t *testing.T) {
	b := newBed()
	b.purgeErr = errStore
	s := b.site()
	if got := s.Authenticate(token("first")); got != Direct || len(b.logged) != 1 {
		t.Errorf("got %d; logged %q", got, b.logged)
	}
	if got := s.Authenticate(""); got != Direct || len(b.logged) != 1 {
		t.Errorf("a client is %d; logged %q", got, b.logged)
	}
}

func TestTokensChangeWithoutAGap(t *testing.T) {
	b := newBed()
	b.purge = []string{"old"}
	s := b.site()
	edge := s.Backend().Headers[EdgeField]
	b.now = b.now.Add(tokenTime)
	b.purge = []string{"new", "old"}
	if got := s.Authenticate(edge); got != Any {
		t.Errorf("an edge that has not heard is %d", got)
	}
	if got := s.Authenticate(s.Backend().Headers[EdgeField]); got != Any {
		t.Errorf("an edge that has heard is %d", got)
	}
	b.now = b.now.Add(tokenTime)
	b.purge = []string{"new"}
	if got := s.Authenticate(edge); got != Direct {
		t.Errorf("with the old token an edge is %d", got)
	}
}

func TestWithoutAShieldThereIsNothingToKnow(t *testing.T) {
	var s *Site
	if s.Enabled() || s.Authenticate("x") != Direct || s.Status() != nil {
		t.Error("there is")
	}
}

func TestThePlaceThatIsTheShieldSaysSo(t *testing.T) {
	b := newBed()
	b.here = true
	if got := b.site().Status(); *got != (Status{Site: "iad-va-us", Here: true}) {
		t.Errorf("the status is %+v", *got)
	}
}
