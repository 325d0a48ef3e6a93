package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"larder/internal/local"
)

// change is what a drill's build does to a source file: it inserts text after a
// line. The product has no switches for drills.
type change struct{ file, after, insert string }

var (
	// withoutFence takes away what notices purges that come while a fetch is
	// under way.
	withoutFence = []change{{"fence/lease.go", "func (f *Fence) Check(id string, covered bool) State {\n", "\treturn Standing\n"}}
	// withoutQuiet takes away what notices purges that may not have reached the
	// shield.
	withoutQuiet = []change{{"fence/quiet.go", "func (f *Fence) Quiet(tenant string) bool {\n", "\treturn true\n"}}
	// withKVFaults lets the drill make the KV Store slow, or fail.
	withKVFaults = []change{
		{"vault/kv.go", "import (\n", "\t\"larder/drill/kvfault\"\n"},
		{"vault/kv.go", "func (f *Fastly) open() (*kvstore.Store, error) {\n",
			"\tif err := kvfault.Call(); err != nil {\n\t\treturn nil, fmt.Errorf(\"%w: %w\", ErrUnavailable, err)\n\t}\n"},
	}
)

var errNoLine = errors.New("the file has not exactly one such line; the drill cannot change it")

// in changes a source text.
func (c change) in(source string) (string, error) {
	before, rest, found := strings.Cut(source, c.after)
	if !found || strings.Contains(rest, c.after) {
		return "", fmt.Errorf("%s: %w: %q", c.file, errNoLine, c.after)
	}
	return before + c.after + c.insert + rest, nil
}

// buildChanged compiles Larder with a configuration and with changes, into a
// new folder of dir.
func buildChanged(ctx context.Context, changes []change, config, dir string) (string, error) {
	root, err := local.Root()
	if err != nil {
		return "", err
	}
	if dir, err = os.MkdirTemp(dir, "changed-"); err != nil {
		return "", err
	}
	replace := make(map[string]string)
	for _, c := range changes {
		source := replace[c.file] // with the changes before
		if source == "" {
			source = filepath.Join(root, c.file)
		}
		text, err := os.ReadFile(source)
		if err != nil {
			return "", err
		}
		changed, err := c.in(string(text))
		if err != nil {
			return "", err
		}
		replace[c.file] = filepath.Join(dir, filepath.Base(c.file))
		if err := os.WriteFile(replace[c.file], []byte(changed), 0o600); err != nil {
			return "", err
		}
	}
	return local.Build(ctx, local.BuildOptions{Dir: dir, ConfigFile: config, Replace: replace})
}
