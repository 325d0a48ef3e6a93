package handlers

import (
	"errors"
	"slices"
	"testing"
	"time"
)

// countCPU makes each look at the CPU time 3 ms later than the one before.
func (e *edge) countCPU() {
	used := 40 * time.Millisecond
	e.use(func(p *Parts) {
		p.CPUTime = func() (time.Duration, error) {
			used += 3 * time.Millisecond
			return used, nil
		}
	})
}

func TestADebuggedAnswerSaysItsCPUTime(t *testing.T) {
	e := newEdge(t)
	e.countCPU()
	e.says(200, before, "Server-Timing: db;dur=53")
	want := []string{"db;dur=53", "cpu;dur=3"}
	// The stored response must not collect what each request adds.
	for _, request := range []string{"miss", "hit", "second hit"} {
		got := e.get("/posts/tea/", "Larder-Debug: 1")
		if values := got.header["Server-Timing"]; !slices.Equal(values, want) {
			t.Errorf("%s: Server-Timing is %q, not %q", request, values, want)
		}
	}
	if values := e.get("/nothing/", "Larder-Debug: 1").header["Server-Timing"]; !slices.Equal(values, want[1:]) {
		t.Errorf("an error: Server-Timing is %q, not %q", values, want[1:])
	}
}

func TestNoOtherAnswerSaysItsCPUTime(t *testing.T) {
	e := newEdge(t)
	e.countCPU()
	e.says(200, before)
	if values := e.get("/posts/tea/").header["Server-Timing"]; values != nil {
		t.Errorf("without the debug header: %q", values)
	}
	e.use(func(p *Parts) {
		p.CPUTime = func() (time.Duration, error) { return 0, errors.New("the platform does not say") }
	})
	if values := e.get("/posts/tea/", "Larder-Debug: 1").header["Server-Timing"]; values != nil {
		t.Errorf("where the platform does not say: %q", values)
	}
}
