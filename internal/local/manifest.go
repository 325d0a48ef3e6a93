package local

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/BurntSushi/toml"
)

// manifest returns a fastly.toml for Viceroy: the [local_server] table of the
// one at path, with the URLs of backends replaced and changed by edit.
func manifest(path string, backends map[string]string, edit func(map[string]any)) ([]byte, error) {
	var whole struct {
		LocalServer map[string]any `toml:"local_server"`
	}
	if _, err := toml.DecodeFile(path, &whole); err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	server := whole.LocalServer
	if server == nil {
		server = map[string]any{}
	}
	for name, url := range backends {
		member(member(server, "backends"), name)["url"] = url
	}
	if edit != nil {
		edit(server)
	}
	var text bytes.Buffer
	if err := toml.NewEncoder(&text).Encode(map[string]any{"manifest_version": 3, "local_server": server}); err != nil {
		return nil, fmt.Errorf("write Viceroy's manifest: %w", err)
	}
	return text.Bytes(), nil
}

// member returns the inner table called name, and creates it if it is missing.
func member(table map[string]any, name string) map[string]any {
	if inner, ok := table[name].(map[string]any); ok {
		return inner
	}
	inner := map[string]any{}
	table[name] = inner
	return inner
}

// writeManifest writes Viceroy's manifest to dir and returns its path.
func writeManifest(dir, path string, options Options) (string, error) {
	text, err := manifest(path, options.Backends, options.Edit)
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "fastly.toml")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return "", fmt.Errorf("write Viceroy's manifest: %w", err)
	}
	return file, nil
}
