package origin

import (
	"context"
	"fmt"
	"io"
	"testing"
	"testing/synctest"
	"time"
)

// bodies counts how many bodies were opened and are not closed.
type bodies struct{ open int }

// track lets an answer count.
func (n *bodies) track(r reply) reply {
	return func(ctx context.Context) (*Response, error) {
		resp, err := r(ctx)
		if err == nil {
			n.open++
			resp.Remainder = &tracked{ReadCloser: resp.Remainder, bodies: n}
		}
		return resp, err
	}
}

type tracked struct {
	io.ReadCloser
	bodies *bodies
	closed bool
}

func (b *tracked) Close() error {
	if !b.closed {
		b.closed = true
		b.bodies.open--
	}
	return b.ReadCloser.Close()
}

func TestAStaleCopyIsTheAnswerOnlyWhereOriginsFail(t *testing.T) {
	tests := []struct {
		name   string
		origin []reply // of a, then of b
		copied bool
		status int
	}{
		{"an origin answers", []reply{says(200), says(200)}, false, 200},
		{"the second origin answers", []reply{fails(errRefused), says(200)}, false, 200},
		{"an origin says that it is gone", []reply{says(404), says(200)}, false, 404},
		{"an origin says that nothing has changed", []reply{says(304), says(200)}, false, 304},
		{"every origin refuses", []reply{fails(errRefused), fails(errRefused)}, true, 203},
		{"every origin says 503", []reply{says(503), says(503)}, true, 203},
		{"one refuses, one says 500", []reply{fails(errRefused), says(500)}, true, 203},
		{"the request can be sent to no origin", []reply{fails(ErrRequest), says(200)}, true, 203},
	}
	for _, limit := range []int64{0, 2, 1 << 10} {
		for _, test := range tests {
			t.Run(fmt.Sprintf("%s, with %d bytes read ahead", test.name, limit), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					b, opened := newBed(), &bodies{}
					b.script("shield", opened.track(shieldSays("stale", 203)))
					b.script("a", opened.track(test.origin[0]))
					b.script("b", opened.track(test.origin[1]))
					resp, err := b.edge("a", "b").Do(t.Context(), miss(), limit)
					if err != nil {
						t.Fatal(err)
					}
					if copied := resp.Shield != nil; copied != test.copied || resp.Status != test.status {
						t.Errorf("got %d of %s", resp.Status, resp.Origin)
					}
					if err := resp.Close(); err != nil {
						t.Error(err)
					}
					if opened.open != 0 {
						t.Errorf("%d bodies are still open", opened.open)
					}
				})
			})
		}
	}
}

func TestAStaleCopyIsTheAnswerWhereNoOriginMayBeAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("shield", shieldSays("stale", 200))
		b.openCircuit(t, "a")
		c := b.edge("a")
		resp, err := c.Do(t.Context(), miss(), 1<<10)
		if err != nil || resp.Shield == nil || b.calls() != "shield" {
			t.Errorf("got %+v, %v", resp, err)
		}
		c.Disabled = func(name string) bool { return name == "a" }
		resp, err = c.Do(t.Context(), miss(), 1<<10)
		if err != nil || resp.Shield == nil || b.calls() != "shield" {
			t.Errorf("with every origin switched off: %+v, %v", resp, err)
		}
	})
}

// A hanging origin must not cost the copy that the shield has given already.
func TestAStaleCopyOutlivesTheDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("shield", shieldSays("stale", 200))
		b.script("a", hangs)
		c := b.edge("a")
		c.Deadline = 3 * time.Second
		resp, err := c.Do(t.Context(), miss(), 1<<10)
		if err != nil || resp.Shield == nil || string(resp.Body) != "{body}" {
			t.Errorf("got %+v, %v", resp, err)
		}
	})
}

func TestAHangingShieldLeavesTimeForAnOrigin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.script("shield", hangs)
		b.script("a", after(4*time.Second, says(200)))
		c := b.edge("a")
		begin := time.Now()
		status, err := do(t, c, miss())
		if took := time.Since(begin); status != 200 || err != nil || took != 14*time.Second {
			t.Errorf("got %d, %v after %v", status, err, took)
		}
		if got := circuitOf(c, 0).Failures; got != 1 {
			t.Errorf("the shield has %d failures", got)
		}
	})
}
