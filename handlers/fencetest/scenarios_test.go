//go:build !race

package fencetest

import (
	"flag"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"larder/config"
)

// scenario is a small world in which a purge may be undone.
type scenario struct {
	name   string
	config *config.Config
	paths  []string
	// prepare brings the world into the state in which the actors enter.
	prepare func(*world)
	plays   []play
	// finally looks at the world when all actors are done.
	finally func(*world)
	// streams makes bodies arrive in two pieces, of which the second goes
	// straight into the cache.
	streams bool
	// outage says that the origin may fail. Then an edited item may be given
	// as it was, but not a deleted one.
	outage bool
	// shielded puts a shield between the edge and the origin, and travels lets
	// time pass while a purge is on its way from one to the other.
	shielded, travels bool
	// calm says that the scenario depends on the calm.
	calm bool
	// safe says that the scenario holds without the fence too.
	safe bool
	long bool
}

const post1 = "/posts/tea/"

func reader(name string) play { return readerOf(name, post1) }

func readerOf(name, path string) play {
	return play{name, func(w *world) { w.get(path) }}
}

func editor(name string, hard ...bool) play {
	return play{name, func(w *world) {
		for _, h := range hard {
			w.edit(post1, h)
		}
	}}
}

const (
	soft = false
	hard = true
)

func pass(d time.Duration) play {
	return play{"time", func(w *world) {
		w.pause(step{what: d.String() + " pass", ready: w.idle})
		w.now = w.now.Add(d)
	}}
}

// idle reports whether all actors wait for an origin or for a purge to arrive,
// or have not begun. Time
// passes only then: the cache takes none worth the name.
func (w *world) idle() bool {
	for _, a := range w.actors {
		if a.begun && !a.done && !strings.HasPrefix(a.pending.what, "the origin") && !strings.HasPrefix(a.pending.what, "the purge") {
			return false
		}
	}
	return true
}

func outage() play {
	return play{"origin", func(w *world) {
		w.pause(step{what: "the origin fails from now on"})
		w.down = true
	}}
}

// kept fills the cache and lets time pass.
func kept(age time.Duration) func(*world) {
	return func(w *world) {
		w.get(post1)
		w.now = w.now.Add(age)
	}
}

// purged fills the cache, lets the entry settle and soft-purges it.
func purged(w *world) {
	kept(time.Minute)(w)
	w.edit(post1, soft)
}

// missing has a 404 instead of the item, which has been asked for already.
func missing(w *world) {
	w.posts[post1].gone = true
	kept(time.Minute)(w)
}

// touched is the same without an edit, so that validating succeeds.
func touched(w *world) {
	kept(time.Minute)(w)
	w.request(atEdge, "POST", "/_larder/purge", `{"keys":["post:tea"]}`)
}

func scenarios() []*scenario {
	all := []*scenario{
		{name: "a cold fetch is overtaken by an edit",
			plays: []play{reader("first"), editor("editor", soft)}},
		{name: "a cold fetch is overtaken by a deletion",
			plays: []play{reader("first"), editor("editor", hard)}},
		{name: "a reader comes between insertion and check",
			plays: []play{reader("first"), editor("editor", soft), reader("second")}},
		{name: "a deletion during a fetch, and a reader",
			plays: []play{reader("first"), editor("editor", hard), reader("second")}},
		{name: "two cold fetches, an edit and a deletion",
			plays: []play{reader("first"), editor("editor", soft, hard), reader("second")}},
		{name: "two stale fetches, an edit and a deletion", prepare: purged,
			plays: []play{reader("first"), editor("editor", soft, hard), reader("second")}},
		{name: "a validation is overtaken by an edit", prepare: touched,
			plays: []play{reader("first"), editor("editor", soft), reader("second")}},
		{name: "a validation is overtaken by a deletion", prepare: touched,
			plays: []play{reader("first"), editor("editor", hard), reader("second")}},
		{name: "a revalidation behind the answer is overtaken by a deletion", prepare: kept(time.Hour + time.Second),
			plays: []play{reader("first"), editor("editor", hard), reader("second")}},
		{name: "a fetch of a missing item is overtaken by its publication", prepare: missing,
			plays: []play{reader("first"), editor("editor", soft), reader("second")}},
		{name: "a fetch is overtaken by an unsafe request",
			plays: []play{reader("first"), {"writer", func(w *world) { w.post(post1) }}, reader("second")}},
		{name: "a body that takes its time is overtaken by an edit", streams: true,
			plays: []play{reader("first"), editor("editor", soft), pass(2 * time.Second), reader("second")}},
		{name: "an edit while the origin fails", outage: true, safe: true, prepare: kept(time.Minute),
			plays: []play{reader("first"), editor("editor", soft), outage()}},
		{name: "followers of a fetch, and an edit",
			plays: []play{reader("first"), reader("second"), reader("third"), editor("editor", soft)}, long: true},
		{name: "two editors at once", prepare: kept(time.Minute),
			plays: []play{reader("first"), editor("editor", soft), editor("other editor", hard), reader("second")}, long: true},
	}
	all = append(all, tenants())
	for _, s := range all {
		s.setUp()
	}
	return all
}

