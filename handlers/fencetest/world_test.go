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
)

// world is one run of a scenario: a place's cache, an origin, a clock, and
// the actors, of whom one at a time does a step.
type world struct {
	scenario *scenario
	seed     maphash.Seed
	// fine makes steps of writing bodies too. Nobody but those who wait for
	// the body can tell when it is written, so that other runs do without.
	fine  bool
	app   *handlers.App
	cache *steppedCache
	now   time.Time
	posts map[string]*post
	down  bool // the origin

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
	// announced is the version whose purge was acknowledged; deleted the same
	// of hard purges alone.
	announced, deleted int
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
	// demands are the oldest versions that an answer may have.
	demands map[string]int
}

// step is what an actor does when it goes on.
type step struct {
	what string
	// ready reports whether it could go on now; nil means always.
	ready func() bool
	// on is what the step reads, or writes.
	on     resource
	writes bool
}

// resource is something that steps can share. Without a key it is all of its
// kind, and the zero value is everything.
type resource struct {
	kind kind
	key  string
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
	w.cache = newSteppedCache(w)
	w.cache.unfenced = o.unfenced
	w.app = handlers.New(handlers.Parts{
		Config:  s.config,
		Cache:   w.cache,
		Origins: w,
		Operations: handlers.Operations{purge.Path: &purge.Endpoint{
			Config: s.config,
			Cache:  w.cache,
			Guard: &purge.Guard{
				Tokens:           func() ([]string, error) { return []string{"operator"}, nil },
				FastlyKeyIsValid: func(*fsthttp.Request) (bool, error) { return false, nil },
			},
		}},
		Now:   func() time.Time { return w.now },
		NewID: w.newID,
		Log:   w.log,
	})
	for _, path := range s.paths {
		w.posts[path] = &post{version: 1, announced: 1, deleted: 1}
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
		a.begun, a.demands = true, w.demands()
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

// demands are what a request that begins now must be given.
func (w *world) demands() map[string]int {
	demands := make(map[string]int, len(w.posts))
	for path, p := range w.posts {
		demands[path] = p.announced
		if w.scenario.outage {
			demands[path] = p.deleted
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
	for key := range w.cache.keys {
		holder := w.cache.holders[key] != nil
		objects += maphash.String(w.seed, key+"\n"+strconv.FormatBool(holder)+w.cache.find(key))
	}
	fmt.Fprint(&h, objects, len(w.cache.writing))
	return h.Sum64()
}

// judge looks at a world in which all actors are done: whatever they left in
// the cache, the next request gets what it should.
func (w *world) judge() {
	if n := w.cache.model.Open(); n != 0 {
		w.fault("%d handles are still open", n)
	}
	if w.scenario.finally != nil {
		w.scenario.finally(w)
	}
	for _, path := range w.scenario.paths {
		w.get(path)
	}
}

// Do is the origin. It answers with what it has in the moment of the step;
// how long that is under way is up to the scheduler.
func (w *world) Do(_ context.Context, req *origin.Request, _ int64) (*origin.Response, error) {
	w.pause(step{what: "the origin answers", on: resource{kind: originContent}, writes: req.Method == http.MethodPost})
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
		resp.Rest = &slowBody{w, resp.Body[10:]}
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

// get is a client's request, and checks its answer.
func (w *world) get(path string) string {
	demands := w.demands()
	r := w.request(http.MethodGet, path, "")
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

// edit changes a post at the origin and announces that to the purge endpoint.
// A hard one deletes the post.
func (w *world) edit(path string, hard bool) {
	p := w.posts[path]
	w.pause(step{what: "edit " + path, on: resource{kind: originContent}, writes: true})
	p.version++
	p.gone = hard
	version := p.version
	w.note(fmt.Sprintf("now has version %d", version))
	r := w.request(http.MethodPost, purge.Path+queryOf(path), fmt.Sprintf(`{"keys":["post:tea"],"soft":%v}`, !hard))
	if w.aborted {
		return
	}
	if r.status != http.StatusOK {
		w.fault("the purge is answered with %d %s", r.status, r.body)
		return
	}
	w.note("has its purge acknowledged")
	p.announced = max(p.announced, version)
	if hard {
		p.deleted = max(p.deleted, version)
	}
}

// post changes a post through the edge, which makes stale what is kept for its
// URL before it answers (RFC 9111 §4.4).
func (w *world) post(path string) {
	before := w.posts[path].version
	r := w.request(http.MethodPost, path, "")
	if w.aborted {
		return
	}
	if r.status != http.StatusNoContent {
		w.fault("the unsafe request is answered with %d %s", r.status, r.body)
		return
	}
	w.note("is answered")
	w.posts[path].announced = max(w.posts[path].announced, before+1)
}

func queryOf(path string) string {
	_, query, found := strings.Cut(path, "?")
	if !found {
		return ""
	}
	return "?" + query
}

// request sends a request to the App, as the host does.
func (w *world) request(method, uri, body string) *reply {
	u, err := handlers.ParseRequestURI("https://edge.example" + uri)
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
	w.app.ServeHTTP(context.Background(), answer, r)
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
