package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"larder/internal/local"
)

func TestTheRealSourceCanBeChanged(t *testing.T) {
	root, err := local.Root()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range slices.Concat(withoutFence, withoutQuiet, withKVFaults) {
		source, err := os.ReadFile(filepath.Join(root, c.file))
		if err != nil {
			t.Fatal(err)
		}
		changed, err := c.in(string(source))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(changed, c.after+c.insert) {
			t.Errorf("%s is as before", c.file)
		}
	}
}

func TestASourceThatIsNotUnderstoodIsLeftAlone(t *testing.T) {
	fence := withoutFence[0]
	check := fence.after
	for name, source := range map[string]string{
		"without the function": "package fence\n",
		"with two of it":       check + "\treturn 1\n}\n" + check + "\treturn 2\n}\n",
	} {
		if _, err := fence.in(source); !errors.Is(err, errNoLine) {
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
