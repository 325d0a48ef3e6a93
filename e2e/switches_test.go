package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// switched writes the operator's switches into Viceroy's manifest.
func switched(entries map[string]string) func(map[string]any) {
	return func(server map[string]any) {
		contents := map[string]any{}
		for name, value := range entries {
			contents[name] = value
		}
		server["config_stores"] = map[string]any{
			"larder_switches": map[string]any{"format": "inline-toml", "contents": contents},
		}
	}
}

// closeSwitch names origins whose circuits count as closed.
const closeSwitch = "closed_circuits"

func TestInMaintenanceNoOriginIsAsked(t *testing.T) {
	f := newTwoOrigins(t, switched(map[string]string{"maintenance": "on"}))
	f.both("/things/tea/", respond(thing("tea", "Tea.")))
	got := f.get(t, "/things/tea/")
	got.wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
	if got.header.Get("Retry-After") == "" {
		t.Errorf("there is no Retry-After: %v", got.header)
	}
	if n := f.primary.requestCount() + f.standby.requestCount(); n != 0 {
		t.Errorf("the origins received %d requests", n)
	}
	if page := f.status(t); !page.Switches.Maintenance || len(page.Switches.Errors) > 0 {
		t.Errorf("the status page shows %+v", page.Switches)
	}
	if health := f.get(t, "/_larder/health"); health.status != http.StatusOK {
		t.Errorf("maintenance makes Larder itself unhealthy: %v", health)
	}
}

// switchStore is a Config Store whose entries change while Larder runs.
type switchStore struct{ path string }

func newSwitchStore(t *testing.T) switchStore {
	t.Helper()
	b := switchStore{filepath.Join(t.TempDir(), "switches.json")}
	b.set(t, map[string]string{})
	return b
}

