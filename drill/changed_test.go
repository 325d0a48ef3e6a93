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
