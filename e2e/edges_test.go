package e2e

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"larder/internal/local"
)

// singleOrigin is an edge in front of one origin, with the default limit of
// failures and without tenants. No standby hides an origin that is not asked.
type singleOrigin struct {
	edge
	origin *scriptedOrigin
}

// beginSingleOrigin gives a test an edge with an empty cache and a closed
// circuit. Each change alters its configuration, testdata/single-origin.json;
// tests with the same changes share the edge.
func beginSingleOrigin(t *testing.T, changes ...configChange) singleOrigin {
	t.Helper()
	wasm := build(t, "testdata/single-origin.json", changes...)
	s, ok := suite.singleOrigins[wasm]
	if !ok {
		s.origin = newScriptedOrigin()
		suite.closers = append(suite.closers, s.origin.close)
		s.edge = startShared(t, wasm, map[string]string{"primary": s.origin.url()}, func(server map[string]any) {
			backends := server["backends"].(map[string]any)
			delete(backends, "standby")
			// The limits to be tested are the configuration's.
			for _, limit := range []string{"first_byte_timeout_ms", "between_bytes_timeout_ms"} {
				backends["primary"].(map[string]any)[limit] = 60_000
			}
		})
		suite.singleOrigins[wasm] = s
	}
	s.origin.reset()
	s.closeCircuits(t, s.origin)
	s.empty(t)
	return s
}

// purge is edge.purge without a tenant, which the configuration does not have.
func (s singleOrigin) purge(t *testing.T, body string, options ...option) answer {
	t.Helper()
	return s.edge.purge(t, body, append([]option{as("")}, options...)...)
}

// twoOrigins is an edge in front of two origins, with the default circuit
// breaker, tenants and a vault.
type twoOrigins struct {
	edge
	primary, standby *scriptedOrigin
}

// beginTwoOrigins gives a test an edge with an empty cache and closed circuits,
// which it shares with others. What is in the vault stays there.
func beginTwoOrigins(t *testing.T) twoOrigins {
	t.Helper()
	f := suite.twoOrigins
	if f == nil {
		f = &twoOrigins{primary: newScriptedOrigin(), standby: newScriptedOrigin()}
		suite.closers = append(suite.closers, f.primary.close, f.standby.close)
		f.edge = startShared(t, build(t, "testdata/two-origins.json"), f.backends(), nil)
		suite.twoOrigins = f
	}
	f.primary.reset()
	f.standby.reset()
	f.closeCircuits(t, f.primary, f.standby)
	f.empty(t)
	return *f
}

// newTwoOrigins starts such an edge for one test, whose vault is empty. edit,
// unless nil, may change Viceroy's manifest.
func newTwoOrigins(t *testing.T, edit func(server map[string]any), changes ...configChange) twoOrigins {
	t.Helper()
	f := twoOrigins{primary: startOrigin(t), standby: startOrigin(t)}
	f.edge = startOwn(t, build(t, "testdata/two-origins.json", changes...), f.backends(), edit)
	return f
}

func (f twoOrigins) backends() map[string]string {
	return map[string]string{"primary": f.primary.url(), "standby": f.standby.url()}
}

// closeCircuits waits until every circuit is closed again after an earlier
// test. While it does, the origins before one fail for the page that probes it.
func (e edge) closeCircuits(t *testing.T, origins ...*scriptedOrigin) {
	t.Helper()
	for i, origin := range origins {
		probes := 0
		eventually(t, "the circuit is closed", func() bool {
			if e.status(t).Origins[i].state() == "closed" {
				return true
			}
			path := fmt.Sprintf("/things/probe-%d-%d/", i, probes)
			probes++
			for _, before := range origins[:i] {
				before.script(path, status(http.StatusInternalServerError))
			}
			origin.script(path, respond(thing("probe", "")))
			e.get(t, path)
			return false
		})
	}
}

func startOrigin(t *testing.T) *scriptedOrigin {
	t.Helper()
	o := newScriptedOrigin()
	t.Cleanup(func() {
		if err := o.close(); err != nil {
			t.Error(err)
		}
	})
	return o
}

// startShared starts an edge that ends with the suite. edit, unless nil, may
// change Viceroy's manifest.
func startShared(t *testing.T, wasm string, backends map[string]string, edit func(server map[string]any)) edge {
	t.Helper()
	log := &local.Log{}
	running, err := local.Start(suite.context, local.Options{Wasm: wasm, Backends: backends, Edit: edit, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	suite.closers = append(suite.closers, running.Close)
	return edge{running, log}
}

// startOwn starts an edge that ends with the test.
func startOwn(t *testing.T, wasm string, backends map[string]string, edit func(server map[string]any)) edge {
	t.Helper()
	own := startShared(t, wasm, backends, edit)
	t.Cleanup(func() {
		if err := own.Close(); err != nil {
			t.Error(err)
		}
	})
	own.empty(t) // which also watches the log
	return own
}

// configChange alters the members of a larder.json.
type configChange func(config map[string]any)

// shortCooldown bounds how long an origin or a URL is left out after failures.
func shortCooldown(config map[string]any) {
	config["breaker"] = map[string]any{"max_cooldown": "4s"}
}

// repeatedPurges lets purges be repeated as they are by default.
func repeatedPurges(config map[string]any) { delete(config, "purge") }

// timeouts replaces the time limits of every origin and the deadline.
func timeouts(perOrigin, deadline string) configChange {
	return func(config map[string]any) {
		for _, origin := range config["origins"].([]any) {
			origin.(map[string]any)["first_byte_timeout"] = perOrigin
			origin.(map[string]any)["body_timeout"] = perOrigin
		}
		config["deadline"] = deadline
	}
}

// build returns the Wasm with a configuration of testdata, changed. Each
// configuration is built once for the whole suite.
func build(t *testing.T, file string, changes ...configChange) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var config map[string]any
	if err := json.Unmarshal(text, &config); err != nil {
		t.Fatal(fmt.Errorf("%s: %w", file, err))
	}
	delete(config, "$schema") // a path that is right beside the original only
	for _, change := range changes {
		change(config)
	}
	if text, err = json.Marshal(config); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	dir := filepath.Join(suite.dir, hex.EncodeToString(sum[:8]))
	if wasm, ok := suite.built[dir]; ok {
		return wasm
	}
	path := filepath.Join(dir, "larder.json")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	wasm, err := local.Build(t.Context(), local.BuildOptions{ConfigFile: path, Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	suite.built[dir] = wasm
	return wasm
}
