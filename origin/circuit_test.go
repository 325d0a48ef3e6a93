package origin

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"larder/config"
)

var testBreaker = config.Breaker{Failures: 3, Window: 10 * time.Second, Cooldown: time.Second, MaxCooldown: 5 * time.Second}

// Of pages that are broken each says less than an origin that does not answer.
func TestPausesGrowOnceForAsManyNewPathsAsOpenACircuit(t *testing.T) {
	b, now := testBreaker, time.UnixMilli(1_800_000_000_000)
	b.MaxCooldown = time.Hour
	var c circuit
	fail := func(path int, trial bool) {
		if f := (failure{at: now, path: pathID(path)}); trial {
			now = c.until
			f.at = now
			c = c.trialFailed(f, b, 0.5)
		} else {
			c = c.failed(f, b, 0.5)
		}
	}
	for path := range b.Failures {
		fail(1+path, false)
	}
	for grown := range 8 { // many more than are remembered
		if want := b.Cooldown << grown; c.pause != want {
			t.Errorf("the pause is %v, want %v", c.pause, want)
		}
		for path := range b.Failures {
			fail(100*(1+grown)+path, true)
		}
	}
}

// TestCircuitTransitions drives a circuit by a script of one-letter events, a
// second apart where there is a dot: f a failure, s a success, F and S those
// of a trial, r a refusal for 4 s; a, b, c, d, g, h are failures of paths, and
// A, D, G, H those of trials. e is a failure of an early trial, and 1 a good
// answer to a trial of path a.
func TestCircuitTransitions(t *testing.T) {
	tests := []struct {
		name   string
		script string
		want   State
		count  int
		left   time.Duration // until the next trial
	}{
		{"nothing yet", "", Closed, 0, 0},
		{"two failures", "ff", Closed, 2, 0},
		{"three failures", "fff", Open, 3, time.Second},
		{"three failures over the whole window", "f.....f.....f", Open, 3, time.Second},
		{"three failures over more than the window", "f.....f......f", Closed, 2, 0},
		{"the oldest failure leaves a window that moves", "f.....f......f.f", Open, 3, time.Second},
		{"a success takes one failure back", "ffsf", Closed, 2, 0},
		{"successes take all failures back", "ffss", Closed, 0, 0},
		{"a success after the window forgets all failures", "ff...........s", Closed, 0, 0},
		{"more successes than failures", "fsss", Closed, 0, 0},
		{"failures outweigh the successes", "ffsff", Open, 3, time.Second},
		{"late failures change nothing", "ffffff", Open, 3, time.Second},
		{"late successes change nothing", "fffsss", Open, 3, time.Second},
		{"the pause is over", "fff.", HalfOpen, 3, 0},
		{"nobody has tried for long", "fff.....", HalfOpen, 3, -4 * time.Second},
		{"the trial succeeds", "fff.S", Closed, 0, 0},
		{"the trial fails", "fff.F", Open, 4, 2 * time.Second},
		{"the second trial fails", "fff.F..F", Open, 5, 4 * time.Second},
		{"pauses end to grow", "fff.F..F....F", Open, 6, 5 * time.Second},
		{"the pauses begin anew", "fff.F..Sfff", Open, 3, time.Second},
		{"a trial fails after another closed the circuit", "fff.SF", Closed, 1, 0},
		{"a refusal opens at once", "r", Open, 1, 4 * time.Second},
		{"a refusal holds on", "r...", Open, 1, time.Second},
		{"a refusal ends", "r....", HalfOpen, 1, 0},
		{"a refusal of a trial", "fff.r", Open, 4, 4 * time.Second},
		{"a shorter wish than the pause", "fff.F..F....Fr", Open, 7, 5 * time.Second},
		{"a trial fails after a refusal", "r....F", Open, 2, 2 * time.Second},
		{"one path fails all the time", "aaaaaaaa", Closed, 1, 0},
		{"two paths fail all the time", "abababab", Closed, 2, 0},
		{"three paths fail", "abc", Open, 3, time.Second},
		{"two paths and the origin fail", "abf", Open, 3, time.Second},
		{"a path fails over more than the window", "a.....a......a.", Closed, 1, 0},
		{"a path goes on failing while others do", "a.......a...b...c", Open, 3, time.Second},
		{"a success takes back the only path", "aas", Closed, 0, 0},
		{"a trial of a path that is known to fail", "abc.A", Open, 4, time.Second},
		{"a trial of another path", "abc.D", Open, 4, time.Second},
		{"trials of as many other paths as open it", "abc.D.G.H", Open, 6, 2 * time.Second},
		{"a trial of a path that has failed in a trial", "fff.A..A", Open, 5, time.Second},
		{"a known path does not make pauses grow", "abc.A.A.A.D.G.H", Open, 9, 2 * time.Second},
		{"nor does it take back their growth", "fff.F..A..A.F", Open, 7, 4 * time.Second},
		{"more paths are remembered than open it", "abc.D.G.A", Open, 6, time.Second},
		{"what a path says that opened it does not count when it has closed", "abc.Sabcabc", Closed, 0, 0},
		{"what other paths say does", "abc.Sadg", Closed, 2, 0},
		{"it opens for as many others", "abc.Sadgh", Open, 3, time.Second},
		{"no answer counts, whatever the path", "abc.Sfaff", Open, 3, time.Second},
		{"a path that is known from before is known in a trial", "abc.Sdgh.A", Open, 4, time.Second},
		{"paths are known for the longest pause", "abc.S......abc", Open, 3, time.Second},
		{"and longer while they fail", "abc.S...abc..s.abc..s.abc", Closed, 0, 0},
		{"but not while nothing is good", "abc.S...abc...abc", Open, 3, time.Second},
		{"the path of the trial is not known", "abc.1abc", Closed, 1, 0},
		{"nor is one that has a good answer later", "abc.S1abc", Closed, 1, 0},
		{"a second trial succeeds", "abc.S1", Closed, 0, 0},
		{"a refusal leaves the paths known", "abc.Sr....Sabc", Closed, 0, 0},
		{"an early trial fails", "fffe", Open, 3, time.Second},
		{"a trial fails when nobody has tried for longer than the longest pause", "fff.F..F..........F", Open, 6, time.Second},
		{"a trial fails as long after the last one as the longest pause", "fff.F..F.........F", Open, 6, 5 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			now := time.UnixMilli(1_800_000_000_000)
			var c circuit
			for _, event := range test.script {
				switch event {
				case '.':
					now = now.Add(time.Second)
				case 'f':
					c = c.failed(failure{at: now}, testBreaker, 0.5)
				case 'a', 'b', 'c', 'd', 'g', 'h':
					c = c.failed(failure{at: now, path: pathID(event)}, testBreaker, 0.5)
				case 's':
					c = c.succeeded(noPath, now, testBreaker)
				case '1':
					c = c.closed('a', now, testBreaker)
				case 'F':
					c = c.trialFailed(failure{at: now}, testBreaker, 0.5)
				case 'A', 'D', 'G', 'H':
					c = c.trialFailed(failure{at: now, path: pathID(event - 'A' + 'a')}, testBreaker, 0.5)
				case 'e':
					c = c.earlyFailed(failure{at: now}, testBreaker)
				case 'S':
					c = c.closed(noPath, now, testBreaker)
				case 'r':
					c = c.refused(now, 4*time.Second, testBreaker)
				}
				if decoded, err := decodeCircuit(c.encode()); err != nil || fmt.Sprint(decoded) != fmt.Sprint(c) {
					t.Fatalf("%+v became %+v, %v", c, decoded, err)
				}
			}
			if got := c.state(now); got != test.want || c.count != test.count {
				t.Errorf("got %s after %d failures, want %s after %d", got, c.count, test.want, test.count)
			}
			if !c.until.IsZero() && c.until.Sub(now) != test.left {
				t.Errorf("the next trial is in %v, want %v", c.until.Sub(now), test.left)
			}
		})
	}
}