// set replaces all entries at once.
func (b switchStore) set(t *testing.T, entries map[string]string) {
	t.Helper()
	text, err := json.Marshal(entries)
	if err == nil {
		err = os.WriteFile(b.path+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(b.path+".new", b.path)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// corrupt makes the store unreadable.
func (b switchStore) corrupt(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(b.path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// attach puts the store into Viceroy's manifest.
func (b switchStore) attach(server map[string]any) {
	server["config_stores"] = map[string]any{"larder_switches": map[string]any{"format": "json", "file": b.path}}
}

func TestInMaintenanceStoredAnswersAreServed(t *testing.T) {
	switches := newSwitchStore(t)
	f := newTwoOrigins(t, switches.attach)
	const stored, purged, stale, cold = "/things/tea/", "/things/milk/", "/brief/cake/", "/things/cold/"
	for _, path := range []string{stored, purged, stale, cold} {
		f.both(path, respond(thing("tea", "Stored.")))
	}
	for _, path := range []string{stored, purged, stale} {
		f.get(t, path).wantFetched(t)
	}
	requests := func() int { return f.primary.requestCount() + f.standby.requestCount() }

	switches.set(t, map[string]string{"maintenance": "on"})
	eventually(t, "the stale answer is served without asking an origin", func() bool {
		before := requests()
		got := f.get(t, stale)
		if got.status != http.StatusOK {
			t.Fatalf("a client notices: %v", got)
		}
		return requests() == before && strings.HasPrefix(got.cache.detail, "stale-if-error")
	})
	eventually(t, "no sandbox asks an origin", func() bool {
		if got := f.purge(t, `{"keys":["thing:milk"]}`); got.status != http.StatusOK {
			t.Fatal(got)
		}
		before := requests()
		for range 3 {
			for _, path := range []string{stored, purged, stale} {
				if got := f.get(t, path); got.status != http.StatusOK || string(got.body) != thing("tea", "Stored.") {
					t.Fatalf("a client notices: %s is %v", path, got)
				}
			}
		}
		return requests() == before
	})
	n := 0
	eventually(t, "a page that was never stored is a 503", func() bool {
		n++
		path := fmt.Sprintf("/things/cold-%d/", n)
		f.both(path, respond(thing("cold", "Cold.")))
		return f.get(t, path).status == http.StatusServiceUnavailable
	})

	switches.set(t, map[string]string{})
	eventually(t, "the origins are used again", func() bool { return f.get(t, cold).status == http.StatusOK })
}

// Another sandbox may answer at any time, and a new one has no earlier values
// to go on with. So this tries until the same one answers twice.
func TestSwitchesThatCanNoLongerBeReadKeepTheirValues(t *testing.T) {
	switches := newSwitchStore(t)
	f := newTwoOrigins(t, switches.attach)
	eventually(t, "a sandbox fails to read the switches and goes on with their earlier values", func() bool {
		switches.set(t, map[string]string{"maintenance": "on"})
		if !f.status(t).Switches.Maintenance {
			return false
		}
		switches.corrupt(t)
		<-time.After(2 * time.Second) // after which they are read again
		page := f.status(t)
		return page.Switches.Maintenance && len(page.Switches.Errors) > 0
	})
	eventually(t, "the log shows it", func() bool { return strings.Contains(f.log.Since(0), "read the switches") })
}

func TestADisabledOriginIsNotAsked(t *testing.T) {
	f := newTwoOrigins(t, switched(map[string]string{"disabled_origins": "primary"}))
	f.primary.script("/things/tea/", respond(thing("tea", "Of the primary.")))
	f.standby.script("/things/tea/", respond(thing("tea", "Of the standby.")))
	got := f.get(t, "/things/tea/").wantFetched(t)
	if string(got.body) != thing("tea", "Of the standby.") || f.primary.requestCount() != 0 {
		t.Errorf("the disabled primary received %d requests: %v", f.primary.requestCount(), got)
	}
	if page := f.status(t); len(page.Switches.Disabled) != 1 || page.Switches.Disabled[0] != "primary" {
		t.Errorf("the status page shows %+v", page.Switches)
	}
}

// The primary goes on hanging, so only the switch can close its circuit.
func TestTheOperatorCanCloseACircuit(t *testing.T) {
	switches := newSwitchStore(t)
	f := newTwoOrigins(t, switches.attach)
	pages := 0
	// failAtPrimary requests new pages that hang at the primary.
	failAtPrimary := func() {
		var group sync.WaitGroup
		for range enoughFailures {
			pages++
			path := fmt.Sprintf("/things/hanging-%d/", pages)
			f.primary.script(path, hang)
			f.standby.script(path, respond(thing("hanging", "Of the standby.")))
			group.Go(func() {
				if got, err := f.try(path); err != nil || got.status != http.StatusOK {
					t.Errorf("%s: %v (%v)", path, got, err)
				}
			})
		}
		group.Wait()
	}
	eventually(t, "the primary's circuit opens", func() bool {
		failAtPrimary()
		return f.circuit(t) != "closed"
	})
	switches.set(t, map[string]string{closeSwitch: "primary"})
	eventually(t, "the switch closes the circuit", func() bool { return f.circuit(t) == "closed" })
	eventually(t, "every sandbox has read the switch and asks the primary", func() bool {
		before := f.primary.requestCount()
		failAtPrimary()
		return f.primary.requestCount()-before >= enoughFailures
	})
	if state := f.circuit(t); state != "closed" {
		t.Errorf("further failures left the circuit %s in spite of the switch", state)
	}
}

func TestPassStoresNothing(t *testing.T) {
	f := newTwoOrigins(t, switched(map[string]string{"pass": "on"}))
	f.both("/things/tea/", respond(thing("tea", "Tea.")))
	for range 3 {
		got := f.get(t, "/things/tea/")
		if got.status != http.StatusOK || got.cache.hit || got.cache.stored || got.cache.fwd != "bypass" {
			t.Errorf("an answer was stored: %v", got)
		}
	}
	if n := f.primary.requestCount(); n != 3 {
		t.Errorf("the origin received %d requests, want three", n)
	}
	if page := f.status(t); !page.Switches.Pass {
		t.Errorf("the status page shows %+v", page.Switches)
	}
}

func TestMaxStaleShortensTheStaleWindow(t *testing.T) {
	f := newTwoOrigins(t, switched(map[string]string{"max_stale": "0s"}))
	const path = "/brief/tea/"
	f.both(path, respond(thing("tea", "Tea.")))
	f.get(t, path).wantFetched(t)
	f.both(path, status(http.StatusServiceUnavailable))
	// The vault has a copy and is no stale entry, so its detail tells.
	eventually(t, "the entry is past its window", func() bool {
		got := f.get(t, path)
		if strings.HasPrefix(got.cache.detail, "stale-if-error") {
			t.Errorf("a stale answer in spite of the switch: %v", got)
		}
		return !got.cache.hit || got.cache.detail != ""
	})
	if page := f.status(t); page.Switches.MaxStale != "0s" {
		t.Errorf("the status page shows %+v", page.Switches)
	}
}

func TestABadSwitchIsIgnoredAndShown(t *testing.T) {
	f := newTwoOrigins(t, switched(map[string]string{
		"maintenance": "perhaps", "disabled_origins": "nobody", "max_stale": "long", "pass": "off",
	}))
	f.both("/things/tea/", respond(thing("tea", "Tea.")))
	f.get(t, "/things/tea/").wantFetched(t)
	f.get(t, "/things/tea/").wantHit(t)
	page := f.status(t)
	if page.Switches.Maintenance || page.Switches.Pass || len(page.Switches.Disabled) > 0 || page.Switches.MaxStale != "" {
		t.Errorf("a bad value counts: %+v", page.Switches)
	}
	errors := strings.Join(page.Switches.Errors, "\n")
	for _, want := range []string{"maintenance", "perhaps", "nobody", "max_stale", "long"} {
		if !strings.Contains(errors, want) {
			t.Errorf("the status page does not name %q:\n%s", want, errors)
		}
	}
	eventually(t, "the log names the bad value", func() bool { return strings.Contains(f.log.Since(0), "perhaps") })
}

func TestTheStatusPageIsForOperators(t *testing.T) {
	edge, _ := begin(t)
	for name, c := range map[string]struct {
		path    string
		options []option
		status  int
	}{
		"health for everybody":          {"/_larder/health", nil, http.StatusOK},
		"health with HEAD":              {"/_larder/health", []option{method(http.MethodHead)}, http.StatusOK},
		"health is not for POST":        {"/_larder/health", []option{method(http.MethodPost)}, http.StatusMethodNotAllowed},
		"status without a token":        {"/_larder/status", nil, http.StatusUnauthorized},
		"status with a wrong token":     {"/_larder/status", []option{with("Authorization", "Bearer guess")}, http.StatusUnauthorized},
		"status with the purge token":   {"/_larder/status", []option{with("Authorization", "Bearer "+purgeToken)}, http.StatusOK},
		"status with a valid key":       {"/_larder/status", []option{with("Fastly-Key", fastlyKey)}, http.StatusOK},
		"status is not for POST either": {"/_larder/status", []option{method(http.MethodPost), with("Authorization", "Bearer "+purgeToken)}, http.StatusMethodNotAllowed},
	} {
		t.Run(name, func(t *testing.T) {
			got := edge.get(t, c.path, c.options...)
			if got.status != c.status {
				t.Errorf("want %d; got %d %v", c.status, got.status, got)
			}
			if got.header.Get("Cache-Control") != "no-store" {
				t.Errorf("Cache-Control is %q", got.header.Get("Cache-Control"))
			}
		})
	}
	page := edge.status(t)
	if page.Config == "" || len(page.Origins) != 2 || page.Origins[0].Name != "primary" || page.Vault.Configured {
		t.Errorf("the status page shows %+v", page)
	}
}
