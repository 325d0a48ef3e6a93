//go:build !race

package fencetest

import (
	"errors"
	"fmt"
	"hash/maphash"
	"iter"
	"slices"
	"strconv"
	"time"
)

// errAborted ends the calls of a coroutine that will not be resumed.
var errAborted = errors.New("the schedule ends here")

// play is what an actor does.
type play struct {
	name string
	do   func(*world)
}

// actor is a request, an editor or a message. It does a step when the explorer
// selects it.
type actor struct {
	name string
	// next, stop and yield drive the coroutine.
	next  func() (step, bool)
	stop  func()
	yield func(step) bool
	// deliver is the only step of a purge message, which has no coroutine.
	deliver func()
	pending step
	done    bool
	begun   bool
	// history is a hash of everything that the actor has observed. Actors are
	// deterministic, so it stands for their state.
	history uint64
	clock   time.Time // as it was read last
	ids     int
	steps   int
	// at is the POP that the actor's request goes to; demands are the oldest
	// versions that the answer may have.
	at      location
	demands map[string]int
	// purging is the purge that the actor is sending; sent counts its messages.
	purging *purgeRequest
	sent    int
	// purgedKeys are those of the purge that the actor is carrying out.
	purgedKeys []string
	request    *requestRecord
}

// announces reports whether the actor's next step may change what is demanded
// of requests that begin later.
func (a *actor) announces() bool { return a.purging != nil }

// step is what an actor does next.
type step struct {
	what string
	// ready reports whether the step is possible now; nil means always.
	ready func() bool
	// slow says that the step waits for something that takes time, such as an
	// answer of the origin.
	slow   bool
	access access
}

// access is the shared state that a step reads or writes. The zero value is
// everything.
type access struct {
	kind accessKind
	pop  *pop // nil for the origin
	// key is the cache key of an object, the surrogate key of a purge, or the
	// path of content at the origin; there, empty means all of it.
	key    string
	writes bool
	// tags are the surrogate keys of an object that the step writes.
	tags []string
}

type accessKind uint8

const (
	everything accessKind = iota
	cacheObject
	purgeOfKey
	originContent
)

// independent reports whether the next steps of two actors lead to the same
// world in either order, and neither makes the other possible or impossible.
func independent(a, b *actor) bool {
	if a.announces() && !b.begun || b.announces() && !a.begun {
		return false
	}
	x, y := a.pending.access, b.pending.access
	if x.kind > y.kind {
		x, y = y, x
	}
	switch {
	case x.kind == everything:
		return false
	case x.kind == originContent:
		return !x.writes && !y.writes || x.key != "" && y.key != "" && x.key != y.key
	case y.kind == originContent, x.pop != y.pop:
		return true
	case x.kind == purgeOfKey: // a hard purge wins in either order
		return true
	case y.kind == purgeOfKey:
		return !slices.Contains(x.tags, y.key) && !x.pop.cache.mayCarry(x.key, y.key)
	}
	return x.key != y.key || !x.writes && !y.writes
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

// advance lets an actor do its pending step, and all that follows up to the
// next one.
func (w *world) advance(a *actor) {
	w.running = a
	defer func() { w.running = nil }()
	if a.deliver != nil {
		a.begun, a.done = true, true
		w.traceStep(a.pending.what)
		a.deliver()
		return
	}
	var more bool
	a.pending, more = a.next()
	a.done = !more
}

// pause ends a step, so that others can go first. It does not return in a run
// that is given up.
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
		// A request begins as late as possible: before its first step it makes
		// no difference to anybody.
		a.begun, a.demands = true, w.demands(a.at)
		if a.request != nil {
			a.request.began = w.stored
		}
	}
	a.steps++
	w.traceStep(s.what)
}

// pauseToWrite makes a step of writing a body only where it matters: in fine
// runs, and where the body is written later than in the step that inserted it.
func (w *world) pauseToWrite(what string, inserted int) {
	if w.fine || w.aborted || w.running != nil && w.running.steps != inserted {
		w.pause(step{what: what})
	}
}

// self is the running actor, or the one that stands for set-up and judgement.
func (w *world) self() *actor {
	if w.running == nil {
		return &w.outside
	}
	return w.running
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

// clock is the time as the running actor reads it. That time has passed is an
// observation too, since what was read stays in the actor's state.
func (w *world) clock() time.Time {
	if a := w.running; a != nil && !a.clock.Equal(w.now) {
		a.clock = w.now
		seen := strconv.FormatUint(a.history, 36) + "@" + strconv.FormatInt(w.now.UnixNano(), 36) + "+" + strconv.Itoa(a.steps)
		a.history = maphash.String(w.seed, seen)
	}
	return w.now
}

func (w *world) traceStep(what string) {
	if w.trace != nil && w.running != nil {
		*w.trace = append(*w.trace, fmt.Sprintf("%-12s %s", w.running.name, what))
	}
}

// newID names entries after the actor, so that schedules that differ only in
// the order of independent steps lead to equal worlds.
func (w *world) newID() string {
	a := w.self()
	a.ids++
	if a == &w.outside {
		return fmt.Sprintf("outside%di", a.ids)
	}
	return fmt.Sprintf("%s%di", compact(a.name), a.ids)
}

// enabled are the actors that can do a step.
func (w *world) enabled() []int {
	var all []int
	for i, a := range w.actors {
		if a != nil && !a.done && (a.pending.ready == nil || a.pending.ready()) {
			all = append(all, i)
		}
	}
	return all
}

func (w *world) finished() bool {
	return !slices.ContainsFunc(w.actors, func(a *actor) bool { return a != nil && !a.done })
}

// close gives up the actors that are not done.
func (w *world) close() {
	for _, a := range w.actors {
		if a != nil && a.stop != nil {
			w.running = a
			a.stop()
		}
	}
	w.running = nil
}
