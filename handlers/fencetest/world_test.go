//go:build !race

package fencetest

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/handlers"
	"larder/origin"
	"larder/purge"
	"larder/resource"
)

// world is one run of a scenario: a place with its cache, or an edge and its
// shield, an origin, a clock, and the actors, of whom one at a time does a
// step.
type world struct {
	scenario *scenario
	seed     maphash.Seed
	// fine makes steps of writing bodies too. Nobody but those who wait for
	// the body can tell when it is written, so that other runs do without.
	fine bool
	// places are the edge, at which clients ask, and its shield where there is
	// one.
	places []*place
	now    time.Time
	posts  map[string]*post
	down   bool // the origin

	actors  []*actor
	running *actor // nil while the world is prepared and judged
	aborted bool
	faults  []string
	ids     int
	asked   int // requests to the origin
	trace   *[]string
}

// post is a content item and what is known of its purges.
type post struct {
	version int
	gone    bool
	// announced is the version whose purge was acknowledged in a place; deleted
	// the same of hard purges alone.
	announced, deleted [2]int
}

// actor is a coroutine that does steps.
type actor struct {
	name    string
	next    func() (step, bool)
	stop    func()
	yield   func(step) bool
	pending step
	done    bool
	begun   bool
	// history is a hash of all that the actor has observed. Actors are
	// deterministic, so it stands for their state.
	history uint64
	ids     int
	steps   int
	// at is where it asks; demands are the oldest versions that an answer may
	// have.
	at      where
	demands map[string]int
}

// step is what an actor does when it goes on.
type step struct {
	what string
	// ready reports whether it could go on now; nil means always.
	ready func() bool
	// on is what the step reads, or writes.
	on     sharedObject
	writes bool
}

// sharedObject is something that steps can share. Without a key it is all of its
// kind, and the zero value is everything. Without a place it is in none.
type sharedObject struct {
	kind  kind
	place *place
	key   string
}

type kind uint8

const (
	everything kind = iota
	content
	lease
	flight
	originContent
)

// independent reports whether two steps of different actors lead to the same
// world in either order, and neither makes the other possible or impossible.
func independent(a, b step) bool {
	switch {
	case a.on.place != nil && b.on.place != nil && a.on.place != b.on.place:
		return true
	case a.on.kind == everything || b.on.kind == everything:
		return false
	case a.on.kind != b.on.kind || !a.writes && !b.writes:
		return true
	}
	return a.on.key != "" && b.on.key != "" && a.on.key != b.on.key
}

// play is what an actor does.
type play struct {
	name string
	do   func(*world)
}

func newWorld(s *scenario, o options) *world {
	w := &world{
		scenario: s,
		seed:     o.seed,
		fine:     o.fine,
		now:      time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		posts:    map[string]*post{},
		trace:    o.trace,
	}
	w.places = []*place{newPlace(w, atEdge, o)}
	if s.shielded {
		w.places = append(w.places, newPlace(w, atShield, o))
	}
	for _, path := range s.paths {
		w.posts[path] = &post{version: 1, announced: [2]int{1, 1}, deleted: [2]int{1, 1}}
	}
	if s.prepare != nil {
		s.prepare(w)
	}
	w.asked = 0
	for _, p := range s.plays {
		w.enter(p)
	}
	return w
}

// enter starts an actor and stops it before its first step.
func (w *world) enter(p play) {
	a := &actor{name: p.name}
	a.next, a.stop = iter.Pull(func(yield func(step) bool) {
		a.yield = yield
		defer func() {
			if cause := recover(); cause != nil && !w.aborted {
				w.fault("%s panics: %v", p.name, cause)
			}
		}()
		p.do(w)
	})
	w.actors = append(w.actors, a)
	w.advance(a)
}

func (w *world) advance(a *actor) {
	w.running = a
	var more bool
	a.pending, more = a.next()
	a.done = !more
	w.running = nil
}

