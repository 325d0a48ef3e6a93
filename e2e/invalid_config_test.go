package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"larder/internal/local"
)

func TestABadConfigurationFailsTheBuildWithPathAndReason(t *testing.T) {
	root, err := local.Root()
	if err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile("testdata/scripted.json")
	if err != nil {
		t.Fatal(err)
	}
	larder := filepath.Join(t.TempDir(), "larder")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", larder, "./cmd/larder")
	build.Dir = root
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	check := func(t *testing.T, text string) (string, error) {
		program := exec.CommandContext(t.Context(), larder, "check", "-")
		program.Stdin = strings.NewReader(text)
		output, err := program.CombinedOutput()
		return string(output), err
	}
	if output, err := check(t, string(good)); err != nil {
		t.Fatalf("the good one is refused: %v\n%s", err, output)
	}
	for _, c := range []struct{ name, from, to, path, words string }{
		{"an unknown member", `"deadline"`, `"deadlines"`, "deadlines", "deadline"},
		{"a bad duration", `"ttl": "2s"`, `"ttl": "two seconds"`, "routes[3].lifetimes.ttl", "two seconds"},
		{"an unknown variable in a key", `"brief:{slug}"`, `"brief:{slg}"`, "routes[3].keys[0]", "slg"},
		{"a pattern that never matches", `"/brief/{slug}/"`, `"/things/{slug}/"`, "routes[3].path", "thing"},
		{"a size without a unit that is known", `"4MiB"`, `"8 parrots"`, "limits.tagged_body", "8 parrots"},
		{"no origins", `"origins": [
    {`, `"origins": [], "nothing": [
    {`, "origins", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			bad := strings.Replace(string(good), c.from, c.to, 1)
			if bad == string(good) {
				t.Fatal("the test's change changed nothing")
			}
			output, err := check(t, bad)
			if err == nil || !strings.Contains(output, c.path) || !strings.Contains(output, c.words) {
				t.Errorf("want an error with %q and %q; got %v\n%s", c.path, c.words, err, output)
			}
		})
	}
}
