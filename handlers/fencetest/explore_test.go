//go:build !race

package fencetest

import (
	"fmt"
	"hash/maphash"
	"math/bits"
	"math/rand/v2"
	"slices"
	"strings"
)

// options are those of one exploration.
type options struct {
	seed     maphash.Seed // of fingerprints only
	slots    *slots
	unfenced bool
	// endlessQuiet makes purges leave the quiet period alone.
	endlessQuiet bool
	// once leaves out that a purge comes to the keys of the content again.
	once bool
	fine bool
	// most is how many states are visited; 0 means all.
	most  int
	trace *[]string
}

// result is what an exploration has seen.
type result struct {
	states, runs, ends int
	// complete says that every schedule was explored.
	complete bool
	// violation is a schedule that breaks the promise, readably; empty without
	// one.
	violation string
	// excess is a schedule that goes over the limits of fetches and flights.
	excess string
	// hidden is how often a lease or a quiet period was made to look intact.
	hidden int
}

func (o *options) begin(s *scenario) {
	o.seed = maphash.MakeSeed()
	o.slots = newSlots(s)
}

// node is a state: the one before it, and the actor that did a step then.
type node struct {
	before  int32
	who     uint8
	enabled []int
}

// shortest visits every state that any schedule leads to, those nearest to the
// beginning first, until one breaks the promise. It cannot copy a world, so
// each step is done in a world of its own, after all steps before it are
// repeated. Schedules that lead to equal states (see fingerprint) go on as one.
func shortest(s *scenario, o options) result {
	o.begin(s)
	r := result{complete: true}
	first := newWorld(s, o)
	nodes := []node{{before: -1, enabled: first.enabled()}}
	seen := map[uint64]bool{first.fingerprint(): true}
	first.close()
	for at := 0; at < len(nodes); at++ {
		path := pathTo(nodes, at)
		for _, who := range nodes[at].enabled {
			r.runs++
			w := newWorld(s, o)
			w.replay(path)
			w.advance(w.actors[who])
			taken := append(path[:len(path):len(path)], uint8(who))
			enabled := w.enabled()
			switch {
			case w.finished():
				r.ends++
				w.judge()
			case len(enabled) == 0:
				w.fault("no actor can go on")
			case !seen[w.fingerprint()]:
				seen[w.fingerprint()] = true
				nodes = append(nodes, node{before: int32(at), who: uint8(who), enabled: enabled})
			}
			r.hidden += w.hidden()
			faults := w.faults
			w.close()
			if len(faults) > 0 {
				r.violation, r.states, r.complete = s.narrate(taken, o), len(seen), false
				return r
			}
		}
		nodes[at].enabled = nil
		if o.most > 0 && len(seen) >= o.most {
			r.complete = false
			break
		}
	}
	r.states = len(seen)
	return r
}

// prove visits every state too, but by fewer schedules: of independent steps it
// tries one order (sleep sets, as Godefroid combines them with the states that
// were seen).
func prove(s *scenario, o options) result {
	o.begin(s)
	r := result{complete: true}
	// seen has, of every state, the actors that need not go on from there.
	seen := map[uint64]actors{}
	w := newWorld(s, o)
	stack := []*branch{{todo: setOf(w.enabled())}}
	seen[w.fingerprint()] = 0
	var path []uint8
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		if top.todo == 0 {
			stack = stack[:len(stack)-1]
			path = path[:max(0, len(path)-1)]
			continue
		}
		if w == nil {
			w = newWorld(s, o)
			w.replay(path)
		}
		who := bits.TrailingZeros64(uint64(top.todo))
		sleep := top.asleep(w, who)
		w.advance(w.actors[who])
		path = append(path, uint8(who))
		enabled := setOf(w.enabled())
		var todo actors
		switch {
		case w.finished():
			r.ends++
			w.judge()
		case enabled == 0:
			w.fault("no actor can go on")
		default:
			state := w.fingerprint()
			before, known := seen[state]
			if !known {
				before = enabled
			}
			todo = before & enabled &^ sleep
			seen[state] = before & sleep
		}
		if len(w.excess) > 0 && r.excess == "" {
			r.excess = s.narrate(path, o)
		}
		if len(w.faults) > 0 {
			r.hidden += w.hidden()
			w.close()
			r.violation, r.states, r.complete = s.narrate(path, o), len(seen), false
			return r
		}
		if todo != 0 {
			stack = append(stack, &branch{todo: todo, sleep: sleep})
			continue
		}
		r.runs++
		r.hidden += w.hidden()
		w.close()
		w = nil
		path = path[:len(path)-1]
		if o.most > 0 && len(seen) >= o.most {
			r.complete = false
			break
		}
	}
	r.states = len(seen)
	return r
}

// actors is a set of them by their index.
type actors uint64

func setOf(all []int) actors {
	var set actors
	for _, n := range all {
		if n >= 64 {
			panic("a scenario has more than 64 actors and messages")
		}
		set |= 1 << n
	}
	return set
}

// branch is a state on the path that is being explored.
type branch struct {
	todo actors
	// sleep are those whose step was tried already, here or before, and no
	// step since then depends on it.
	sleep actors
}

// asleep takes an actor from those to try, and returns who sleeps after its
// step.
func (b *branch) asleep(w *world, who int) actors {
	var sleep actors
	for i, a := range w.actors {
		if b.sleep&(1<<i) != 0 && independent(a, w.actors[who]) {
			sleep |= 1 << i
		}
	}
	b.todo &^= 1 << who
	b.sleep |= 1 << who
	return sleep
}

func pathTo(nodes []node, at int) []uint8 {
	var path []uint8
	for ; nodes[at].before >= 0; at = int(nodes[at].before) {
		path = append(path, nodes[at].who)
	}
	slices.Reverse(path)
	return path
}

func (w *world) replay(path []uint8) {
	for _, who := range path {
		w.advance(w.actors[who])
	}
}

// narrate repeats a schedule and writes down what happens.
func (s *scenario) narrate(path []uint8, o options) string {
	var lines []string
	o.trace = &lines
	w := newWorld(s, o)
	w.replay(path)
	if w.finished() {
		w.judge()
	}
	faults := append(w.faults, w.excess...)
	w.close()
	var b strings.Builder
	for i, line := range lines {
		fmt.Fprintf(&b, "%3d  %s\n", i+1, line)
	}
	for _, fault := range faults {
		fmt.Fprintf(&b, "     %s\n", fault)
	}
	return b.String()
}

// sample plays schedules at random: each actor goes on for a while, so that
// long delays are as likely as short ones.
func sample(s *scenario, o options, random *rand.Rand, runs int) result {
	o.begin(s)
	r := result{}
	for range runs {
		r.runs++
		w := newWorld(s, o)
		var path []uint8
		current := -1
		for enabled := w.enabled(); len(enabled) > 0; enabled = w.enabled() {
			if current < 0 || !slices.Contains(enabled, current) || random.IntN(3) == 0 {
				current = enabled[random.IntN(len(enabled))]
			}
			w.advance(w.actors[current])
			path = append(path, uint8(current))
		}
		if w.finished() {
			r.ends++
			w.judge()
		} else {
			w.fault("no actor can go on")
		}
		r.hidden += w.hidden()
		faults, excess := w.faults, w.excess
		w.close()
		if len(excess) > 0 && r.excess == "" {
			r.excess = s.narrate(path, o)
		}
		if len(faults) > 0 {
			r.violation = s.narrate(path, o)
			return r
		}
	}
	return r
}
