package e2e

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"larder/internal/local"
)

// lone is a Larder with a single origin, the default circuit breaker and no
// tenants: nobody steps in for an origin that is left alone by mistake.
type lone struct {
	edge
	origin *oddOrigin
}

func newLone(t *testing.T) lone {
	t.Helper()
	l := lone{origin: newOddOrigin()}
	t.Cleanup(func() {
		if err := l.origin.close(); err != nil {
			t.Error(err)
		}
	})
	wasm, err := local.Build(t.Context(), local.BuildOptions{ConfigFile: "testdata/lone.json", Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	l.edge = startOwn(t, wasm, map[string]string{"primary": l.origin.url()}, func(server map[string]any) {
		delete(server["backends"].(map[string]any), "standby")
	})
	return l
}

// wantSound fails unless the circuit is closed and a miss is answered.
func (l lone) wantSound(t *testing.T, path string) {
	t.Helper()
	if got := l.status(t).Origins[0].State; got != "closed" {
		t.Errorf("the circuit is %s", got)
	}
	l.origin.script(path, say(thing("sound", "Sound.")))
	l.get(t, path).wantFetched(t)
}

// oftenEnough is more failures than open a circuit by default.
const oftenEnough = 8

func TestALoneOriginIsNotLeftAloneForWhatSaysLittleOfIt(t *testing.T) {
	l := newLone(t)
	t.Run("streams come as they are sent", l.streamsComeAsTheyAreSent)
	t.Run("one broken page takes no other away", l.oneBrokenPageTakesNoOtherAway)
	t.Run("what passes through changes nothing for what is kept", l.whatPassesThroughChangesNothing)
}

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

func (l lone) streamsComeAsTheyAreSent(t *testing.T) {
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
			for i := range oftenEnough {
				path, gate := fmt.Sprintf(c.path, i), make(chan struct{})
				l.origin.script(path, stream(c.field, c.value, gate, c.end))
				l.follow(t, path, gate, c.broken)
			}
		})
	}
	l.wantSound(t, "/things/beside-streams/")
}

// follow reads the first event of a stream while the gate is shut, and the rest
// after.
func (l lone) follow(t *testing.T, path string, gate chan<- struct{}, broken bool) {
	t.Helper()
	response, err := client.Get(l.URL() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	first := make([]byte, len(firstEvent))
	if _, err := io.ReadFull(response.Body, first); err != nil || response.StatusCode != http.StatusOK || string(first) != firstEvent {
		t.Fatalf("while the origin holds the rest back: %s %q (%v)", response.Status, first, err)
	}
	if parseCacheStatus(response.Header).stored {
		t.Errorf("it is kept: %v", response.Header)
	}
	close(gate)
	rest, err := io.ReadAll(response.Body)
	switch {
	case broken && err == nil:
		t.Errorf("that it breaks off goes unnoticed: %q", rest)
	case !broken && (err != nil || string(rest) != lastEvent):
		t.Errorf("the rest is %q (%v)", rest, err)
	}
}

func (l lone) oneBrokenPageTakesNoOtherAway(t *testing.T) {
	const broken = "/things/broken/"
	l.origin.script(broken, status(http.StatusInternalServerError))
	for range oftenEnough {
		l.get(t, broken).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
		l.purge(t, `{"keys":["thing:broken"]}`) // lest the failure answer for a second
	}
	if n := len(l.origin.requests(broken)); n != oftenEnough {
		t.Errorf("the origin was asked %d times, want %d times", n, oftenEnough)
	}
	l.wantSound(t, "/things/beside-a-broken-page/")
}

func (l lone) whatPassesThroughChangesNothing(t *testing.T) {
	const kept = "/things/kept/"
	l.origin.script(kept, say(thing("kept", "Kept.")))
	l.get(t, kept).wantFetched(t)

	t.Run("POSTs that fail", func(t *testing.T) {
		l.origin.script(kept, status(http.StatusInternalServerError))
		paths := []string{kept}
		for i := range oftenEnough {
			path := fmt.Sprintf("/forms/%d/", i)
			l.origin.script(path, status(http.StatusInternalServerError))
			paths = append(paths, path)
		}
		for _, path := range paths {
			got := l.get(t, path, method(http.MethodPost), sending(`{}`))
			if got.status != http.StatusInternalServerError || got.cache.fwdStatus != http.StatusInternalServerError {
				t.Errorf("%s: want the origin's own answer; got %v", path, got)
			}
		}
		l.get(t, kept).wantHit(t)
		l.wantSound(t, "/things/beside-forms/")
	})
	t.Run("a limit of one client", func(t *testing.T) {
		l.origin.script("/login/", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Retry-After", "3600")
			status(http.StatusTooManyRequests)(w, r)
		})
		for _, name := range []string{http.MethodPost, http.MethodGet} {
			got := l.get(t, "/login/", method(name))
			if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "3600" {
				t.Errorf("%s: want the origin's own answer; got %v %v", name, got, got.header)
			}
		}
		l.get(t, kept).wantHit(t)
		l.wantSound(t, "/things/beside-a-login/")
	})
}