// pause lets others go first. In a run that is given up it does not return.
func (w *world) pause(s step) {
	a := w.running
	if w.aborted {
		panic(errAborted)
	}
	if a == nil {
		return
	}
	if !a.yield(s) {
		w.aborted = true
		panic(errAborted)
	}
	if !a.begun {
		// A request begins as late as it can: its first step is the first
		// moment at which anybody could tell.
		a.begun, a.demands = true, w.demands(a.at)
	}
	a.steps++
	w.note(s.what)
}

// pauseToWrite is a step only where it must be: in fine runs, and where the
// body is not written in the step of the insertion, from the given one on.
func (w *world) pauseToWrite(what string, inserted int) {
	if w.fine || w.aborted || w.running != nil && w.running.steps != inserted {
		w.pause(step{what: what})
	}
}

// steps of the running actor so far.
func (w *world) steps() int {
	if w.running == nil {
		return 0
	}
	return w.running.steps
}

// demands are what a request that begins now in a place must be given.
func (w *world) demands(at where) map[string]int {
	demands := make(map[string]int, len(w.posts))
	for path, p := range w.posts {
		demands[path] = p.announced[at]
		if w.scenario.outage {
			demands[path] = p.deleted[at]
		}
	}
	return demands
}

func (w *world) note(what string) {
	if w.trace != nil && w.running != nil {
		*w.trace = append(*w.trace, fmt.Sprintf("%-12s %s", w.running.name, what))
	}
}

// observe adds to what the running actor knows.
func (w *world) observe(what string) {
	a := w.running
	if a == nil {
		return
	}
	a.history = maphash.String(w.seed, strconv.FormatUint(a.history, 36)+what)
	if w.trace != nil && len(*w.trace) > 0 {
		(*w.trace)[len(*w.trace)-1] += " → " + shorten(what)
	}
}

var entryID = regexp.MustCompile(`[a-z]+\d+i`)

// shorten leaves of an object's description what a reader of schedules wants.
func shorten(what string) string {
	state, metadata, found := strings.Cut(what, ` "`)
	if !found {
		return what
	}
	text := strings.TrimSuffix(state, ",")
	if metadata == `s"` || metadata == `h"` {
		text += ", after " + map[string]string{`s"`: "a soft purge", `h"`: "a hard purge"}[metadata]
	}
	if id := entryID.FindString(metadata); id != "" {
		text += ", entry " + id
	}
	if _, obliged, ok := strings.Cut(metadata, `", `); ok {
		text += ", " + obliged
	}
	return text
}

