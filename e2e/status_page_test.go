package e2e

import (
	"encoding/json"
	"net/http"
	"testing"
)

// statusPage is what tests read of /_larder/status.
type statusPage struct {
	Version, Config string
	Origins         []originStatus
	Tokens          struct {
		Accepted  int
		TooShort  int `json:"too_short"`
		Malformed int
	} `json:"purge_tokens"`
	Purges []struct {
		ID, Source, Hook, Token, Result string
		Keys, Hard                      []string
		Soft                            bool
	} `json:"recent_purges"`
	Hooks []struct {
		Name     string
		Secrets  int
		TooShort int `json:"too_short"`
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

// originStatus is what tests read of an origin.
type originStatus struct {
	Name, Health string
	Circuits     []struct{ Route, State string }
}

// state is that of the circuit which is not closed, if there is one.
func (o originStatus) state() string {
	for _, circuit := range o.Circuits {
		if circuit.State != "closed" {
			return circuit.State
		}
	}
	return "closed"
}

// status reads the status page with the operator's token.
func (e edge) status(t *testing.T) statusPage {
	t.Helper()
	got := e.get(t, "/_larder/status", as(""), with("Authorization", "Bearer "+purgeToken))
	var page statusPage
	if err := json.Unmarshal(got.body, &page); err != nil || got.status != http.StatusOK {
		t.Fatalf("the status page: %v (%v)", got, err)
	}
	return page
}

// circuit is the state of the first origin's circuits.
func (e edge) circuit(t *testing.T) string {
	t.Helper()
	origins := e.status(t).Origins
	if len(origins) == 0 {
		t.Fatal("the status page shows no origin")
	}
	return origins[0].state()
}
