package breaker

import (
	"errors"
	"testing"
	"time"
)

func TestOneRequestOfAPOPProbesAtATime(t *testing.T) {
	p := newPOP()
	one, two := p.sandbox(), p.sandbox()
	p.open(t, one)
	p.now = p.now.Add(time.Second)
	admission, err := one.Admit(posts, false, 15*time.Second)
	if admission != Probe || err != nil {
		t.Fatalf("got %d, %v", admission, err)
	}
	for _, s := range []*Store{one, two, p.sandbox()} {
		for _, lastResort := range []bool{false, true} {
			if _, err := s.Admit(posts, lastResort, 15*time.Second); !errors.Is(err, ErrOpen) {
				t.Errorf("a second probe, as last resort %t: %v", lastResort, err)
			}
		}
	}
	one.Record(posts, Probe, Good, Failure{At: p.now})
	if admission, err := two.Admit(posts, false, 15*time.Second); admission != Counted || err != nil {
		t.Errorf("after a good probe: %d, %v", admission, err)
	}
	if n := p.cache.Open(); n != 0 {
		t.Errorf("%d handles are open", n)
	}
}

func TestABadAnswerToAProbeClosesTheCircuitToo(t *testing.T) {
	p := newPOP()
	s := p.sandbox()
	p.open(t, s)
	p.now = p.now.Add(time.Second)
	if err := p.attempt(s, "/", Bad); err != nil {
		t.Fatal(err)
	}
	wantState(t, s, Closed)
}

func TestAProbeThatNeverEndsIsGivenUp(t *testing.T) {
	p := newPOP()
	dying, s := p.sandbox(), p.sandbox()
	p.open(t, s)
	p.now = p.now.Add(time.Second)
	if _, err := dying.Admit(posts, false, 15*time.Second); err != nil {
		t.Fatal(err)
	}
	p.now = p.now.Add(15*time.Second - 1)
	if _, err := s.Admit(posts, false, 15*time.Second); !errors.Is(err, ErrOpen) {
		t.Errorf("two probes at a time: %v", err)
	}
	p.now = p.now.Add(1)
	if admission, err := s.Admit(posts, false, 15*time.Second); admission != Probe {
		t.Errorf("no probe after it was given up: %v", err)
	}
}

func TestAProbeThatShowsNothingLeavesTheNextOneSoon(t *testing.T) {
	p := newPOP()
	s := p.sandbox()
	p.open(t, s)
	p.now = p.now.Add(time.Second)
	if err := p.attempt(s, "/", Unknown); err != nil {
		t.Fatal(err)
	}
	wantState(t, s, HalfOpen)
	p.now = p.now.Add(settings.Cooldown / 2)
	if admission, err := s.Admit(posts, false, time.Minute); admission != Probe {
		t.Errorf("no other probe: %v", err)
	}
}

func TestALastResortProbesBeforeTheCooldownIsOver(t *testing.T) {
	p := newPOP()
	s := p.sandbox()
	p.open(t, s)
	if _, err := s.Admit(posts, false, time.Minute); !errors.Is(err, ErrOpen) {
		t.Errorf("another request is admitted: %v", err)
	}
	admission, err := s.Admit(posts, true, time.Minute)
	if admission != Probe {
		t.Fatal(err)
	}
	s.Record(posts, admission, Good, Failure{At: p.now})
	wantState(t, s, Closed)
}

func TestLastResortsProbeTwiceInAShortestCooldownAtMost(t *testing.T) {
	p := newPOP()
	sandboxes := []*Store{p.sandbox(), p.sandbox()}
	p.open(t, sandboxes[0])
	probes := 0
	for i := range 1000 { // one each 20 ms, for 20 s
		s := sandboxes[i%2]
		if admission, err := s.Admit(posts, true, time.Minute); err == nil {
			probes++
			s.Record(posts, admission, Unreachable, Failure{At: p.now})
		}
		p.now = p.now.Add(20 * time.Millisecond)
	}
	if probes < 20 || probes > 41 {
		t.Errorf("%d probes in twenty seconds, want 41 at most", probes)
	}
}

func TestTheOperatorKeepsACircuitClosed(t *testing.T) {
	p := newPOP()
	s, other := p.sandbox(), p.sandbox()
	p.open(t, s)
	forced := true
	s.ForceClosed = func(origin string) bool { return forced && origin == "a" }
	wantState(t, s, Closed)
	for i := range 20 {
		if err := p.attempt(s, string(rune('a'+i)), Unreachable); err != nil {
			t.Fatal(err)
		}
	}
	if !s.AllowsRetry(posts) {
		t.Error("failures count against the budget")
	}
	forced = false
	wantState(t, s, Closed)
	wantState(t, other, Closed)
	if got := s.Circuit(posts).Failures(p.now, settings.Window); got != 0 {
		t.Errorf("%d failures count afterwards", got)
	}
}

func TestACircuitThatIsNotUsedMeanwhileStartsAfreshToo(t *testing.T) {
	p := newPOP()
	p.open(t, p.sandbox())
	forced, s := true, p.sandbox()
	s.ForceClosed = func(string) bool { return forced }
	if !s.AllowsRetry(Name{posts.Origin, "search"}) { // the only request meanwhile
		t.Error("failures count against the budget")
	}
	forced = false
	wantState(t, s, Closed)
	wantState(t, p.sandbox(), Closed)
}
