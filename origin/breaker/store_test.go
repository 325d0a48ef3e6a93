package breaker

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"larder/corecache"
	"larder/corecache/coremodel"
)

// pop is a POP's cache with a clock. It counts the calls, and may fail.
type pop struct {
	now     time.Time
	cache   *coremodel.Cache
	lookups int
	writes  int
	broken  bool
	lines   []string
}

func newPOP() *pop {
	p := &pop{now: start}
	p.cache = coremodel.New(func() time.Time { return p.now })
	return p
}

// sandbox is a Store of one more sandbox.
func (p *pop) sandbox() *Store {
	return &Store{
		Routes: []string{"posts", "search"},
		Cache:  p, Settings: settings,
		Now:    func() time.Time { return p.now },
		Random: func() float64 { return 0.5 },
		Log:    func(format string, args ...any) { p.lines = append(p.lines, fmt.Sprintf(format, args...)) },
	}
}

func (p *pop) call(counter *int) error {
	*counter++
	if p.broken {
		return corecache.ErrUnexpected
	}
	return nil
}

func (p *pop) Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error) {
	if err := p.call(&p.lookups); err != nil {
		return nil, err
	}
	return p.cache.Lookup(key, opts)
}

func (p *pop) Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error) {
	if err := p.call(&p.writes); err != nil {
		return nil, err
	}
	return p.cache.Insert(key, opts)
}

func (p *pop) Transact(key []byte, opts corecache.LookupOptions) (corecache.Transaction, error) {
	if err := p.call(&p.writes); err != nil {
		return nil, err
	}
	return p.cache.Transact(key, opts)
}

// attempt records an attempt that took no time, if the circuit admits it.
func (p *pop) attempt(s *Store, url string, o Outcome) error {
	a, err := s.Admit(posts, false, time.Minute)
	if err == nil {
		s.Record(posts, a, o, Failure{At: p.now, URL: URLOf(url, "")})
	}
	return err
}

// open lets the origin fail as often as needed.
func (p *pop) open(t *testing.T, s *Store) {
	t.Helper()
	for i := range settings.Failures {
		if err := p.attempt(s, fmt.Sprint("/", i), Unreachable); err != nil {
			t.Fatal(err)
		}
	}
	wantState(t, s, Open)
}

// posts is the circuit of origin a for the route posts.
var posts = Name{"a", "posts"}

func wantState(t *testing.T, s *Store, want State) {
	t.Helper()
	if got := s.Circuit(posts).State(s.Now()); got != want {
		t.Errorf("the circuit is %s, want %s", got, want)
	}
}

func TestAllSandboxesOfAPOPShareACircuit(t *testing.T) {
	p := newPOP()
	one, two, third := p.sandbox(), p.sandbox(), p.sandbox()
	wantState(t, third, Closed)
	_ = p.attempt(one, "/1", Unreachable) // admitted, as the circuit is closed
	_ = p.attempt(two, "/2", Unreachable)
	_ = p.attempt(one, "/3", Unreachable)
	wantState(t, one, Open)
	wantState(t, p.sandbox(), Open)
	p.now = p.now.Add(localTime + 1) // the others have read it before
	wantState(t, two, Open)
	wantState(t, third, Open)
	if err := p.attempt(two, "/", Good); !errors.Is(err, ErrOpen) {
		t.Errorf("got %v", err)
	}
}

func TestAnOpenCircuitIsReadAnew(t *testing.T) {
	p := newPOP()
	one, two := p.sandbox(), p.sandbox()
	p.open(t, one)
	wantState(t, two, Open)
	p.now = one.Circuit(posts).Until
	if err := p.attempt(one, "/", Good); err != nil {
		t.Fatal(err)
	}
	wantState(t, two, Closed)
}

func TestTheCircuitsOfTwoOriginsAreApart(t *testing.T) {
	p := newPOP()
	s := p.sandbox()
	p.open(t, s)
	if got := s.Circuit(Name{"b", "posts"}).State(p.now); got != Closed {
		t.Errorf("the other circuit is %s", got)
	}
}

