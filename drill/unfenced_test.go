package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"larder/internal/local"
)

func TestTheFenceCanBeTakenAwayFromTheRealSource(t *testing.T) {
	root, err := local.Root()
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(filepath.Join(root, "handlers", "lease.go"))
	if err != nil {
		t.Fatal(err)
	}
	without, err := unfence(string(source))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(without, check+"\treturn stands\n}\n") || len(without) >= len(source) {
		t.Error("the check is not replaced")
	}
}

func TestASourceThatIsNotUnderstoodIsLeftAlone(t *testing.T) {
	for name, source := range map[string]string{
		"without the function": "package handlers\n",
		"with two of it":       check + "\treturn 1\n}\n" + check + "\treturn 2\n}\n",
		"cut short":            check + "\treturn 1\n",
	} {
		if _, err := unfence(source); !errors.Is(err, errNoCheck) {
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