func TestChangesLeaveTheOldCircuitAlone(t *testing.T) {
	now := time.UnixMilli(1_800_000_000_000)
	one := circuit{}.failed(failure{at: now, path: 1}, testBreaker, 0)
	two := one.failed(failure{at: now.Add(time.Second), path: 2}, testBreaker, 0)
	_ = two.failed(failure{at: now, path: 1}, testBreaker, 0) // only the arguments matter
	_ = two.succeeded(1, now, testBreaker)
	_ = two.closed(1, now, testBreaker)
	if len(one.failures) != 1 || len(two.failures) != 2 || two.failures[0].path != 1 {
		t.Errorf("got %v and %v", one, two)
	}
}

func TestJitter(t *testing.T) {
	b := config.Breaker{Failures: 1, Window: time.Second, Cooldown: time.Second, MaxCooldown: time.Minute}
	tests := []struct {
		name   string
		pause  time.Duration
		random float64
		want   time.Duration
	}{
		{"the least", time.Second, 0, 800 * time.Millisecond},
		{"the middle", time.Second, 0.5, time.Second},
		{"the most", time.Second, 1, 1200 * time.Millisecond},
		{"the least of the longest", time.Hour, 0, 48 * time.Second},
		{"never more than the longest", time.Hour, 1, time.Minute},
	}
	now := time.UnixMilli(1_800_000_000_000)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := circuit{}.paused(now, test.pause, b, test.random).until.Sub(now).Round(time.Millisecond)
			if got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
	t.Run("jitter does not add up over the trials", func(t *testing.T) {
		c := circuit{}.failed(failure{at: now}, b, 1)
		for _, want := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
			if c.pause != want*time.Second {
				t.Errorf("got %v, want %vs", c.pause, int(want))
			}
			c = c.trialFailed(failure{at: c.until}, b, 1)
		}
	})
}