// setUp completes a scenario.
func (s *scenario) setUp() {
	if s.config == nil {
		s.config, s.paths = mustParse(file), []string{post1}
	}
}

// tenants has a purge of one tenant's item during fetches of both.
func tenants() *scenario {
	const ours, theirs = "/posts/tea/?auth_token=ours", "/posts/tea/?auth_token=theirs"
	return &scenario{
		name:   "an edit of one tenant's item leaves the other's alone",
		config: mustParse(strings.Replace(file, `"routes"`, `"tenant": {"query": "auth_token"}, "routes"`, 1)),
		paths:  []string{ours, theirs},
		plays: []play{
			readerOf("we", ours),
			readerOf("they", theirs),
			{"our editor", func(w *world) { w.edit(ours, soft) }},
		},
		finally: func(w *world) {
			before := w.asked
			if status := w.get(theirs); !strings.Contains(status, "; hit") || w.asked != before {
				w.fault("the purge touched the other tenant's entry: %s", status)
			}
		},
	}
}

// file has an hour of freshness, a minute of stale-while-revalidate and a day
// of stale-if-error.
const file = `{
  "origins": [{"name": "primary", "host": "api.example"}],
  "lifetimes": {"ttl": "1h", "stale_while_revalidate": "1m", "stale_if_error": "1d", "not_found_ttl": "30s"},
  "routes": [{"name": "post", "path": "/posts/{slug}/", "keys": ["post:{slug}"],
    "items": [{"each": "data", "keys": ["post:{slug}"]}]}]
}`

var long = flag.Bool("fence.long", false, "explore the larger scenarios too, with writing bodies as steps")

// check proves that a scenario holds, or shows the shortest schedule in which
// it does not.
func check(t *testing.T, s *scenario) {
	o := options{fine: *long}
	if *long {
		o.most = 60_000
	}
	r := prove(s, o)
	extent := "all"
	if !r.complete {
		extent = "the first"
	}
	t.Logf("%s %d states, in %d runs", extent, r.states, r.runs)
	if r.violation == "" {
		return
	}
	o.most = 20_000
	if short := shortest(s, o); short.violation != "" {
		r = short
	}
	t.Errorf("a purge is undone:\n%s", r.violation)
}

func TestNoScheduleUndoesAPurge(t *testing.T) {
	t.Parallel()
	checkAll(t, scenarios())
}

func checkAll(t *testing.T, all []*scenario) {
	for _, s := range all {
		t.Run(s.name, func(t *testing.T) {
			if s.long && !*long {
				t.Skip("only with -fence.long")
			}
			check(t, s)
		})
	}
}

func TestWithoutTheFencePurgesAreUndone(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			if s.safe {
				t.Skip("no purge depends on the fence here")
			}
			r := shortest(s, options{unfenced: true})
			if r.violation == "" {
				t.Fatalf("no violation is found in %d states", r.states)
			}
			if r.hidden == 0 {
				t.Error("no lease was looked up, so the fence was not off")
			}
			t.Logf("after %d states:\n%s", r.states, r.violation)
		})
	}
}

// TestTheProofSeesAllStates compares it with the search that leaves nothing
// out.
func TestTheProofSeesAllStates(t *testing.T) {
	t.Parallel()
	for _, s := range append(scenarios()[:3], shielded()[0], shielded()[1]) {
		t.Run(s.name, func(t *testing.T) {
			o := options{most: 4_000}
			all, few := shortest(s, o), prove(s, o)
			if all.complete && all.states != few.states {
				t.Errorf("it sees %d of %d states", few.states, all.states)
			}
		})
	}
}

var seed = flag.Uint64("fence.seed", 20261123, "for schedules at random")

func TestSchedulesAtRandom(t *testing.T) {
	t.Parallel()
	sampleAll(t, scenarios())
}

func sampleAll(t *testing.T, all []*scenario) {
	runs := 100
	if *long {
		runs = 20_000
	}
	t.Logf("seed %d", *seed)
	for i, s := range all {
		t.Run(s.name, func(t *testing.T) {
			r := sample(s, options{fine: true}, rand.New(rand.NewPCG(*seed, uint64(i))), runs)
			if r.violation != "" {
				t.Errorf("a purge is undone:\n%s", r.violation)
			}
		})
	}
}
