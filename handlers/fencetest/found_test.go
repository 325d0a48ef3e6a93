//go:build !race

package fencetest

import (
	"testing"
	"time"
)

// TestFound has the schedules in which the fence has leaked.
func TestFound(t *testing.T) {
	t.Parallel()
	for _, s := range []*scenario{
		{name: "a revalidation behind the answer is overtaken by an edit", prepare: kept(time.Hour + time.Second),
			plays: []play{reader("first"), editor("editor", soft), reader("second")}},
		{name: "a body takes longer than an entry is on probation", streams: true,
			plays: []play{reader("first"), editor("editor", soft), pass(6 * time.Second), reader("second")}},
		{name: "a deletion during a fetch, then an outage", outage: true,
			plays: []play{reader("first"), editor("editor", hard), outage(), reader("second")}},
		{name: "a deletion during a validation, then an outage", outage: true, prepare: touched,
			plays: []play{reader("first"), editor("editor", hard), outage()}},
	} {
		t.Run(s.name, func(t *testing.T) {
			s.setUp()
			check(t, s)
		})
	}
}

// TestFoundBehindAShield has those in which the calm has leaked.
func TestFoundBehindAShield(t *testing.T) {
	t.Parallel()
	for _, s := range []*scenario{
		{name: "an unsafe request through the edge, of which the shield hears late", prepare: kept(calmTime),
			plays: []play{writer("writer"), pass(9 * time.Second), reader("first")}},
		{name: "a deletion while another request begins a calm, and the origin fails", prepare: cutEdge, outage: true,
			plays: []play{readerOf("first", post2), purger("editor", edgeFirst, hard), reader("second")}},
	} {
		t.Run(s.name, func(t *testing.T) {
			s.setUpShield()
			check(t, s)
		})
	}
}

// writer changes a post through the edge, and then reads another one. What the
// edge purges for it the platform carries to the shield.
func writer(name string) play {
	return play{name, func(w *world) {
		edge := w.places[atEdge].cache
		before := len(edge.purges)
		w.post(post1)
		carried := edge.purges[before:]
		w.get(post2)
		w.pause(step{what: "the purge arrives" + w.places[atShield].name})
		for _, p := range carried {
			w.fail(w.places[atShield].cache.Purge(p.key, p.soft))
		}
	}}
}
