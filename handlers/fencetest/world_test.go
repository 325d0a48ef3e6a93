//go:build !race

package fencetest

import (
	"fmt"
	"hash/maphash"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// world is one run of a scenario: a POP with its cache, or an edge and its
// shield, an origin, a clock, and the actors. One actor runs at a time.
type world struct {
	scenario *scenario
	seed     maphash.Seed
	// fine makes steps of writing bodies too. Only a request that waits for a
	// body can tell when it is written, so other runs do without.
	fine bool
	// pops are the edge, which gets the clients' requests, and its shield where
	// there is one.
	pops []*pop
	now  time.Time
	// posts and lists are what the origin has, by their paths; a list has the
	// paths of its posts.
	posts map[string]*post
	lists map[string][]string
	down  bool // the origin

	actors  []*actor // nil where a message has not been sent
	slots   *slots
	running *actor // nil during set-up and judgement
	outside actor
	aborted bool
	faults  []string
	// excess is what went over the limits of fetches and flights.
	excess []string
	// fetches counts the GETs that reached the origin, by path, and underWay
	// those of a POP that have not ended.
	fetches  map[string]int
	underWay map[fetchKey]int
	// results are the objects that tell how a flight's fetch has ended, by when
	// they were stored; stored counts all objects.
	results map[stored]int
	stored  int
	trace   *[]string
}

// post is a content item and what is known of its purges.
type post struct {
	version int
	gone    bool
	// announced is the version from which on a POP has promised to serve
	// nothing older; deleted counts hard purges only.
	announced, deleted [2]int
}

func newWorld(s *scenario, o options) *world {
	w := &world{
		scenario: s,
		seed:     o.seed,
		fine:     o.fine,
		now:      time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		posts:    map[string]*post{},
		lists:    maps.Clone(s.lists),
		slots:    o.slots,
		outside:  actor{name: "a request after all others"},
		fetches:  map[string]int{},
		underWay: map[fetchKey]int{},
		results:  map[stored]int{},
		trace:    o.trace,
	}
	w.pops = []*pop{newPOP(w, atEdge, o)}
	if s.config.Shield != nil {
		w.pops = append(w.pops, newPOP(w, atShield, o))
	}
	for _, path := range s.posts {
		w.posts[path] = &post{version: 1, announced: [2]int{1, 1}, deleted: [2]int{1, 1}}
	}
	if s.prepare != nil {
		s.prepare(w)
	}
	clear(w.fetches)
	w.excess = nil
	for _, p := range s.plays {
		w.enter(p)
	}
	return w
}

// demands are the oldest versions that a request to a POP may get if it begins
// now.
func (w *world) demands(at location) map[string]int {
	demands := make(map[string]int, len(w.posts))
	for path, p := range w.posts {
		demands[path] = p.announced[at]
		if w.scenario.origin == mayFail {
			demands[path] = p.deleted[at]
		}
	}
	return demands
}

// announce is the promise of a POP that nothing older is served from now on.
func (w *world) announce(at location, path string, version int, hard bool) {
	p := w.posts[path]
	p.announced[at] = max(p.announced[at], version)
	if hard {
		p.deleted[at] = max(p.deleted[at], version)
	}
}

func (w *world) fault(format string, args ...any) {
	if w.aborted {
		return // it was given up, not broken
	}
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

// must makes an error of the set-up a fault.
func (w *world) must(err error) {
	if err != nil {
		w.fault("set-up: %v", err)
	}
}

// log takes the App's log. The App recovers from panics, but must not have to.
func (w *world) log(format string, args ...any) {
	if line := fmt.Sprintf(format, args...); !w.aborted && strings.HasPrefix(line, "panic") {
		w.fault("%s", line)
	}
}

// fingerprint stands for everything that decides what can happen from here.
func (w *world) fingerprint() uint64 {
	b := make([]byte, 0, 2<<10)
	number := func(n int) { b = append(strconv.AppendInt(b, int64(n), 36), ' ') }
	flag := func(yes bool) { b = append(strconv.AppendBool(b, yes), ' ') }
	for i, a := range w.actors {
		if a == nil {
			continue
		}
		number(i)
		b = strconv.AppendUint(b, a.history, 36)
		flag(a.done)
		flag(a.begun)
		b = append(append(b, a.pending.what...), '\n')
		for _, path := range w.scenario.posts {
			number(a.demands[path])
		}
	}
	for _, path := range w.scenario.posts {
		p := w.posts[path]
		for _, n := range [...]int{p.version, p.announced[0], p.announced[1], p.deleted[0], p.deleted[1]} {
			number(n)
		}
		flag(p.gone)
	}
	for _, path := range slices.Sorted(maps.Keys(w.lists)) {
		b = append(b, strings.Join(w.lists[path], " ")...)
	}
	number(int(w.now.UnixNano()))
	flag(w.down)
	var objects uint64 // their order must not count
	for _, p := range w.pops {
		for key := range p.cache.keys {
			holder := p.cache.holders[key] != nil
			objects += maphash.String(w.seed, p.name+key+"\n"+strconv.FormatBool(holder)+p.cache.find(key)+p.cache.lastTags[key])
		}
		number(len(p.cache.writing))
	}
	b = strconv.AppendUint(b, objects, 36)
	return maphash.Bytes(w.seed, b)
}

// judge looks at a world in which all actors are done: the requests after that
// must get what they should, whatever is in the cache.
func (w *world) judge() {
	for _, p := range w.pops {
		if n := p.cache.model.Open(); n != 0 {
			w.fault("%d handles are still open%s", n, p.name)
		}
	}
	if w.scenario.finally != nil {
		w.scenario.finally(w)
	}
	if w.scenario.config.Shield != nil {
		w.judgeShield()
	}
	// Requests no longer look at leases, so the entry alone counts.
	w.now = w.now.Add(6 * time.Second)
	for _, path := range w.scenario.posts {
		w.get(path)
	}
	for _, path := range slices.Sorted(maps.Keys(w.lists)) {
		w.get(path)
	}
}

var entryID = regexp.MustCompile(`[a-z]+\d+i`)

// shorten leaves what a reader of schedules needs of an object's description.
func shorten(what string) string {
	state, metadata, found := strings.Cut(what, ` "`)
	if !found {
		return what
	}
	text := strings.TrimSuffix(state, ",")
	if id := entryID.FindString(metadata); id != "" {
		text += ", entry " + id
	}
	if at := strings.LastIndex(metadata, `", `); at >= 0 {
		text += metadata[at+1:]
	}
	return text
}

func compact(name string) string { return strings.ReplaceAll(name, " ", "") }
