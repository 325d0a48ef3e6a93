package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"larder/internal/local"
)

const (
	hookSecret = "a-secret-of-the-cms" // of the edge's hook
	purgeToken = "a-purge-token-of-the-cms"
)

// preset is a larder.json of presets/, changed for one run.
type preset struct {
	file        string // the changed one
	hook        string // the name of its hook
	debugHeader string
}

// readPreset writes a copy of a preset to dir that differs in three things: its
// origin is host; purges are not repeated, since a repeat could hide a missed
// edit and would be counted as a needless refresh; and its short lifetimes are
// long, because an end of a lifetime could hide a missed edit too.
func readPreset(name, host, dir string) (preset, error) {
	root, err := local.Root()
	if err != nil {
		return preset{}, err
	}
	text, err := os.ReadFile(filepath.Join(root, "presets", name+".json"))
	if err != nil {
		return preset{}, err
	}
	var config map[string]any
	if err := json.Unmarshal(text, &config); err != nil {
		return preset{}, fmt.Errorf("presets/%s.json: %w", name, err)
	}
	p := preset{file: filepath.Join(dir, "larder.json")}
	delete(config, "$schema") // a path that is right beside the original only
	config["origins"].([]any)[0].(map[string]any)["host"] = host
	config["purge"] = map[string]any{"repeat": []string{}}
	config["lifetimes"].(map[string]any)["not_found_ttl"] = "1d"
	for _, route := range config["routes"].([]any) {
		if lifetimes, ok := route.(map[string]any)["lifetimes"].(map[string]any); ok && lifetimes["ttl"] != nil {
			lifetimes["ttl"] = "1d"
		}
	}
	p.debugHeader, _ = config["debug_header"].(string)
	hooks, _ := config["hooks"].([]any)
	if p.debugHeader == "" || len(hooks) == 0 {
		return preset{}, fmt.Errorf("presets/%s.json has no hook or no debug header", name)
	}
	p.hook = hooks[0].(map[string]any)["name"].(string)
	if text, err = json.Marshal(config); err != nil {
		return preset{}, err
	}
	return p, os.WriteFile(p.file, text, 0o600)
}

// start builds the Wasm with the preset and runs it before an origin.
func (p preset) start(ctx context.Context, dir, origin string, log *local.Log) (*local.Edge, error) {
	wasm, err := local.Build(ctx, local.BuildOptions{ConfigFile: p.file, Dir: dir})
	if err != nil {
		return nil, err
	}
	secrets, err := json.Marshal(map[string]any{"hooks": map[string]string{p.hook: hookSecret}, "purge_tokens": []string{purgeToken}})
	if err != nil {
		return nil, err
	}
	return local.Start(ctx, local.Options{
		Wasm:     wasm,
		Backends: map[string]string{"primary": origin},
		Log:      log,
		Edit: func(server map[string]any) {
			server["secret_stores"] = map[string]any{"larder_secrets": []map[string]any{{"key": "larder", "data": string(secrets)}}}
		},
	})
}
