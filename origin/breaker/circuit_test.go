package breaker

import (
	"testing"
	"time"

	"larder/config"
)

var (
	settings = config.Breaker{Failures: 3, Window: 10 * time.Second, Cooldown: time.Second, MaxCooldown: 5 * time.Second}
	start    = time.UnixMilli(1_800_000_000_000)
)

// timeline is a circuit in the course of time; cooldowns have no jitter.
type timeline struct {
	t *testing.T
	Circuit
	now time.Time
}

func newTimeline(t *testing.T) *timeline { return &timeline{t: t, now: start} }

func (l *timeline) wait(d time.Duration) { l.now = l.now.Add(d) }

// fail lets one attempt fail for each URL.
func (l *timeline) fail(urls ...string) {
	for _, url := range urls {
		l.Circuit = l.Failed(Failure{At: l.now, URL: URLOf(url, "")}, settings, 0.5)
	}
}

func (l *timeline) succeed() { l.Circuit = l.Succeeded(l.now, settings) }

// failProbe lets a probe that takes a while fail, and moves the clock.
func (l *timeline) failProbe(took time.Duration) {
	l.wait(took)
	l.Circuit = l.ProbeFailed(Failure{At: l.now, URL: URLOf("/", ""), Took: took}, settings, 0.5)
}

// open fails as often as needed.
func (l *timeline) open() {
	l.fail("/1", "/2", "/3")
	l.want(Open, 3)
}

func (l *timeline) want(state State, failures int) {
	l.t.Helper()
	if got := l.State(l.now); got != state {
		l.t.Errorf("the circuit is %s, want %s", got, state)
	}
	if got := l.Failures(l.now, settings.Window); got != failures {
		l.t.Errorf("%d failures count, want %d", got, failures)
	}
}

func (l *timeline) wantCooldown(left time.Duration) {
	l.t.Helper()
	if got := l.Until.Sub(l.now); got != left {
		l.t.Errorf("the cooldown ends in %v, want %v", got, left)
	}
}

func TestEnoughURLsThatFailWithinTheWindowOpenACircuit(t *testing.T) {
	l := newTimeline(t)
	l.want(Closed, 0)
	l.fail("/1", "/2")
	l.want(Closed, 2)
	l.wait(10 * time.Second)
	l.fail("/3")
	l.want(Open, 3)
	l.wantCooldown(time.Second)
	if !l.Since.Equal(l.now) {
		t.Errorf("it opened at %v, want %v", l.Since, l.now)
	}
}

func TestAFailureOlderThanTheWindowDoesNotCount(t *testing.T) {
	l := newTimeline(t)
	l.fail("/1", "/2")
	l.wait(10*time.Second + 1)
	l.want(Closed, 0)
	l.fail("/3")
	l.want(Closed, 1)
}

func TestOneURLCountsOnceHoweverOftenItFails(t *testing.T) {
	l := newTimeline(t)
	for range 100 {
		l.fail("/1")
		l.wait(100 * time.Millisecond)
	}
	l.want(Closed, 1)
	// Its latest failure counts: the first ones are out of the window.
	l.wait(5 * time.Second)
	l.fail("/2", "/3")
	l.want(Open, 3)
}

func TestTheQueryIsAPartOfTheURL(t *testing.T) {
	if URLOf("/posts", "page=1") == URLOf("/posts", "page=2") || URLOf("/posts", "") == URLOf("/pages", "") {
		t.Error("different URLs are one")
	}
	if first, again := URLOf("/posts", "page=1"), URLOf("/posts", "page=1"); first != again {
		t.Error("one URL is two")
	}
}

func TestTheWindowIsExtendedForAnOriginThatHangs(t *testing.T) {
	// One failure each 8 s: never three within 10 s.
	for took, want := range map[time.Duration]State{0: Closed, 2 * time.Second: Closed, 5 * time.Second: Open} {
		c, now := Circuit{}, start
		for _, path := range []string{"/1", "/2", "/3"} {
			now = now.Add(8 * time.Second)
			c = c.Failed(Failure{At: now, URL: URLOf(path, ""), Took: took}, settings, 0.5)
		}
		if got := c.State(now); got != want {
			t.Errorf("where a failure takes %v the circuit is %s, want %s", took, got, want)
		}
	}
}

