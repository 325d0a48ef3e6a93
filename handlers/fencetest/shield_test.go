//go:build !race

package fencetest

import (
	"strings"
	"testing"
	"time"
)

// These scenarios have two POPs. A purge reaches one before the other, and each
// POP promises what it promises from then on.

// shieldedFile is file with a shield that learns of a purge within ten seconds.
var shieldedFile = strings.Replace(file, `"routes"`, `"shield": {"site": "iad-va-us", "purge_delay": "10s"}, "routes"`, 1)

// longQuiet is longer than a purge takes to reach all POPs.
const longQuiet = time.Minute

// Orders in which a purge reaches the POPs.
var (
	edgeFirst   = []location{atEdge, atShield}
	shieldFirst = []location{atShield, atEdge}
)

// purger edits, and purges at the POPs in their order.
func purger(name string, at []location, hard ...bool) play {
	return play{name, func(w *world) {
		for _, h := range hard {
			w.edit(post1, h, at...)
		}
	}}
}

// warmShield has the post at the shield alone. The edge knows of no quiet
// period.
func warmShield(w *world) {
	w.getAt(atShield, post1)
	w.now = w.now.Add(longQuiet)
}

// evict removes the posts from the edge, as a full cache does. That is no purge,
// so a quiet period goes on.
func evict(w *world) {
	for _, path := range w.scenario.posts {
		w.must(w.pops[atEdge].cache.model.Purge("post:"+slugOf(path), false))
	}
}

// quietEdge is a cold edge after a long quiet period, and a warm shield.
func quietEdge(w *world) {
	cached(longQuiet)(w)
	evict(w)
}

// staleEdge is an edge whose entry is past its lifetime, where the shield's is
// not.
func staleEdge(w *world) {
	cached(2 * time.Hour)(w)
	w.getAt(atShield, post1)
	w.now = w.now.Add(longQuiet)
}

// revalidatingEdge is an edge that serves its entry once more and revalidates
// it in the background.
func revalidatingEdge(w *world) {
	cached(time.Hour + time.Second)(w)
	w.getAt(atShield, post1)
}

// purgedEdge is an edge that had a purge long ago, and none since.
func purgedEdge(w *world) {
	cached(longQuiet)(w)
	for _, at := range edgeFirst {
		w.purge(at, post1, w.posts[post1].version, soft)
	}
	w.getAt(atShield, post1)
	w.get(post2) // begins the quiet period
	w.now = w.now.Add(longQuiet)
}

// revalidatingShield is a cold edge, and a shield that serves its entry once
// more.
func revalidatingShield(w *world) {
	cached(time.Hour + time.Second)(w)
	evict(w)
}

// endedQuiet is a cold edge whose quiet period a soft purge ended long ago, and
// no request has noticed.
func endedQuiet(w *world) {
	cached(longQuiet)(w)
	w.request(atEdge, "POST", "/_larder/purge", `{"keys":["post:other"]}`, nil)
	evict(w)
	w.now = w.now.Add(longQuiet)
}

// endedQuietInOutage is the same while the origin fails.
func endedQuietInOutage(w *world) {
	endedQuiet(w)
	w.down = true
}

// judgeShield looks at the shield, and at what the edge takes from there after
// the next quiet period.
func (w *world) judgeShield() {
	for _, path := range w.scenario.posts {
		w.getAt(atShield, path)
		w.get(path)
	}
	w.now = w.now.Add(longQuiet)
	evict(w)
}

// edges are the states in which purges find an edge and its shield.
var edges = []struct {
	name    string
	prepare func(*world)
	needs   protection
	// warm says that the edge has an entry, which a soft purge marks.
	warm bool
}{
	{"a cold edge that knows of no quiet period", warmShield, fence | quietPeriod, false},
	{"a cold edge after a long quiet period", quietEdge, fence | quietPeriod, false},
	{"a stale edge after a long quiet period", staleEdge, fence | quietPeriod, false},
	{"an edge that revalidates in the background", revalidatingEdge, fence | quietPeriod, false},
	{"a cold edge whose shield revalidates in the background", revalidatingShield, fence | quietPeriod, false},
	{"a purged edge after a long quiet period", purgedEdge, fence | quietPeriod, true},
	{"an edge and a shield that are warm", cached(longQuiet), quietPeriod, true},
	{"an edge and a shield that are cold", nil, fence, false},
}

