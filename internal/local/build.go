package local

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
)

// BuildOptions says what Wasm program to build. The zero value builds Larder
// itself with the repository's larder.json.
type BuildOptions struct {
	// ConfigFile takes the place of the repository's larder.json, which is
	// embedded into the program; "" keeps the repository's own.
	ConfigFile string
	// Replace gives files that take the place of others of the repository, by
	// their paths from its root.
	Replace map[string]string
	// Dir is the folder that receives the program and must exist; "" means
	// bin in the repository.
	Dir string
	// Package is the package to build; "" means the repository's root.
	Package string
}

// wasmFlags are those of fastly.toml's build script, so that what is tested is
// what is deployed. The tag replaces the SDK's URI parser, which panics on a
// bad percent-escape.
func wasmFlags() []string {
	return []string{"-trimpath", "-tags", "fastlyinternalsetparseuri", "-ldflags=-s -w"}
}

// Build compiles a program to Wasm and returns its absolute path. The error
// holds the compiler's messages.
func Build(ctx context.Context, options BuildOptions) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	dir, pkg := options.Dir, options.Package
	if dir == "" {
		dir = filepath.Join(root, "bin")
	}
	if pkg == "" {
		pkg = "."
	}
	wasm, err := filepath.Abs(filepath.Join(dir, "main.wasm"))
	if err != nil {
		return "", fmt.Errorf("build %s: %w", pkg, err)
	}

	args := append([]string{"build"}, wasmFlags()...)
	replace := maps.Clone(options.Replace)
	if options.ConfigFile != "" {
		if replace == nil {
			replace = make(map[string]string)
		}
		replace["larder.json"] = options.ConfigFile
	}
	if len(replace) > 0 {
		overlay, err := writeOverlay(root, replace)
		if err != nil {
			return "", err
		}
		defer os.Remove(overlay)
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "-o", wasm, pkg)...)
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	return wasm, runGo(cmd, root)
}

// writeOverlay writes a file for `go build -overlay` that puts files in the
// place of others, by their paths from the root; go:embed follows overlays.
func writeOverlay(root string, replace map[string]string) (string, error) {
	absolute := make(map[string]string, len(replace))
	for original, file := range replace {
		path, err := filepath.Abs(file)
		if err == nil {
			_, err = os.Stat(path)
		}
		if err != nil {
			return "", fmt.Errorf("overlay %s: %w", original, err)
		}
		absolute[filepath.Join(root, original)] = path
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": absolute})
	if err != nil {
		return "", fmt.Errorf("overlay: %w", err)
	}
	file, err := os.CreateTemp("", "larder-overlay-*.json")
	if err != nil {
		return "", fmt.Errorf("overlay: %w", err)
	}
	_, err = file.Write(overlay)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return "", fmt.Errorf("overlay: %w", err)
	}
	return file.Name(), nil
}

// buildNative compiles a package of the repository for this machine.
func buildNative(ctx context.Context, binary, pkg string) error {
	root, err := Root()
	if err != nil {
		return err
	}
	return runGo(exec.CommandContext(ctx, "go", "build", "-o", binary, pkg), root)
}

func runGo(cmd *exec.Cmd, root string) error {
	cmd.Dir = root
	output, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build %s: %w\n%s", cmd.Args[len(cmd.Args)-1], err, bytes.TrimSpace(output))
	}
	return nil
}