func TestEarlyTrials(t *testing.T) {
	const path, other = 1, 2
	now := time.UnixMilli(1_800_000_000_000)
	open := circuit{}.paused(now, 4*time.Second, testBreaker, 0.5)
	fails := func(c circuit, took time.Duration, paths ...pathID) circuit {
		for _, path := range paths {
			c = c.earlyFailed(failure{now, path, took}, testBreaker)
		}
		return c
	}
	var opened circuit
	for path := range pathID(3) {
		opened = opened.failed(failure{at: now, path: path + 1}, testBreaker, 0.5)
	}
	refused, hung := fails(open, 0, noPath), fails(open, 5*time.Second, noPath)
	trial := func(took time.Duration, path pathID) circuit {
		return open.trialFailed(failure{now, path, took}, testBreaker, 0.5)
	}
	tests := []struct {
		name    string
		circuit circuit
		after   time.Duration
		want    bool
	}{
		{"of a closed circuit", circuit{}, 0, false},
		{"in the pause", open, 0, true},
		{"just after one has failed", refused, 0, false},
		{"less than a shortest pause after", refused, time.Second - 1, false},
		{"a shortest pause after", refused, time.Second, true},
		{"after one that has taken long, the pause being over", hung, 50*time.Second - 1, false},
		{"after one that has taken long, ten times as long ago", hung, 50 * time.Second, true},
		{"after one that has taken long and one that has not", fails(hung, 0, noPath), 50*time.Second - 1, false},
		{"in the next pause after one that has taken long", hung.trialFailed(failure{at: now}, testBreaker, 0.5), 50*time.Second - 1, false},
		{"just after another trial has had no answer for long", trial(5*time.Second, noPath), 0, true},
		{"just after the path has failed in another trial", trial(0, path), time.Second - 1, false},
		{"just after the path has failed", fails(open, 0, path), time.Second - 1, false},
		{"a shortest pause after the path has failed", fails(open, 0, path), time.Second, true},
		{"after the path has failed and has taken long", fails(open, 2*time.Second, path), 20*time.Second - 1, false},
		{"just after another path has failed", fails(open, 2*time.Second, other), 0, true},
		{"just after another path has failed in another trial", trial(0, other), 0, true},
		{"just after as many paths have failed as open the circuit", fails(open, 0, 2, 3, 4), time.Second - 1, false},
		{"after as many paths have failed and have taken long", fails(open, 2*time.Second, 2, 3, 4), 20*time.Second - 1, false},
		{"a shortest pause after as many paths have failed", fails(open, 0, 2, 3, 4), time.Second, true},
		{"after one path has failed as often", fails(open, 0, 2, 2, 2), 0, true},
		{"just after as many paths have opened the circuit", opened, 0, true},
		{"where the origin asks for a longer pause", open.refused(now, time.Minute, testBreaker), 0, false},
		{"of a circuit that was closed meanwhile", fails(open.closed(noPath, now, testBreaker), 0, noPath), 2 * time.Second, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.circuit.mayTryEarly(path, now.Add(test.after), testBreaker); got != test.want {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestDecodeRefusesWhatIsNoCircuit(t *testing.T) {
	good := circuit{failures: []failure{{time.UnixMilli(5), 1, time.Second}}, count: 1}.encode()
	tests := []struct {
		name string
		data []byte
	}{
		{"nothing", nil},
		{"another version", append([]byte{encodingVersion + 1}, good[1:]...)},
		{"the version alone", good[:1]},
		{"an end too early", good[:len(good)-1]},
		{"more than there should be", append(bytes.Clone(good), 0)},
		{"more failures than may count", []byte{encodingVersion, 0, 0, 0, 0, 0, 0xfe, 0xff, 0x03}},
		{"more bad paths than are remembered", []byte{encodingVersion, 0, 0, 0, 0, 0, 0, 0xfe, 0xff, 0x03}},
		{"a negative pause", []byte{encodingVersion, 0, 0, 0, 0, 1, 0, 0, 0}},
		{"a negative count", []byte{encodingVersion, 0, 0, 0, 0, 0, 1, 0, 0}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if c, err := decodeCircuit(test.data); err == nil {
				t.Errorf("got %+v", c)
			}
		})
	}
}

func TestWhatIsKnownOfPathsIsBounded(t *testing.T) {
	const most = knownPaths * 3
	now := time.UnixMilli(1_800_000_000_000)
	var c circuit
	next := pathID(1)
	for range 20 {
		for range 3 {
			c = c.failed(failure{at: now, path: next}, testBreaker, 0.5)
			next++
		}
		for range 20 {
			c = c.trialFailed(failure{at: now, path: next}, testBreaker, 0.5)
			next++
		}
		if len(c.failures) != most {
			t.Fatalf("%d failures, want %d", len(c.failures), most)
		}
		c = c.closed(noPath, now, testBreaker)
		if len(c.bad) != most || c.bad[most-1].path != next-1 {
			t.Fatalf("%d paths, want the latest %d", len(c.bad), most)
		}
	}
}
