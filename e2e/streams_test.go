package e2e

import (
	"fmt"
	"io"
	"net/http"
	"testing"
)

const (
	firstEvent = "data: first\n\n"
	lastEvent  = "data: last\n\n"
)

// stream sends the first event, and once the gate is open ends as end does.
func stream(field, value string, gate <-chan struct{}, end http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set(field, value)
		io.WriteString(w, firstEvent) //nolint:errcheck // an edge that is gone fails the test itself
		if http.NewResponseController(w).Flush() != nil {
			return
		}
		select {
		case <-gate:
			end(w, r)
		case <-r.Context().Done():
		}
	}
}

func TestStreamsAreForwardedAsTheyArriveAndDoNotOpenTheCircuit(t *testing.T) {
	s := beginSingleOrigin(t)
	whole := func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, lastEvent) } //nolint:errcheck // as above
	for _, c := range []struct {
		name, path, field, value string
		end                      http.HandlerFunc
		broken                   bool
	}{
		{"events", "/things/events-%d/", "Content-Type", "text/event-stream", whole, false},
		{"events that break off", "/things/broken-events-%d/", "Content-Type", "text/event-stream", raw(), true},
		{"no-store without a length", "/feeds/lines-%d/", "Cache-Control", "no-store", whole, false},
		{"no-store without a length that breaks off", "/feeds/broken-lines-%d/", "Cache-Control", "no-store", raw(), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i := range enoughFailures {
				path, gate := fmt.Sprintf(c.path, i), make(chan struct{})
				s.origin.script(path, stream(c.field, c.value, gate, c.end))
				s.readStream(t, path, gate, c.broken)
			}
		})
	}
	s.wantHealthy(t, "beside-streams", 1)
}

// readStream reads the first event of a stream while the gate is shut, and the
// rest once it is open.
func (s singleOrigin) readStream(t *testing.T, path string, gate chan<- struct{}, broken bool) {
	t.Helper()
	response, err := client.Get(s.URL() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	first := make([]byte, len(firstEvent))
	if _, err := io.ReadFull(response.Body, first); err != nil || response.StatusCode != http.StatusOK || string(first) != firstEvent {
		t.Fatalf("while the origin holds the rest back: %s %q (%v)", response.Status, first, err)
	}
	if parseCacheStatus(response.Header).stored {
		t.Errorf("a stream was stored: %v", response.Header)
	}
	close(gate)
	rest, err := io.ReadAll(response.Body)
	switch {
	case broken && err == nil:
		t.Errorf("the client cannot tell that the stream broke off: %q", rest)
	case !broken && (err != nil || string(rest) != lastEvent):
		t.Errorf("the rest is %q (%v)", rest, err)
	}
}
