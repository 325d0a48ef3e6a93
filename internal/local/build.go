package local

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"

	"larder/config/compile"
)

// BuildOptions says what Wasm program to build. The zero value builds Larder
// itself with the repository's larder.json.
type BuildOptions struct {
	// ConfigFile is the larder.json that is checked and compiled into Larder;
	// "" means the repository's own.
	ConfigFile string
	// Replace gives files that take the place of others of the repository, by
	// their paths from its root.
	Replace map[string]string
	// Dir is the folder that receives the program and must exist; "" means
	// bin in the repository, which is made.
	Dir string
	// Package is the package to build. Larder is ".", or ""; others have no
	// configuration.
	Package string
}

// wasmFlags: the tag replaces the SDK's URI parser, which panics on a bad
// percent-escape.
func wasmFlags() []string {
	return []string{"-trimpath", "-tags", "fastlyinternalsetparseuri", "-ldflags=-s -w"}
}

// Build compiles a program to Wasm and returns its absolute path. It is the
// only way to a Larder that starts: `larder build`, by which packages are made,
// the tests and `make serve` all come here, and the configuration is checked
// and compiled anew each time. The error wraps the [config.Errors] of a
// configuration with mistakes, or holds the compiler's messages.
func Build(ctx context.Context, options BuildOptions) (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	wasm, err := filepath.Abs(filepath.Join(cmp.Or(options.Dir, filepath.Join(root, "bin")), "main.wasm"))
	if err != nil {
		return "", fmt.Errorf("build the Wasm: %w", err)
	}
	// A build that fails must not leave an earlier program to be deployed.
	if err := os.Remove(wasm); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("build the Wasm: %w", err)
	}
	generated, err := os.MkdirTemp("", "larder-build-")
	if err != nil {
		return "", fmt.Errorf("build the Wasm: %w", err)
	}
	defer os.RemoveAll(generated)

	pkg := cmp.Or(options.Package, ".")
	replace := map[string]string{}
	maps.Copy(replace, options.Replace)
	if pkg == "." {
		source := filepath.Join(generated, compiledConfiguration)
		if err := compileConfiguration(cmp.Or(options.ConfigFile, filepath.Join(root, "larder.json")), source); err != nil {
			return "", err
		}
		replace[compiledConfiguration] = source
	}
	args := append([]string{"build"}, wasmFlags()...)
	if len(replace) > 0 {
		overlay := filepath.Join(generated, "overlay.json")
		if err := writeOverlay(root, replace, overlay); err != nil {
			return "", err
		}
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, "-o", wasm, pkg)...)
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	return wasm, runGo(cmd, root)
}

// compiledConfiguration is the file of the repository's root whose place the
// compiled configuration takes.
const compiledConfiguration = "configuration.go"

// compileConfiguration checks a larder.json and writes its Go source.
func compileConfiguration(larderJSON, source string) error {
	data, err := os.ReadFile(larderJSON)
	if err != nil {
		return fmt.Errorf("read the configuration: %w", err)
	}
	text, err := compile.Source(data)
	if err != nil {
		return fmt.Errorf("%s: %w", larderJSON, err)
	}
	if err := os.WriteFile(source, text, 0o600); err != nil {
		return fmt.Errorf("write the compiled configuration: %w", err)
	}
	return nil
}

// writeOverlay writes a file for `go build -overlay` that puts files in the
// place of others, by their paths from the root.
func writeOverlay(root string, replace map[string]string, file string) error {
	absolute := make(map[string]string, len(replace))
	for original, file := range replace {
		path, err := filepath.Abs(file)
		if err == nil {
			_, err = os.Stat(path)
		}
		if err != nil {
			return fmt.Errorf("overlay %s: %w", original, err)
		}
		absolute[filepath.Join(root, original)] = path
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": absolute})
	if err == nil {
		err = os.WriteFile(file, overlay, 0o600)
	}
	if err != nil {
		return fmt.Errorf("overlay: %w", err)
	}
	return nil
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