func TestASuccessTakesOneFailureBack(t *testing.T) {
	l := newTimeline(t)
	l.succeed()
	l.fail("/1", "/2")
	l.succeed()
	l.want(Closed, 1)
	l.fail("/3")
	l.want(Closed, 2)
	l.succeed()
	l.succeed()
	l.succeed()
	l.want(Closed, 0)
}

func TestAnOpenCircuitIgnoresRequestsSentBeforeItOpened(t *testing.T) {
	l := newTimeline(t)
	l.open()
	l.fail("/4", "/5")
	l.succeed()
	l.succeed()
	l.want(Open, 3)
	l.wantCooldown(time.Second)
}

func TestAfterTheCooldownACircuitIsHalfOpenUntilAProbeEnds(t *testing.T) {
	l := newTimeline(t)
	l.open()
	l.wait(time.Second - 1)
	l.want(Open, 3)
	l.wait(1)
	l.want(HalfOpen, 3)
	l.wait(time.Hour)
	l.want(HalfOpen, 3)
}

func TestAProbeThatFailsDoublesTheCooldownUpToTheLongest(t *testing.T) {
	l := newTimeline(t)
	l.open()
	for i, want := range []time.Duration{2, 4, 5, 5} {
		l.now = l.Until
		l.failProbe(100 * time.Millisecond)
		l.want(Open, 4+i)
		l.wantCooldown(want * time.Second)
	}
}

func TestAProbeThatSucceedsClosesTheCircuitAndForgetsItsFailures(t *testing.T) {
	l := newTimeline(t)
	l.open()
	l.now = l.Until
	l.failProbe(0)
	l.now = l.Until
	l.Circuit = l.ProbeSucceeded(l.now, settings)
	l.want(Closed, 0)
	if !l.Since.Equal(l.now) {
		t.Errorf("it closed at %v, want %v", l.Since, l.now)
	}
	l.open()
	l.wantCooldown(time.Second)
}

func TestALastResortThatFailsLeavesTheCooldownAsItIs(t *testing.T) {
	l := newTimeline(t)
	l.open()
	l.failProbe(100 * time.Millisecond)
	l.want(Open, 4)
	l.wantCooldown(900 * time.Millisecond)
	l.failProbe(2 * time.Second) // it began before the end, and ends after it
	l.want(HalfOpen, 5)
	l.failProbe(0)
	l.wantCooldown(2 * time.Second)
}

func TestAProbeCountsAsOrdinaryOnceAnotherHasClosedTheCircuit(t *testing.T) {
	l := newTimeline(t)
	l.open()
	l.now = l.Until
	l.Circuit = l.ProbeSucceeded(l.now, settings)
	l.failProbe(0)
	l.want(Closed, 1)
	l.Circuit = l.ProbeSucceeded(l.now, settings)
	l.want(Closed, 0)
}

func TestEventsLeaveTheOldValueAlone(t *testing.T) {
	failure := func(path string) Failure { return Failure{At: start, URL: URLOf(path, "")} }
	one := Circuit{}.Failed(failure("/1"), settings, 0)
	two := one.Failed(failure("/2"), settings, 0)
	_ = two.Failed(failure("/1"), settings, 0)
	_ = two.Failed(failure("/3"), settings, 0)
	_ = two.Succeeded(start, settings)
	if len(one.Recent) != 1 || len(two.Recent) != 2 || two.Recent[0] != failure("/1") || two.Recent[1] != failure("/2") {
		t.Errorf("got %v and %v", one.Recent, two.Recent)
	}
}

func TestJitterIsAFifthOfTheCooldownAtMost(t *testing.T) {
	tests := []struct {
		name     string
		cooldown time.Duration
		random   float64
		want     time.Duration
	}{
		{"the least", time.Second, 0, 800 * time.Millisecond},
		{"the middle", time.Second, 0.5, time.Second},
		{"the most", time.Second, 1, 1200 * time.Millisecond},
		{"the least of the longest", time.Hour, 0, 4 * time.Second},
		{"never more than the longest", time.Hour, 1, 5 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Circuit{}.cool(start, test.cooldown, settings, test.random).Until.Sub(start).Round(time.Millisecond)
			if got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestJitterDoesNotAddUp(t *testing.T) {
	s := settings
	s.Failures, s.MaxCooldown = 1, time.Minute
	c := Circuit{}.Failed(Failure{At: start}, s, 1)
	for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		if c.Cooldown != want*time.Second {
			t.Errorf("got %v, want %vs", c.Cooldown, int(want))
		}
		c = c.ProbeFailed(Failure{At: c.Until}, s, 1)
	}
}
