package e2e

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// node runs a program in the folder of an official client, which is installed first
// if it is not there.
func node(t *testing.T, client string, args ...string) []byte {
	t.Helper()
	if _, err := os.Stat(client + "/node_modules/" + client); errors.Is(err, fs.ErrNotExist) {
		install := exec.CommandContext(t.Context(), "npm", "ci", "--no-fund", "--no-audit")
		install.Dir = client
		if output, err := install.CombinedOutput(); err != nil {
			t.Fatalf("npm ci: %v\n%s", err, output)
		}
	}
	program := exec.CommandContext(t.Context(), "node", args...)
	program.Dir = client
	var stderr strings.Builder
	program.Stderr = &stderr
	output, err := program.Output()
	if err != nil {
		t.Fatalf("node: %v\n%s", err, &stderr)
	}
	return output
}

func TestTheOfficialClientWorksUnchanged(t *testing.T) {
	edge, origin := begin(t)
	read := func() (got struct {
		List, Found, Seen []string
		Post              string
		Count             int
	}) {
		output := node(t, "buttercms", "read.js", edge.URL(), demoToken, "味噌", "salt")
		if err := json.Unmarshal(output, &got); err != nil {
			t.Fatalf("%v: %s", err, output)
		}
		return got
	}

	cold := read()
	if len(cold.List) != 5 || cold.Count < 60 || cold.Post != "味噌" || len(cold.Found) == 0 {
		t.Errorf("the client read %+v", cold)
	}
	asked := len(origin.counts(t))
	warm := read()
	if !slices.Equal(warm.List, cold.List) || !slices.Equal(warm.Found, cold.Found) {
		t.Errorf("the second time the client read %+v, the first time %+v", warm, cold)
	}
	if len(warm.Seen) != 3 {
		t.Errorf("the client sent %d requests, want 3", len(warm.Seen))
	}
	for _, status := range warm.Seen {
		if !strings.HasPrefix(status, "Larder; hit") {
			t.Errorf("the second time the client got no hit but %q", status)
		}
	}
	if again := len(origin.counts(t)); asked != 3 || again != asked {
		t.Errorf("the origin received %d kinds of requests, then %d; want 3 and no more", asked, again)
	}
}
