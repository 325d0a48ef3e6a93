package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"larder/internal/local"
)

// protection is a function of package handlers that keeps old content out, and
// what it would say if it always found everything in order.
type protection struct{ file, function, blind string }

var (
	// theFence notices purges that come while a fetch is under way.
	theFence = protection{"lease.go", "func (a *App) leased(id string) standing {\n", "\treturn stands\n"}
	// theCalm notices purges that may not have reached the shield.
	theCalm = protection{"calm.go", "func (k *ask) calm(lease string) calm {\n", "\treturn calmLong\n"}
)

var errNoFunction = errors.New("the file has not exactly one such function; the drill cannot take the protection away")

// buildWithout compiles Larder with a configuration and without a protection.
// The product has no switch for that, so one function is changed while
// compiling.
func buildWithout(ctx context.Context, p protection, config, dir string) (string, error) {
	root, err := local.Root()
	if err != nil {
		return "", err
	}
	real := filepath.Join(root, "handlers", p.file)
	source, err := os.ReadFile(real)
	if err != nil {
		return "", err
	}
	blinded, err := p.blindIn(string(source))
	if err != nil {
		return "", fmt.Errorf("handlers/%s: %w", p.file, err)
	}
	file, overlay, wasm := filepath.Join(dir, p.file), filepath.Join(dir, p.file+".json"), filepath.Join(dir, p.file+".wasm")
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {
		real:                               file,
		filepath.Join(root, "larder.json"): config,
	}})
	if err != nil {
		return "", err
	}
	if err := errors.Join(os.WriteFile(file, []byte(blinded), 0o600), os.WriteFile(overlay, replace, 0o600)); err != nil {
		return "", err
	}
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", "fastlyinternalsetparseuri", "-ldflags=-s -w", "-overlay", overlay, "-o", wasm, ".")
	build.Dir = root
	build.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if output, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build without a part of handlers/%s: %w\n%s", p.file, err, output)
	}
	return wasm, nil
}

// blindIn makes the function return at once in the source of its file.
func (p protection) blindIn(source string) (string, error) {
	before, rest, found := strings.Cut(source, p.function)
	if !found || strings.Contains(rest, p.function) {
		return "", errNoFunction
	}
	return before + p.function + p.blind + rest, nil
}
