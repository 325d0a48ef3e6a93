package fencetest

import (
	"testing"
	"time"
)

// TestFound has the schedules in which the fence leaks. Once they pass, the
// scenarios belong into scenarios().
func TestFound(t *testing.T) {
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
