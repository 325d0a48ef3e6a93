package attacks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"larder/internal/local"
)

// Credentials of this suite. No log line and no problem may have one.
const (
	purgeToken   = "attacked-purge-token-5d1f0c"
	limitedToken = "attacked-limited-token-c0ffee" // for keys that begin with thing:tea, of the anonymous tenant
	faultyToken  = "attacked-faulty-token-0badc0"  // its entry is not valid
	hookSecret   = "attacked-hook-secret-3e90"
	originSecret = "attacked-origin-secret-77ab"
	tenantA      = "attacked-tenant-credential-a"
	tenantB      = "attacked-tenant-credential-b"
)

var credentials = []string{purgeToken, limitedToken, faultyToken, hookSecret, originSecret, tenantA, tenantB}

// secretHeader is what the origins of every edge require of Larder.
const secretHeader = "X-Origin-Key"

// The edges. Viceroy takes seconds to compile each, so a case should do with
// one of these.
const (
	strict   = "strict"    // testdata/strict.json: tenants, CORS lists, a vault, no unmatched paths
	shipped  = "shipped"   // the repository's larder.json, as it is deployed
	open     = "open"      // presets/wordpress.json, and /api/{path...} with "headers": ["*"] and no ttl
	inFront  = "in front"  // testdata/shield.json, at an edge
	atShield = "at shield" // the same, at the shield of that edge
)

// edge is a running Larder, and the origin behind it.
type edge struct {
	*local.Edge
	log    *local.Log
	origin *scriptedOrigin
}

// edges are all of them by name. TestMain starts them.
var edges = map[string]edge{}

// startAll builds and starts every edge. The function it returns stops what
// runs, after an error too.
func startAll(ctx context.Context, dir string) (stop func() error, err error) {
	var closers []func() error
	stop = func() error {
		var errs []error
		for _, shut := range closers {
			errs = append(errs, shut())
		}
		return errors.Join(errs...)
	}
	var mu sync.Mutex
	start := func(name, wasm string, origin *scriptedOrigin, edit func(server map[string]any)) error {
		log := &local.Log{}
		running, err := local.Start(ctx, local.Options{
			Wasm: wasm, Backends: map[string]string{"primary": origin.server.URL}, Log: log,
			Edit: func(server map[string]any) {
				delete(server["backends"].(map[string]any), "standby")
				server["secret_stores"] = map[string]any{"larder_secrets": []any{map[string]any{
					"key": "larder", "data": fmt.Sprintf(
						`{"purge_tokens":[%q,{"name":"limited","token":%q,"tenants":["anonymous"],"keys":["thing:tea*"]},{"token":%q,"keys":null}],
						"hooks":{"cms":%q,"tags":%q,"signed":%q}}`, purgeToken, limitedToken, faultyToken, hookSecret, hookSecret, hookSecret),
				}}}
				if edit != nil {
					edit(server)
				}
			},
		})
		if err != nil {
			return fmt.Errorf("edge %q: %w", name, err)
		}
		mu.Lock()
		defer mu.Unlock()
		edges[name] = edge{running, log, origin}
		closers = append(closers, running.Close)
		return nil
	}
	newOrigin := func() *scriptedOrigin {
		o := newScriptedOrigin()
		closers = append(closers, o.close)
		return o
	}

	shieldWasm, err := build(ctx, dir, "testdata/shield.json", nil)
	if err != nil {
		return stop, err
	}
	behindShield := newOrigin()
	site := func(value any) func(map[string]any) {
		return func(server map[string]any) { server["shielding_sites"] = map[string]any{"frankfurt-de": value} }
	}
	if err := start(atShield, shieldWasm, behindShield, site("Local")); err != nil {
		return stop, err
	}
	url := edges[atShield].URL()
	if err := start(inFront, shieldWasm, behindShield, site(map[string]any{"encrypted": url, "unencrypted": url})); err != nil {
		return stop, err
	}
	root, err := local.Root()
	if err != nil {
		return stop, err
	}
	for _, e := range []struct {
		name, file string
		change     func(config map[string]any)
	}{
		{strict, "testdata/strict.json", nil},
		{shipped, filepath.Join(root, "larder.json"), func(config map[string]any) {
			config["origins"] = config["origins"].([]any)[:1]
		}},
		{open, filepath.Join(root, "presets", "wordpress.json"), func(config map[string]any) {
			config["routes"] = append(config["routes"].([]any), map[string]any{
				"name": "open", "path": "/api/{path...}", "query": map[string]any{"*": nil}, "headers": []string{"*"},
				"lifetimes": map[string]any{"ttl": "origin", "stale_while_revalidate": "origin", "stale_if_error": "origin"},
			})
		}},
	} {
		wasm, err := build(ctx, dir, e.file, e.change)
		if err != nil {
			return stop, err
		}
		if err := start(e.name, wasm, newOrigin(), nil); err != nil {
			return stop, err
		}
	}
	return stop, nil
}

// build compiles a configuration, changed so that one case leaves nothing behind
// for the next: circuits hardly ever open, and purges are not repeated. The
// origin gets a secret header.
func build(ctx context.Context, dir, file string, change func(config map[string]any)) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var config map[string]any
	if err := json.Unmarshal(text, &config); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	delete(config, "$schema") // a path that is right beside the original only
	if change != nil {
		change(config)
	}
	config["purge"] = map[string]any{"repeat": []string{}, "fastly_api": map[string]any{}}
	config["breaker"] = map[string]any{"failures": 100, "window": "1s", "cooldown": "100ms", "max_cooldown": "1m"}
	first := config["origins"].([]any)[0].(map[string]any)
	first["headers"] = map[string]string{secretHeader: originSecret}
	if text, err = json.Marshal(config); err != nil {
		return "", err
	}
	own, err := os.MkdirTemp(dir, strings.TrimSuffix(filepath.Base(file), ".json"))
	if err != nil {
		return "", err
	}
	path := filepath.Join(own, "larder.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		return "", err
	}
	return local.Build(ctx, local.BuildOptions{ConfigFile: path, Dir: own})
}
