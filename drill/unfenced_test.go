package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"larder/internal/local"
)

func TestProtectionsCanBeTakenAwayFromTheRealSource(t *testing.T) {
	root, err := local.Root()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []protection{theFence, theCalm} {
		source, err := os.ReadFile(filepath.Join(root, "handlers", p.file))
		if err != nil {
			t.Fatal(err)
		}
		without, err := p.blindIn(string(source))
		if err != nil {
			t.Fatalf("%s: %v", p.file, err)
		}
		if !strings.Contains(without, p.function+p.blind) {
			t.Errorf("%s: the function still works", p.file)
		}
	}
}

func TestASourceThatIsNotUnderstoodIsLeftAlone(t *testing.T) {
	check := theFence.function
	for name, source := range map[string]string{
		"without the function": "package handlers\n",
		"with two of it":       check + "\treturn 1\n}\n" + check + "\treturn 2\n}\n",
	} {
		if _, err := theFence.blindIn(source); !errors.Is(err, errNoFunction) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEachCellSaysWhatCustomersMustGet(t *testing.T) {
	dead, served, bare := fault{}, fault{served: true}, fault{noVault: true}
	for _, c := range []struct {
		name  string
		fault fault
		want  [len(states)]string
	}{
		{"in an outage everyone who has a copy", dead, [...]string{"200 copy", "200 copy", "200 copy", "200 copy", "503"}},
		{"with an origin alive everyone", served, [...]string{"200", "200", "200", "200", "200"}},
		{"without a vault nobody in a cold place", bare, [...]string{"200 copy", "200 copy", "200 copy", "503", "503"}},
	} {
		for i, s := range states {
			if got := newCell(c.fault, s).want(); got != c.want[i] {
				t.Errorf("%s: %s gets %q, want %q", c.name, s.name, got, c.want[i])
			}
		}
	}
}
