//go:build !race

package fencetest

import (
	"strings"
	"testing"
	"time"
)

// These scenarios have two places. A purge comes to one before the other, and
// what it promises it promises to those who ask where it has been.

const post2 = "/posts/mint/"

// shieldedFile is file with a shield that learns of a purge within ten seconds.
var shieldedFile = strings.Replace(file, `"routes"`, `"shield": {"site": "iad-va-us", "purge_delay": "10s"}, "routes"`, 1)

// calmTime is longer than a purge takes to all places.
const calmTime = time.Minute

// Orders in which a purge comes to the places.
var (
	edgeFirst   = []where{atEdge, atShield}
	shieldFirst = []where{atShield, atEdge}
)

// purger edits and purges in the places, in their order.
func purger(name string, places []where, hard ...bool) play {
	return play{name, func(w *world) {
		for _, h := range hard {
			w.edit(post1, h, places...)
		}
	}}
}

// warmShield leaves the item at the shield alone. The edge knows of no calm.
func warmShield(w *world) {
	w.getAt(atShield, post1)
	w.now = w.now.Add(calmTime)
}

// evict takes the item away from the edge as a cache does that has no room: no
// purge, so that a calm goes on.
func evict(w *world) {
	w.fail(w.places[atEdge].cache.model.Purge("post:tea", false))
}

// calmEdge is a cold edge with a long calm behind it, and a warm shield.
func calmEdge(w *world) {
	kept(calmTime)(w)
	evict(w)
}

// staleEdge is an edge whose entry is past its lifetime, where the shield's is
// not.
func staleEdge(w *world) {
	kept(2 * time.Hour)(w)
	w.getAt(atShield, post1)
	w.now = w.now.Add(calmTime)
}

// lateEdge is an edge whose entry is given once more, and revalidated behind
// the answer.
func lateEdge(w *world) {
	kept(time.Hour + time.Second)(w)
	w.getAt(atShield, post1)
}

// purgedEdge is an edge that had a purge long ago, and has been calm since.
func purgedEdge(w *world) {
	kept(calmTime)(w)
	for _, at := range edgeFirst {
		w.request(at, "POST", "/_larder/purge", `{"keys":["post:tea"]}`)
	}
	w.getAt(atShield, post1)
	w.get(post2) // begins the calm
	w.now = w.now.Add(calmTime)
}

// fail ends a scenario that cannot be prepared.
func (w *world) fail(err error) {
	if err != nil {
		w.fault("prepare: %v", err)
	}
}

// judgeShield looks at the shield, and at what the edge takes from there as
// soon as it is calm again.
func (w *world) judgeShield() {
	for _, path := range w.scenario.paths {
		w.getAt(atShield, path)
		w.get(path)
	}
	w.now = w.now.Add(calmTime)
	evict(w)
}

// lateShield is a cold edge, and a shield that gives its entry once more.
func lateShield(w *world) {
	kept(time.Hour + time.Second)(w)
	evict(w)
}

// stirredEdge is a cold edge with a calm that a soft purge ended long ago, of
// which nobody has taken note.
func stirredEdge(w *world) {
	kept(calmTime)(w)
	w.request(atEdge, "POST", "/_larder/purge", `{"keys":["post:other"]}`)
	evict(w)
	w.now = w.now.Add(calmTime)
}

// cutEdge is the same while the origin fails.
func cutEdge(w *world) {
	stirredEdge(w)
	w.down = true
}