func (w *world) fault(format string, args ...any) {
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

// log takes the App's log. It recovers from panics, and must not have to.
func (w *world) log(format string, args ...any) {
	if line := fmt.Sprintf(format, args...); !w.aborted && strings.HasPrefix(line, "panic") {
		w.fault("%s", line)
	}
}

// newID names entries after the actor, so that schedules which differ only in
// the order of independent steps lead to equal worlds.
func (w *world) newID() string {
	if w.running == nil {
		w.ids++
		return fmt.Sprintf("setup%di", w.ids)
	}
	w.running.ids++
	return fmt.Sprintf("%s%di", strings.ReplaceAll(w.running.name, " ", ""), w.running.ids)
}

// enabled are the actors that can do a step.
func (w *world) enabled() []int {
	var all []int
	for i, a := range w.actors {
		if !a.done && (a.pending.ready == nil || a.pending.ready()) {
			all = append(all, i)
		}
	}
	return all
}

func (w *world) finished() bool {
	for _, a := range w.actors {
		if !a.done {
			return false
		}
	}
	return true
}

// close gives up the actors that are not done.
func (w *world) close() {
	for _, a := range w.actors {
		w.running = a
		a.stop()
	}
	w.running = nil
}

// fingerprint stands for everything that decides what can happen from here.
func (w *world) fingerprint() uint64 {
	var h maphash.Hash
	h.SetSeed(w.seed)
	for _, a := range w.actors {
		fmt.Fprintf(&h, "%x %v %v %s\n", a.history, a.done, a.begun, a.pending.what)
		for _, path := range w.scenario.paths {
			fmt.Fprint(&h, a.demands[path], " ")
		}
	}
	for _, path := range w.scenario.paths {
		fmt.Fprint(&h, *w.posts[path])
	}
	fmt.Fprint(&h, w.now.Unix(), w.down)
	var objects uint64 // their order must not count
	for _, p := range w.places {
		for key := range p.cache.keys {
			holder := p.cache.holders[key] != nil
			objects += maphash.String(w.seed, p.name+key+"\n"+strconv.FormatBool(holder)+p.cache.find(key))
		}
		fmt.Fprint(&h, len(p.cache.writing), " ")
	}
	fmt.Fprint(&h, objects)
	return h.Sum64()
}

// judge looks at a world in which all actors are done: whatever they left in
// the cache, the next request gets what it should.
func (w *world) judge() {
	for _, p := range w.places {
		if n := p.cache.model.Open(); n != 0 {
			w.fault("%d handles are still open%s", n, p.name)
		}
	}
	if w.scenario.finally != nil {
		w.scenario.finally(w)
	}
	if w.scenario.shielded {
		w.judgeShield()
	}
	for _, path := range w.scenario.paths {
		w.get(path)
	}
}

// Do is the origin. It answers with what it has in the moment of the step;
// how long that is under way is up to the scheduler.
func (w *world) Do(_ context.Context, req *origin.Request, _ int64) (*origin.Response, error) {
	w.pause(step{what: "the origin answers", on: sharedObject{kind: originContent}, writes: req.Method == http.MethodPost})
	w.asked++
	if req.Method == http.MethodPost {
		p := w.posts[req.Path]
		p.version++
		w.observe(fmt.Sprintf("version %d", p.version))
		return &origin.Response{Origin: "primary", Status: http.StatusNoContent, Header: http.Header{}, RequestTime: w.now, ResponseTime: w.now}, nil
	}
	if w.down {
		w.observe("an error")
		return nil, fmt.Errorf("%w: connection refused", origin.ErrUnavailable)
	}
	path := req.Path
	if req.Query != "" {
		path += "?" + req.Query
	}
	p := w.posts[path]
	if p == nil {
		return nil, errors.New("the scenario has no such path")
	}
	resp := &origin.Response{
		Origin: "primary", Status: http.StatusOK, RequestTime: w.now, ResponseTime: w.now,
		Header: http.Header{"Content-Type": {"application/json"}, "Etag": {fmt.Sprintf(`"v%d"`, p.version)}},
		Body:   []byte(fmt.Sprintf(`{"data":[{"slug":"tea","version":%d,"path":%q}]}`, p.version, path)),
	}
	switch {
	case p.gone:
		resp.Status = http.StatusNotFound
	case req.Header.Get("If-None-Match") == resp.Header.Get("Etag"):
		resp.Status, resp.Body = http.StatusNotModified, nil
	case w.scenario.streams:
		resp.Header.Set("Content-Length", strconv.Itoa(len(resp.Body)))
		resp.Remainder = &slowBody{w, resp.Body[10:]}
		resp.Body = resp.Body[:10]
	}
	w.observe(fmt.Sprintf("%d, version %d", resp.Status, p.version))
	return resp, nil
}

// slowBody is the rest of a body that takes its time.
type slowBody struct {
	world *world
	rest  []byte
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.world.aborted {
		return 0, errAborted
	}
	if len(b.rest) == 0 {
		return 0, io.EOF
	}
	b.world.pause(step{what: "the origin sends the rest"})
	n := copy(p, b.rest)
	b.rest = b.rest[n:]
	return n, nil
}

func (b *slowBody) Close() error { return nil }

// get is a client's request to the edge, and checks its answer.
func (w *world) get(path string) string { return w.getAt(atEdge, path) }

// getAt is the same in any place.
func (w *world) getAt(at where, path string) string {
	demands := w.demands(at)
	if w.running != nil {
		w.running.at = at
	}
	r := w.request(at, http.MethodGet, path, "")
	if w.aborted {
		return ""
	}
	if w.running != nil {
		demands = w.running.demands
	}
	w.note(fmt.Sprintf("is answered %d %s", r.status, r.body))
	found := versionOf.FindStringSubmatch(r.body)
	if found == nil {
		if !w.scenario.outage {
			w.fault("the answer is %d %s", r.status, r.body)
		}
		return r.header.Get("Cache-Status")
	}
	if !strings.Contains(r.body, strconv.Quote(path)) {
		w.fault("the answer for %s is %s", path, r.body)
	}
	if version, _ := strconv.Atoi(found[1]); version < demands[path] {
		who := "a request after all others"
		if w.running != nil {
			who = w.running.name
		}
		w.fault("%s is given version %d of %s, but it began after the purge for version %d was acknowledged (Cache-Status: %s)",
			who, version, path, demands[path], r.header.Get("Cache-Status"))
	}
	return r.header.Get("Cache-Status")
}

var versionOf = regexp.MustCompile(`"version":(\d+)`)

// edit changes a post at the origin and announces that to the purge endpoint of
// one place after the other, the edge if none is named. A hard one deletes the
// post.
func (w *world) edit(path string, hard bool, places ...where) {
	if len(places) == 0 {
		places = []where{atEdge}
	}
	p := w.posts[path]
	w.pause(step{what: "edit " + path, on: sharedObject{kind: originContent}, writes: true})
	p.version++
	p.gone = hard
	version := p.version
	w.note(fmt.Sprintf("now has version %d", version))
	for i, at := range places {
		if i > 0 && w.scenario.travels {
			w.pause(step{what: "the purge arrives" + w.places[at].name})
		}
		r := w.request(at, http.MethodPost, purge.Path+queryOf(path), fmt.Sprintf(`{"keys":["post:tea"],"soft":%v}`, !hard))
		if w.aborted {
			return
		}
		if r.status != http.StatusOK {
			w.fault("the purge is answered with %d %s", r.status, r.body)
			return
		}
		w.note("has its purge acknowledged" + w.places[at].name)
		p.announced[at] = max(p.announced[at], version)
		if hard {
			p.deleted[at] = max(p.deleted[at], version)
		}
	}
}

// post changes a post through the edge, which makes stale what is kept for its
// URL before it answers (RFC 9111 §4.4).
func (w *world) post(path string) {
	before := w.posts[path].version
	r := w.request(atEdge, http.MethodPost, path, "")
	if w.aborted {
		return
	}
	if r.status != http.StatusNoContent {
		w.fault("the unsafe request is answered with %d %s", r.status, r.body)
		return
	}
	w.note("is answered")
	w.posts[path].announced[atEdge] = max(w.posts[path].announced[atEdge], before+1)
}

func queryOf(path string) string {
	_, query, found := strings.Cut(path, "?")
	if !found {
		return ""
	}
	return "?" + query
}

// request sends a request to a place's App, as the host does.
func (w *world) request(at where, method, uri, body string) *reply {
	u, err := resource.ParseRequestURI("https://edge.example" + uri)
	if err != nil {
		panic(err) // it never fails
	}
	r := &fsthttp.Request{
		Method: method, URL: u, Host: u.Host,
		Header: fsthttp.Header{"Authorization": {"Bearer operator"}},
		Body:   io.NopCloser(strings.NewReader(body)),
	}
	if method == http.MethodGet {
		r.Header = fsthttp.Header{}
	}
	answer := &reply{header: fsthttp.Header{}}
	w.places[at].app.ServeHTTP(context.Background(), answer, r)
	return answer
}

// reply is a response writer that keeps the answer.
type reply struct {
	status int
	header fsthttp.Header
	body   string
}

func (r *reply) Header() fsthttp.Header      { return r.header }
func (r *reply) WriteHeader(code int)        { r.status = code }
func (r *reply) Write(p []byte) (int, error) { r.body += string(p); return len(p), nil }
func (r *reply) Close() error                { return nil }
func (r *reply) SetManualFramingMode(bool)   {}
func (r *reply) Append(io.ReadCloser) error  { return errors.ErrUnsupported }

var _ handlers.Origins = (*world)(nil)

func mustParse(file string) *config.Config {
	c, err := config.Parse([]byte(file))
	if err != nil {
		panic(err) // the scenarios cannot be played
	}
	return c
}
