package handlers

import (
	"errors"
	"fmt"
	"testing"
)

// An abandoned object can still be found: it must go, or every later request
// would get a body that is cut short.
func TestALargeBodyThatBreaksOffIsNotKept(t *testing.T) {
	tests := []struct {
		name   string
		err    error
		length int
	}{
		{"the connection is reset", errors.New("reset"), len(large)},
		{"it ends before its length", nil, len(large) + 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			r := e.saysLarge(test.err, fmt.Sprintf("Content-Length: %d", test.length))
			e.get("/files/a").wantProblem(503, "origin-unavailable")
			if !r.closed {
				t.Error("the origin's connection is left open")
			}
			e.pass(failureTime)
			e.saysLarge(nil, fmt.Sprintf("Content-Length: %d", len(large)))
			e.get("/files/a").want(200, large, "")
		})
	}
}
