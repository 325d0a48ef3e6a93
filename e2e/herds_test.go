package e2e

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

// peak counts how many requests an origin works on at the same time.
type peak struct {
	mu            sync.Mutex
	now, most, in int
}

// slowed answers after a while and counts.
func (p *peak) slowed(latency time.Duration, answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.in++
		p.now++
		p.most = max(p.most, p.now)
		p.mu.Unlock()
		defer func() {
			p.mu.Lock()
			p.now--
			p.mu.Unlock()
		}()
		select {
		case <-time.After(latency):
			answer(w, r)
		case <-r.Context().Done():
		}
	}
}

func (p *peak) read() (total, most int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.in, p.most
}

const herd = 200

func TestAHerdDoesNotReachTheOriginAtOnce(t *testing.T) {
	s := beginSingleOrigin(t, timeouts("10s", "25s"))
	t.Run("for a page that does not exist and may not be stored", func(t *testing.T) {
		const path = "/things/missing/"
		var p peak
		s.origin.script(path, p.slowed(time.Second, http.NotFound))
		for _, got := range s.together(t, herd, path) {
			if got.status != http.StatusNotFound {
				t.Errorf("want the origin's 404; got %v", got)
			}
		}
		// Two flights, and some more for requests that reached the edge late.
		if total, _ := p.read(); total > 6 {
			t.Errorf("%d requests at once made %d at the origin", herd, total)
		}
	})
	t.Run("for an answer that may not be shared", func(t *testing.T) {
		const path, atOnce = "/things/private/", 16
		var p peak
		s.origin.script(path, p.slowed(100*time.Millisecond, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "private")
			respond(thing("private", "For one reader."))(w, r)
		}))
		for _, got := range s.together(t, herd, path) {
			got.wantFetched(t)
		}
		total, most := p.read()
		if total != herd {
			t.Errorf("%d requests made %d at the origin: somebody got another client's answer, or the origin was asked twice", herd, total)
		}
		if most > atOnce {
			t.Errorf("the origin worked on %d requests at the same time, want %d at most", most, atOnce)
		}
	})
	t.Run("for a page of which the origin sends a failure", func(t *testing.T) {
		const path = "/things/broken/"
		var p peak
		s.origin.script(path, p.slowed(time.Second, status(http.StatusInternalServerError)))
		for _, got := range s.together(t, herd, path) {
			got.wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
		}
		if total, _ := p.read(); total > 6 {
			t.Errorf("%d requests at once made %d at the origin", herd, total)
		}
	})
}
