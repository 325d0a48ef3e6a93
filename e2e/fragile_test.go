package e2e

import (
	"encoding/json"
	"net/http"
	"testing"

	"larder/internal/local"
)

// fragile is a Larder of a test's own, with the default circuit breaker and
// vault, between two origins that the test scripts.
type fragile struct {
	edge
	primary, standby *oddOrigin
}

// newFragile starts one from testdata/outage.json; change may alter Viceroy's
// manifest. Both origins answer for every path in names.
func newFragile(t *testing.T, change func(server map[string]any)) fragile {
	t.Helper()
	f := fragile{primary: newOddOrigin(), standby: newOddOrigin()}
	t.Cleanup(func() {
		for _, o := range []*oddOrigin{f.primary, f.standby} {
			if err := o.close(); err != nil {
				t.Error(err)
			}
		}
	})
	wasm, err := local.Build(t.Context(), local.BuildOptions{ConfigFile: "testdata/outage.json", Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	f.edge = startOwn(t, wasm, map[string]string{"primary": f.primary.url(), "standby": f.standby.url()}, change)
	return f
}

// startOwn starts a Larder that ends with the test. change, unless nil, may
// alter Viceroy's manifest.
func startOwn(t *testing.T, wasm string, backends map[string]string, change func(server map[string]any)) edge {
	t.Helper()
	log := &journal{}
	running, err := local.Start(suite.context, local.Options{Wasm: wasm, Backends: backends, Edit: change, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := running.Close(); err != nil {
			t.Error(err)
		}
	})
	own := edge{running, log}
	own.empty(t) // which also watches the log
	return own
}

// both scripts a path at both origins.
func (f fragile) both(path string, answer http.HandlerFunc) {
	f.primary.script(path, answer)
	f.standby.script(path, answer)
}

// asked is how many requests for content an origin has had.
func (o *oddOrigin) asked() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	n := 0
	for path, requests := range o.heard {
		if path != "/" { // Viceroy's own question, when it starts
			n += len(requests)
		}
	}
	return n
}

// statusPage is what tests read of /_larder/status.
type statusPage struct {
	Version, Config string
	Origins         []struct {
		Name, State, Health string
	}
	Shield *struct {
		Site, Error string
		Here        bool
	}
	Vault struct {
		Configured, Reachable bool
		LastError             string `json:"last_error"`
	}
	Switches struct {
		Maintenance, Pass bool
		Disabled          []string `json:"disabled_origins"`
		MaxStale          string   `json:"max_stale"`
		Errors            []string
	}
}

// status asks as the operator.
func (e edge) status(t *testing.T) statusPage {
	t.Helper()
	got := e.get(t, "/_larder/status", as(""), with("Authorization", "Bearer "+purgeToken))
	var page statusPage
	if err := json.Unmarshal(got.body, &page); err != nil || got.status != http.StatusOK {
		t.Fatalf("the status page: %v (%v)", got, err)
	}
	return page
}