// shielded are the scenarios. Where calm is set, the calm protects.
func shielded() []*scenario {
	var all []*scenario
	add := func(s scenario) { all = append(all, &s) }
	for _, edge := range []struct {
		name    string
		prepare func(*world)
		// calm and safe are the scenarios'. keeps says that the edge has an
		// entry, which a soft purge marks.
		calm, safe, keeps bool
	}{
		{"a cold edge that knows of no calm", warmShield, true, false, false},
		{"a cold edge after a long calm", calmEdge, true, false, false},
		{"a stale edge after a long calm", staleEdge, true, false, false},
		{"an edge that is stale just now", lateEdge, true, false, false},
		{"a cold edge whose shield is stale just now", lateShield, true, false, false},
		{"a purged edge after a long calm", purgedEdge, true, false, true},
		{"an edge and a shield that have it", kept(calmTime), true, true, true},
		{"an edge and a shield with nothing", nil, false, false, false},
	} {
		for _, kind := range []struct {
			name string
			hard bool
		}{{"an edit", soft}, {"a deletion", hard}} {
			first, last := purger("editor", edgeFirst, kind.hard), purger("editor", shieldFirst, kind.hard)
			add(scenario{name: edge.name + ", " + kind.name + " comes there first", prepare: edge.prepare, calm: edge.calm && (kind.hard || !edge.keeps), safe: edge.safe,
				plays: []play{reader("first"), first}})
			add(scenario{name: edge.name + ", " + kind.name + " comes to the shield first", prepare: edge.prepare, safe: edge.safe,
				plays: []play{reader("first"), last}})
			add(scenario{name: edge.name + ", two readers, " + kind.name + " comes there first", prepare: edge.prepare, long: true,
				plays: []play{reader("first"), first, reader("second")}})
			add(scenario{name: edge.name + ", two readers, " + kind.name + " comes to the shield first", prepare: edge.prepare, long: true,
				plays: []play{reader("first"), last, reader("second")}})
			add(scenario{name: edge.name + ", " + kind.name + " while the origin fails", prepare: edge.prepare, outage: true, calm: edge.calm && kind.hard,
				plays: []play{reader("first"), first, outage()}})
		}
		add(scenario{name: edge.name + ", and a client of the shield", prepare: edge.prepare, long: true,
			plays: []play{reader("first"), purger("editor", edgeFirst, soft), shieldReader("second")}})
	}
	add(scenario{name: "an edit and a deletion", prepare: calmEdge, calm: true,
		plays: []play{reader("first"), purger("editor", edgeFirst, soft, hard)}})
	add(scenario{name: "a deletion and a publication", prepare: calmEdge, calm: true,
		plays: []play{reader("first"), purger("editor", edgeFirst, hard, soft)}})
	add(scenario{name: "two editors at once", prepare: calmEdge, calm: true, long: true,
		plays: []play{reader("first"), purger("editor", edgeFirst, soft), purger("other editor", edgeFirst, hard)}})
	add(scenario{name: "a purge takes its time to the shield", prepare: calmEdge, calm: true, travels: true,
		plays: []play{reader("first"), purger("editor", edgeFirst, soft), pass(9 * time.Second)}})
	add(scenario{name: "a deletion takes its time to the shield, and the origin fails", prepare: calmEdge, calm: true, travels: true, outage: true,
		plays: []play{reader("first"), purger("editor", edgeFirst, hard), outage(), pass(9 * time.Second)}})
	add(scenario{name: "a request begins the calm, a purge takes its time to the shield", prepare: stirredEdge, travels: true, long: true,
		plays: []play{readerOf("first", post2), purger("editor", edgeFirst, soft), pass(9 * time.Second), reader("second")}})
	for _, s := range all {
		s.setUpShield()
	}
	return all
}

// setUpShield completes a scenario with two places.
func (s *scenario) setUpShield() {
	s.shielded, s.config, s.paths = true, mustParse(shieldedFile), []string{post1, post2}
}

// shieldReader is a client whose place is the shield.
func shieldReader(name string) play {
	return play{name, func(w *world) { w.getAt(atShield, post1) }}
}

func TestNoScheduleUndoesAPurgeBehindAShield(t *testing.T) {
	t.Parallel()
	checkAll(t, shielded())
}

func TestSchedulesAtRandomBehindAShield(t *testing.T) {
	t.Parallel()
	sampleAll(t, shielded())
}

// broken shows that a scenario does not hold where something is broken.
func broken(t *testing.T, s *scenario, o options) {
	o.most = 20_000
	r := shortest(s, o)
	if r.violation == "" {
		t.Fatalf("no violation is found in %d states", r.states)
	}
	if r.hidden == 0 && (o.unfenced || o.calm != calmWorks) {
		t.Error("nothing was made to look intact")
	}
	t.Logf("after %d states:\n%s", r.states, r.violation)
}

func TestWithoutTheCalmPurgesAreUndone(t *testing.T) {
	t.Parallel()
	for _, s := range shielded() {
		t.Run(s.name, func(t *testing.T) {
			if !s.calm || s.long {
				t.Skip("no purge depends on the calm here")
			}
			broken(t, s, options{calm: calmAlways})
		})
	}
}

func TestWithoutTheFenceOfTheEdgePurgesAreUndone(t *testing.T) {
	t.Parallel()
	for _, s := range shielded() {
		t.Run(s.name, func(t *testing.T) {
			if s.outage || s.long || s.safe {
				t.Skip("no purge depends on the fence here, or others show that")
			}
			broken(t, s, options{unfenced: true})
		})
	}
}

// A calm that knows soft purges alone takes a deleted item from the shield.
func TestACalmThatForgetsDeletionsUndoesThem(t *testing.T) {
	t.Parallel()
	for _, s := range shielded() {
		t.Run(s.name, func(t *testing.T) {
			if !s.calm || !s.outage || s.travels {
				t.Skip("the shield is not asked for a copy here")
			}
			broken(t, s, options{calm: calmForgets})
		})
	}
}

// The calm covers purges that take as long as the configuration says, and no
// longer.
func TestTheCalmLastsAsLongAsPurgesMayTake(t *testing.T) {
	t.Parallel()
	after := func(d time.Duration) *scenario {
		s := &scenario{prepare: calmEdge, plays: []play{lingering("editor"), pass(d), reader("first")}}
		s.setUpShield()
		return s
	}
	t.Run("a purge in time is not undone", func(t *testing.T) { check(t, after(9*time.Second)) })
	t.Run("a late one is", func(t *testing.T) { broken(t, after(11*time.Second), options{}) })
}

// lingering edits, and purges at the edge. A request begins a calm there, and
// then the purge comes to the shield.
func lingering(name string) play {
	return play{name, func(w *world) {
		w.edit(post1, soft)
		w.get(post2)
		w.pause(step{what: "the purge arrives" + w.places[atShield].name})
		w.request(atShield, "POST", "/_larder/purge", `{"keys":["post:tea"]}`)
	}}
}
