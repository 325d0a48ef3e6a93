//go:build !race

package fencetest

import (
	"flag"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

var (
	long = flag.Bool("fence.long", false, "explore the larger scenarios too, with writing bodies as steps")
	seed = flag.Uint64("fence.seed", defaultSeed, "for schedules at random")
)

const defaultSeed = 20261123

// races are purges at one POP that race with fetches.
func races() []*scenario {
	return withDefaults([]*scenario{
		{name: "a cold fetch and an edit", needs: fence,
			plays: []play{reader("first"), editor("editor", soft)}},
		{name: "a cold fetch and a deletion", needs: fence,
			plays: []play{reader("first"), editor("editor", hard)}},
		{name: "a reader comes between insertion and check", needs: fence,
			plays: []play{reader("first"), editor("editor", soft), reader("second")}},
		{name: "a deletion during a fetch, and a reader", needs: fence,
			plays: []play{reader("first"), editor("editor", hard), reader("second")}},
		{name: "a cold fetch, an edit and a deletion", needs: fence,
			plays: []play{reader("first"), editor("editor", soft, hard)}},
		{name: "two cold fetches, an edit and a deletion", needs: fence,
			plays: []play{reader("first"), editor("editor", soft, hard), reader("second")}},
		{name: "two fetches of an edited post, an edit and a deletion", needs: fence, prepare: edited,
			plays: []play{reader("first"), editor("editor", soft, hard), reader("second")}},
		{name: "a validation and an edit", needs: fence, prepare: purgedOnly,
			plays: []play{reader("first"), editor("editor", soft), reader("second")}},
		{name: "a validation and a deletion", needs: fence, prepare: purgedOnly,
			plays: []play{reader("first"), editor("editor", hard), reader("second")}},
		{name: "a background revalidation and a deletion", needs: fence, long: true, prepare: cached(time.Hour + time.Second),
			plays: []play{reader("first"), editor("editor", hard), reader("second")}},
		{name: "a fetch of an absent post and its publication", needs: fence, prepare: absent,
			plays: []play{reader("first"), editor("editor", soft), reader("second")}},
		{name: "a fetch and an unsafe request", needs: fence,
			plays: []play{reader("first"), {"writer", func(w *world) { w.post(post1) }}, reader("second")}},
		{name: "a body takes longer than an entry is on probation", needs: fence, origin: streams,
			plays: []play{reader("first"), editor("editor", soft), pass(6 * time.Second), reader("second")}},
		{name: "an edit while the origin fails", origin: mayFail, prepare: cached(time.Minute),
			plays: []play{reader("first"), editor("editor", soft), outage()}},
		{name: "a cold fetch and an edit whose purge is repeated", needs: fence, config: mustParse(repeating(file, `"3s"`)),
			plays: []play{reader("first"), editor("editor", soft)}},
		{name: "followers of a fetch, and an edit", needs: fence, long: true,
			plays: []play{reader("first"), reader("second"), reader("third"), editor("editor", soft)}},
		{name: "two editors at once", needs: fence, prepare: cached(time.Minute),
			plays: []play{reader("first"), editor("editor", soft), editor("other editor", hard), reader("second")}},
		{name: "an edit of a list's item while the list gains another one", needs: fence, posts: []string{post1, post2},
			lists: map[string][]string{menu: {post1}}, prepare: editedMenu,
			plays: []play{readerOf("first", menu), curator(), editorOf("editor", post2, soft)}},
		tenants(),
	})
}

// menu is a list.
const menu = "/lists/menu/"

// editedMenu has a list that is stale because an item was edited, so that the
// keys of the entry are known.
func editedMenu(w *world) {
	w.get(menu)
	w.now = w.now.Add(time.Minute)
	w.edit(post1, soft)
}

// curator adds a post to the list. No purge promises that it shows.
func curator() play {
	return play{"curator", func(w *world) {
		w.pause(step{what: "the list gains " + post2, access: access{kind: originContent, writes: true}})
		w.lists[menu] = []string{post1, post2}
	}}
}

// tenants has a purge of one tenant's post during fetches of both.
func tenants() *scenario {
	const ours, theirs = "/posts/tea/?auth_token=ours", "/posts/tea/?auth_token=theirs"
	return &scenario{
		name:   "an edit of one tenant's post leaves the other's alone",
		config: mustParse(strings.Replace(file, `"routes"`, `"tenant": {"query": "auth_token"}, "routes"`, 1)),
		posts:  []string{ours, theirs},
		needs:  fence,
		plays: []play{
			readerOf("we", ours),
			readerOf("they", theirs),
			{"our editor", func(w *world) { w.edit(ours, soft) }},
		},
		finally: func(w *world) {
			before := w.fetches[theirs]
			if status := w.get(theirs); !strings.Contains(status, "; hit") || w.fetches[theirs] != before {
				w.fault("the purge touched the other tenant's entry: %s", status)
			}
		},
	}
}

// regressions are schedules in which the fence has leaked.
func regressions() []*scenario {
	return withDefaults([]*scenario{
		{name: "a background revalidation and an edit", long: true, prepare: cached(time.Hour + time.Second),
			plays: []play{reader("first"), editor("editor", soft), reader("second")}},
		{name: "a deletion during a fetch, then an outage", origin: mayFail,
			plays: []play{reader("first"), editor("editor", hard), outage(), reader("second")}},
		{name: "a deletion during a validation, then an outage", origin: mayFail, prepare: purgedOnly,
			plays: []play{reader("first"), editor("editor", hard), outage()}},
	})
}

// scans are purges by a host that goes through its objects one by one.
func scans() []*scenario {
	all := []*scenario{
		{name: "a cold fetch and an edit", needs: secondPass,
			plays: []play{reader("first"), editor("editor", soft)}},
		{name: "a cold fetch and a deletion", needs: secondPass,
			plays: []play{reader("first"), editor("editor", hard)}},
		{name: "a reader comes between insertion and check", needs: secondPass,
			plays: []play{reader("first"), editor("editor", soft), reader("second")}},
		{name: "a validation and an edit", needs: secondPass, prepare: purgedOnly,
			plays: []play{reader("first"), editor("editor", soft), reader("second")}},
		{name: "a validation and a deletion", needs: secondPass, prepare: purgedOnly,
			plays: []play{reader("first"), editor("editor", hard), reader("second")}},
		{name: "a fetch and an unsafe request", needs: secondPass,
			plays: []play{reader("first"), {"writer", func(w *world) { w.post(post1) }}}},
		{name: "an edit of a list's item while the list gains another one", posts: []string{post1, post2},
			lists: map[string][]string{menu: {post1}}, prepare: editedMenu,
			plays: []play{readerOf("first", menu), curator(), editorOf("editor", post2, soft)}},
	}
	for _, s := range all {
		s.name, s.oneByOne = "one by one: "+s.name, true
	}
	return withDefaults(all)
}

func TestNoScheduleUndoesAPurge(t *testing.T) {
	t.Parallel()
	checkAll(t, races())
	checkAll(t, scans())
	checkAll(t, regressions())
}

func TestWithoutTheFencePurgesAreUndone(t *testing.T) {
	t.Parallel()
	for _, s := range races() {
		if s.needs.has(fence) {
			t.Run(s.name, func(t *testing.T) { violated(t, s, options{unfenced: true}) })
		}
	}
}

func TestAPurgeOneByOneIsUndoneIfItComesOnce(t *testing.T) {
	t.Parallel()
	for _, s := range scans() {
		if s.needs.has(secondPass) {
			t.Run(s.name, func(t *testing.T) { violated(t, s, options{once: true}) })
		}
	}
}

func TestSchedulesAtRandom(t *testing.T) {
	t.Parallel()
	sampleAll(t, races())
}

// checkAll proves scenarios; the long ones only where that is asked for.
func checkAll(t *testing.T, all []*scenario) {
	for _, s := range all {
		if !s.long || *long {
			t.Run(s.name, func(t *testing.T) { check(t, s) })
		}
	}
}

// check proves that a scenario holds, or shows the shortest schedule in which
// it does not.
func check(t *testing.T, s *scenario) {
	o := options{fine: *long && !s.long}
	switch {
	case s.long:
		o.most = 300_000
	case *long:
		o.most = 60_000
	}
	r := prove(s, o)
	extent := "all"
	if !r.complete {
		extent = "the first"
	}
	t.Logf("%s %d states, in %d runs", extent, r.states, r.runs)
	if r.violation != "" {
		o.most = 20_000
		if short := shortest(s, o); short.violation != "" {
			r = short
		}
		t.Errorf("the promise is broken:\n%s", r.violation)
		return
	}
	checkLimits(t, s, r)
}

// violated shows that a scenario does not hold where something is broken.
func violated(t *testing.T, s *scenario, o options) {
	r := prove(s, o)
	if r.violation == "" {
		t.Fatalf("no violation is found in %d states", r.states)
	}
	if r.hidden == 0 && (o.unfenced || o.endlessQuiet) {
		t.Error("nothing was made to look intact")
	}
	t.Logf("after %d states:\n%s", r.states, r.violation)
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
				t.Errorf("the promise is broken:\n%s", r.violation)
			}
		})
	}
}

// TestTheProofSeesAllStates compares it with the search that leaves nothing
// out.
func TestTheProofSeesAllStates(t *testing.T) {
	t.Parallel()
	unordered, others := unorderedRaces(), innocents()
	for _, s := range []*scenario{
		races()[0], races()[1], shielded()[0], shielded()[1], unordered[0], unordered[1], unordered[3],
		&others[1].scenario, &others[2].scenario,
	} {
		t.Run(s.name, func(t *testing.T) {
			s.finally = nil // the search is not to end early
			all, few := shortest(s, options{}), prove(s, options{})
			if !all.complete || all.states != few.states {
				t.Errorf("it sees %d of %d states", few.states, all.states)
			}
		})
	}
}