// shielded are the scenarios with a shield.
func shielded() []*scenario {
	var all []*scenario
	add := func(s scenario) { all = append(all, &s) }
	for _, edge := range edges {
		for _, kind := range []struct {
			name string
			hard bool
		}{{"an edit", soft}, {"a deletion", hard}} {
			first, last := purger("editor", edgeFirst, kind.hard), purger("editor", shieldFirst, kind.hard)
			needs := edge.needs
			if edge.warm && !kind.hard {
				needs &^= quietPeriod
			}
			add(scenario{name: edge.name + ", " + kind.name + " reaches the edge first", prepare: edge.prepare, needs: needs,
				plays: []play{reader("first"), first}})
			add(scenario{name: edge.name + ", " + kind.name + " reaches the shield first", prepare: edge.prepare, needs: edge.needs &^ quietPeriod,
				plays: []play{reader("first"), last}})
			add(scenario{name: edge.name + ", two readers, " + kind.name + " reaches the edge first", prepare: edge.prepare, long: true,
				plays: []play{reader("first"), first, reader("second")}})
			add(scenario{name: edge.name + ", two readers, " + kind.name + " reaches the shield first", prepare: edge.prepare, long: true,
				plays: []play{reader("first"), last, reader("second")}})
			inOutage := protection(0)
			if kind.hard {
				inOutage = edge.needs & quietPeriod
			}
			add(scenario{name: edge.name + ", " + kind.name + " while the origin fails", prepare: edge.prepare, origin: mayFail, needs: inOutage,
				plays: []play{reader("first"), first, outage()}})
		}
		add(scenario{name: edge.name + ", and a client of the shield", prepare: edge.prepare, long: true,
			plays: []play{reader("first"), purger("editor", edgeFirst, soft), shieldReader("second")}})
	}
	add(scenario{name: "an edit and a deletion", prepare: quietEdge, needs: fence | quietPeriod,
		plays: []play{reader("first"), purger("editor", edgeFirst, soft, hard)}})
	add(scenario{name: "a deletion and a publication", prepare: quietEdge, needs: fence | quietPeriod,
		plays: []play{reader("first"), purger("editor", edgeFirst, hard, soft)}})
	add(scenario{name: "two editors at once", prepare: quietEdge, long: true,
		plays: []play{reader("first"), purger("editor", edgeFirst, soft), purger("other editor", edgeFirst, hard)}})
	add(scenario{name: "a purge takes time to reach the shield", prepare: quietEdge, delivery: travelling, needs: fence | quietPeriod,
		plays: []play{reader("first"), purger("editor", edgeFirst, soft), pass(9 * time.Second)}})
	add(scenario{name: "a deletion takes time to reach the shield, and the origin fails", prepare: quietEdge, delivery: travelling, origin: mayFail, needs: quietPeriod,
		plays: []play{reader("first"), purger("editor", edgeFirst, hard), outage(), pass(9 * time.Second)}})
	add(scenario{name: "a request begins the quiet period while a purge takes time to reach the shield", prepare: endedQuiet, delivery: travelling, long: true,
		plays: []play{readerOf("first", post2), purger("editor", edgeFirst, soft), pass(9 * time.Second), reader("second")}})
	return behindShield(all)
}

// shieldRegressions are schedules in which the quiet period has leaked.
func shieldRegressions() []*scenario {
	return behindShield([]*scenario{
		{name: "an unsafe request through the edge, of which the shield hears late", prepare: cached(longQuiet),
			plays: []play{writer("writer"), pass(9 * time.Second), reader("first")}},
		{name: "a deletion while another request begins a quiet period, and the origin fails", long: true, prepare: endedQuietInOutage, origin: mayFail,
			plays: []play{readerOf("first", post2), purger("editor", edgeFirst, hard), reader("second")}},
	})
}

// behindShield completes scenarios with two POPs.
func behindShield(all []*scenario) []*scenario {
	for _, s := range all {
		s.config, s.posts = mustParse(shieldedFile), []string{post1, post2}
	}
	return all
}

// shieldReader is a client whose POP is the shield.
func shieldReader(name string) play {
	return play{name, func(w *world) { w.getAt(atShield, post1) }}
}

// writer changes a post through the edge, and then reads another one. The
// platform carries the edge's purges to the shield.
func writer(name string) play {
	return play{name, func(w *world) {
		edge := w.pops[atEdge].cache
		before := len(edge.purges)
		w.post(post1)
		carried := edge.purges[before:]
		w.get(post2)
		w.pause(step{what: "the purge arrives" + w.pops[atShield].name, slow: true})
		for _, p := range carried {
			w.must(w.pops[atShield].cache.Purge(p.key, p.soft))
		}
	}}
}

// slowPurger edits, and purges at the edge. A request begins a quiet period
// there, and then the purge reaches the shield.
func slowPurger(name string) play {
	return play{name, func(w *world) {
		w.edit(post1, soft)
		w.get(post2)
		w.pause(step{what: "the purge arrives" + w.pops[atShield].name, slow: true})
		w.purge(atShield, post1, w.posts[post1].version, soft)
	}}
}

func TestNoScheduleUndoesAPurgeBehindAShield(t *testing.T) {
	t.Parallel()
	checkAll(t, shielded())
	checkAll(t, shieldRegressions())
}

func TestSchedulesAtRandomBehindAShield(t *testing.T) {
	t.Parallel()
	sampleAll(t, shielded())
}

// violatedAll shows that all scenarios that need something break without it.
func violatedAll(t *testing.T, o options, needed func(*scenario) bool) {
	for _, s := range shielded() {
		if needed(s) {
			t.Run(s.name, func(t *testing.T) { violated(t, s, o) })
		}
	}
}

func TestWithoutTheQuietPeriodPurgesAreUndone(t *testing.T) {
	t.Parallel()
	violatedAll(t, options{endlessQuiet: true}, func(s *scenario) bool { return s.needs.has(quietPeriod) })
}

func TestWithoutTheFenceOfTheEdgePurgesAreUndone(t *testing.T) {
	t.Parallel()
	violatedAll(t, options{unfenced: true}, func(s *scenario) bool { return s.needs.has(fence) })
}

// The quiet period covers purges that take as long as the configuration says,
// and no longer.
func TestTheQuietPeriodLastsAsLongAsPurgesMayTake(t *testing.T) {
	t.Parallel()
	after := func(d time.Duration) *scenario {
		return behindShield([]*scenario{{prepare: quietEdge, plays: []play{slowPurger("editor"), pass(d), reader("first")}}})[0]
	}
	t.Run("a purge in time is not undone", func(t *testing.T) { check(t, after(9*time.Second)) })
	t.Run("a late one is", func(t *testing.T) { violated(t, after(11*time.Second), options{}) })
}
