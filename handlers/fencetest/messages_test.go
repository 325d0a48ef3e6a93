//go:build !race

package fencetest

import (
	"fmt"
	"slices"
	"time"
)

// purgeDelivery is how purges reach the POPs.
type purgeDelivery uint8

const (
	// The zero value purges one key after the other within the call.
	_ purgeDelivery = iota
	// travelling is the same, but time may pass between one POP and the next.
	travelling
	// unordered delivers one message a key and POP, in any order, to the POP
	// that took the purge as well. An acknowledgement promises nothing then;
	// the arrival of the last message does, repetitions included.
	unordered
)

// purgeRequest is a purge and its messages under way. Make it with
// newPurgeRequest.
type purgeRequest struct {
	path    string
	version int
	hard    bool
	// underWay counts the messages of the purge and of its repetitions.
	underWay []int
	// finished says that the last repetition has been sent.
	finished bool
}

func newPurgeRequest(path string, version int, hard bool) *purgeRequest {
	return &purgeRequest{path: path, version: version, hard: hard, underWay: []int{0}}
}

// sent notes a message of the purge, or of its latest repetition.
func (p *purgeRequest) sent() (round int) {
	round = len(p.underWay) - 1
	p.underWay[round]++
	return round
}

// mayRepeat reports whether so much time can have passed as the next pause
// takes. A message may outlast late pauses.
func (p *purgeRequest) mayRepeat(late int) bool {
	for _, n := range p.underWay[:max(0, len(p.underWay)-late)] {
		if n > 0 {
			return false
		}
	}
	return true
}

// arrived promises what the last message of a purge promises.
func (w *world) arrived(p *purgeRequest) {
	if w.scenario.delivery != unordered || !p.finished || slices.ContainsFunc(p.underWay, func(n int) bool { return n > 0 }) {
		return
	}
	for at := range w.pops {
		w.announce(location(at), p.path, p.version, p.hard)
	}
}

// send sends a purge of one key to all POPs.
func (w *world) send(key string, soft bool) {
	for _, to := range w.pops {
		if w.running == nil { // set-up does not wait
			w.must(to.cache.model.Purge(key, soft))
			continue
		}
		w.sendTo(to, key, soft)
	}
}

func (w *world) sendTo(to *pop, key string, soft bool) {
	sender := w.running
	sender.sent++
	m := &actor{name: fmt.Sprintf("%s's message %d", sender.name, sender.sent), begun: true, purging: sender.purging}
	m.pending = step{
		what:   purgeName(key, soft) + " arrives" + to.name,
		slow:   true,
		access: access{kind: purgeOfKey, pop: to, key: key},
	}
	round := 0
	if m.purging != nil {
		round = m.purging.sent()
	}
	m.deliver = func() {
		if err := to.cache.model.Purge(key, soft); err != nil {
			w.fault("purge %s: %v", key, err)
		}
		if p := m.purging; p != nil {
			p.underWay[round]--
			w.arrived(p)
		}
	}
	at := w.slots.of(m.name)
	for len(w.actors) <= at {
		w.actors = append(w.actors, nil)
	}
	w.actors[at] = m
}

func purgeName(key string, soft bool) string {
	kind := "hard purge of "
	if soft {
		kind = "soft purge of "
	}
	return kind + key
}

// sleep is the pause before a purge is repeated. What other requests do
// meanwhile can take as long.
func (w *world) sleep(d time.Duration) {
	p := w.self().purging
	w.pause(step{
		what:  fmt.Sprintf("%v pass before the purge is repeated", d),
		slow:  true,
		ready: func() bool { return p.mayRepeat(w.scenario.late) },
	})
	w.now = w.now.Add(d)
	p.underWay = append(p.underWay, 0)
}

// rest is the pause of a request until the outcome of a flight is over.
func (w *world) rest(d time.Duration) {
	w.pause(step{what: fmt.Sprintf("%v pass", d), slow: true})
	w.now = w.now.Add(d)
}

// slots gives every message the same place among the actors in all runs of an
// exploration, in whatever order messages are sent.
type slots struct {
	plays int
	all   map[string]int
}

func newSlots(s *scenario) *slots { return &slots{plays: len(s.plays), all: map[string]int{}} }

func (s *slots) of(name string) int {
	at, known := s.all[name]
	if !known {
		at = s.plays + len(s.all)
		s.all[name] = at
	}
	return at
}
