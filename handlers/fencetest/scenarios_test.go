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

// idle reports whether all actors wait for an origin, or have not begun. Time
// passes only then: the cache takes none worth the name.
func (w *world) idle() bool {
	for _, a := range w.actors {
		if a.begun && !a.done && !strings.HasPrefix(a.pending.what, "the origin") {
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

// touched is the same without an edit, so that validating succeeds.
func touched(w *world) {
	kept(time.Minute)(w)
	w.request("POST", "/_larder/purge", `{"keys":["post:tea"]}`)
}

func scenarios() []*scenario {
	plain := mustParse(file)
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
		{name: "a revalidation behind the answer is overtaken by an edit", prepare: kept(time.Hour + time.Second),
			plays: []play{reader("first"), editor("editor", soft), reader("second")}},
		{name: "a revalidation behind the answer is overtaken by a deletion", prepare: kept(time.Hour + time.Second),
			plays: []play{reader("first"), editor("editor", hard), reader("second")}},
		{name: "a body takes longer than an entry is on probation", streams: true,
			plays: []play{reader("first"), editor("editor", soft), pass(6 * time.Second), reader("second")}},
		{name: "a deletion during a fetch, then an outage", outage: true,
			plays: []play{reader("first"), editor("editor", hard), outage(), reader("second")}},
		{name: "a deletion during a validation, then an outage", outage: true, prepare: touched,
			plays: []play{reader("first"), editor("editor", hard), outage()}},
		{name: "followers of a fetch, and an edit",
			plays: []play{reader("first"), reader("second"), reader("third"), editor("editor", soft)}, long: true},
		{name: "two editors at once", prepare: kept(time.Minute),
			plays: []play{reader("first"), editor("editor", soft), editor("other editor", hard), reader("second")}, long: true},
	}
	for _, s := range all {
		s.config = plain
		s.paths = []string{post1}
	}
	return append(all, tenants())
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

func (s *scenario) setUp() {
	if prepare := s.prepare; prepare != nil {
		s.prepare = func(w *world) { s.stock(w); prepare(w) }
		return
	}
	s.prepare = s.stock
}

func (s *scenario) stock(w *world) {
	for _, path := range s.paths {
		w.posts[path] = &post{version: 1, announced: 1, deleted: 1}
	}
}

var long = flag.Bool("fence.long", false, "explore the larger scenarios too, with writing bodies as steps")

func TestNoScheduleUndoesAPurge(t *testing.T) {
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			if s.long && !*long {
				t.Skip("only with -fence.long")
			}
			s.setUp()
			started := time.Now()
			r := prove(s, options{fine: *long})
			t.Logf("%d states, %d runs, %d ends, %v", r.states, r.runs, r.ends, time.Since(started))
			if r.violation != "" {
				t.Errorf("a purge is undone:\n%s", r.violation)
			}
		})
	}
}

func TestWithoutTheFencePurgesAreUndone(t *testing.T) {
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			if s.safe || s.long && !*long {
				t.Skip()
			}
			s.setUp()
			r := shortest(s, options{unfenced: true})
			t.Logf("%d states, %d runs", r.states, r.runs)
			if r.violation == "" {
				t.Error("no violation is found")
			}
			t.Logf("\n%s", r.violation)
		})
	}
}

var seed = flag.Uint64("fence.seed", 20261123, "for schedules at random")

func TestSchedulesAtRandom(t *testing.T) {
	for _, s := range scenarios() {
		t.Run(s.name, func(t *testing.T) {
			s.setUp()
			r := sample(s, options{fine: true}, rand.New(rand.NewPCG(*seed, 1)), 300)
			t.Logf("seed %d: %d runs", *seed, r.runs)
			if r.violation != "" {
				t.Errorf("a purge is undone:\n%s", r.violation)
			}
		})
	}
}

func TestTheShortProofSeesAllStates(t *testing.T) {
	for _, s := range scenarios()[:4] {
		t.Run(s.name, func(t *testing.T) {
			s.setUp()
			if all, few := shortest(s, options{}), prove(s, options{}); all.states != few.states {
				t.Errorf("it sees %d of %d states", few.states, all.states)
			}
		})
	}
}
