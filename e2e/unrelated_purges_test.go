package e2e

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"
)

// A bulk import purges many keys in a row. Pages that carry none of them must
// not be fetched again because of it; see bench/bulkimport for the measurement.
func TestPurgesOfOtherKeysDoNotCauseFetches(t *testing.T) {
	s := beginSingleOrigin(t, timeouts("10s", "20s"))
	const edited, cold = "/things/edited/", "/things/cold/"
	fetches := map[string]*peak{edited: {}, cold: {}}
	for path, p := range fetches {
		s.origin.script(path, p.slowed(500*time.Millisecond, respond(thing("page", "Stored."))))
	}
	s.get(t, edited).wantFetched(t)
	s.purge(t, `{"keys":["thing:edited"]}`)

	// Clients request both pages from the first purge of the import to the last.
	const purges, clients = 40, 3
	ended := make(chan struct{})
	var group sync.WaitGroup
	for range clients {
		for path := range fetches {
			group.Go(func() {
				tick := time.NewTicker(50 * time.Millisecond)
				defer tick.Stop()
				for {
					if got, err := s.try(path); err != nil || got.status != http.StatusOK {
						t.Errorf("%s: %v (%v)", path, got, err)
					}
					select {
					case <-ended:
						return
					case <-tick.C:
					}
				}
			})
		}
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for i := range purges {
		if got := s.purge(t, fmt.Sprintf(`{"keys":["thing:imported-%d"]}`, i)); got.status != http.StatusOK {
			t.Error(got)
		}
		<-tick.C
	}
	close(ended)
	group.Wait()
	for path, most := range map[string]int{edited: 1 + 2, cold: 2} {
		total, atOnce := fetches[path].read()
		if total > most {
			t.Errorf("%s was fetched %d times during %d purges of other keys, want %d at most", path, total, purges, most)
		}
		if atOnce > 1 {
			t.Errorf("%s was fetched %d times at once", path, atOnce)
		}
	}
}