func TestTheFetchesOfAReachableOriginCostALookupNowAndThen(t *testing.T) {
	p := newPOP()
	s := p.sandbox()
	for range 20 {
		if err := p.attempt(s, "/", Good); err != nil {
			t.Fatal(err)
		}
		p.now = p.now.Add(50 * time.Millisecond)
	}
	if p.lookups != 4 || p.writes != 0 {
		t.Errorf("twenty fetches in a second cost %d lookups and %d writes, want 4 and none", p.lookups, p.writes)
	}
	_ = p.attempt(s, "/1", Unreachable) // admitted, as the circuit is closed
	if p.writes != 1 {
		t.Errorf("a failure costs %d writes, want 1", p.writes)
	}
}

func TestAnsweringBadlyAllTheTimeCostsAWriteNowAndThen(t *testing.T) {
	p := newPOP()
	s := p.sandbox()
	for i := range 1000 {
		if err := p.attempt(s, fmt.Sprint("/", i), Bad); err != nil {
			t.Fatal(err)
		}
		p.now = p.now.Add(10 * time.Millisecond)
	}
	if p.writes > maxDebt+4 {
		t.Errorf("a thousand bad answers cost %d writes", p.writes)
	}
	if s.AllowsRetry(posts) || p.sandbox().AllowsRetry(posts) {
		t.Error("the origin may be asked twice")
	}
	wantState(t, s, Closed)
}

func TestWithoutACacheEachSandboxHasItsOwnCircuit(t *testing.T) {
	for name, lose := range map[string]func(*testing.T, *pop, *Store){
		"none":                     func(_ *testing.T, _ *pop, s *Store) { s.Cache = nil },
		"one that fails":           func(_ *testing.T, p *pop, _ *Store) { p.broken = true },
		"one that fails in outage": func(t *testing.T, p *pop, s *Store) { p.open(t, s); p.broken = true },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPOP()
			s := p.sandbox()
			lose(t, p, s)
			if s.Circuit(posts).State(p.now) == Closed {
				p.open(t, s)
			}
			p.now = p.now.Add(time.Second)
			wantState(t, s, HalfOpen)
			if err := p.attempt(s, "/", Good); err != nil {
				t.Error(err)
			}
			wantState(t, s, Closed)
		})
	}
}

func TestACircuitThatTheCacheLosesIsClosed(t *testing.T) {
	p := newPOP()
	p.open(t, p.sandbox())
	p.now = p.now.Add(forgetTime + 2*time.Second)
	wantState(t, p.sandbox(), Closed)
}

func TestAnUnreadableRecordIsAClosedCircuit(t *testing.T) {
	for _, metadata := range []string{"", "\x07\x01\x02", "[]", `{"Circuit":1}`, `{"Circuit":{"Until":"soon"}}`} {
		p := newPOP()
		s := p.sandbox()
		s.insert(recordKey(posts), time.Hour, []byte(metadata))
		wantState(t, s, Closed)
		p.open(t, s)
		wantState(t, p.sandbox(), Open)
	}
}

func TestTheLogSaysWhenACircuitOpensAndCloses(t *testing.T) {
	p := newPOP()
	s := p.sandbox()
	want := func(what string, lines ...string) {
		t.Helper()
		if fmt.Sprint(p.lines) != fmt.Sprint(lines) {
			t.Errorf("%s: got %q, want %q", what, p.lines, lines)
		}
		p.lines = nil
	}
	_ = p.attempt(s, "/1", Unreachable) // admitted, as the circuit is closed
	want("a failure that counts")
	_ = p.attempt(s, "/2", Unreachable)
	_ = p.attempt(s, "/3", Unreachable)
	want("one too many", `origin "a", route "posts": circuit open, next probe in 1s; failures: 3`)
	p.now = s.Circuit(posts).Until
	_ = p.attempt(s, "/4", Unreachable)
	want("a longer cooldown")
	p.now = s.Circuit(posts).Until
	_ = p.attempt(s, "/4", Good)
	want("a good probe", `origin "a", route "posts": circuit closed`)
	_ = p.attempt(s, "/4", Good)
	want("another good answer")
}

func TestWithoutSettingsNothingCounts(t *testing.T) {
	p := newPOP()
	s := p.sandbox()
	s.Settings.Failures = 0
	for i := range 20 {
		if err := p.attempt(s, fmt.Sprint("/", i), Unreachable); err != nil {
			t.Fatal(err)
		}
	}
	if !s.AllowsRetry(posts) || p.writes != 0 {
		t.Errorf("%d writes", p.writes)
	}
}
