package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"larder/internal/local"
)

const (
	purgeToken = "local-purge-token" // fastly.toml's, for local use
	fastlyKey  = "local-fastly-key"  // likewise
	demoToken  = "demo-token"
	demoWriter = "demo-write-token"
	otherToken = "second-token" // another tenant's
)

// suite is what runs for all tests. TestMain sets it once, before they begin.
var suite struct {
	demo     edge // in front of api
	scripted edge // in front of origin
	api      *local.Demo
	origin   *scriptedOrigin
	// dir holds what the suite builds, and built the Wasm by its folder.
	dir   string
	built map[string]string
	// singleOrigins, by their Wasm, and twoOrigins are edges that tests share.
	// They start with the first test that needs them.
	singleOrigins map[string]singleOrigin
	twoOrigins    *twoOrigins
	// closers stop what was started, in order.
	closers []func() error
	// context lives as long as the suite: what is restarted must not end with
	// the test that restarts it.
	context context.Context
	// binary is the demo's program, and standby the address at which both
	// edges look for a second origin. No server listens there by default.
	binary, standby string
}

func TestMain(m *testing.M) {
	flag.Parse()
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	dir, err := os.MkdirTemp("", "larder-e2e-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	stop, err := start(ctx, dir)
	defer func() { err = errors.Join(err, stop()) }()
	if err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// start builds and starts everything. The function it returns stops what runs,
// after an error too.
func start(ctx context.Context, dir string) (stop func() error, err error) {
	stop = func() error {
		var errs []error
		for _, shut := range suite.closers {
			errs = append(errs, shut())
		}
		return errors.Join(errs...)
	}
	suite.context, suite.dir = ctx, dir
	suite.built, suite.singleOrigins = map[string]string{}, map[string]singleOrigin{}
	address, err := local.FreeAddress()
	if err != nil {
		return stop, err
	}
	if suite.standby, err = local.FreeAddress(); err != nil {
		return stop, err
	}
	if suite.binary, err = local.BuildDemo(ctx, dir); err != nil {
		return stop, err
	}
	suite.api, err = local.StartDemo(ctx, local.DemoOptions{
		Binary: suite.binary,
		Flags:  []string{"-purge-url", "http://" + address + "/_larder/purge", "-purge-token", purgeToken},
	})
	if err != nil {
		return stop, err
	}
	suite.closers = append(suite.closers, suite.api.Close)
	suite.origin = newScriptedOrigin()
	suite.closers = append(suite.closers, suite.origin.close)

	config, err := withoutBreaker(dir)
	if err != nil {
		return stop, err
	}
	if suite.demo, err = startEdge(ctx, dir, config, address, suite.api.URL()); err != nil {
		return stop, err
	}
	suite.closers = append(suite.closers, suite.demo.Close)
	if suite.scripted, err = startEdge(ctx, dir, "testdata/scripted.json", "", suite.origin.url()); err != nil {
		return stop, err
	}
	suite.closers = append(suite.closers, suite.scripted.Close)
	return stop, nil
}

// withoutBreaker writes the repository's larder.json with a circuit breaker that
// hardly ever opens, and never for long: tests count what each request costs a
// failing origin, and one test's failures must not affect the next. Nor may the
// vault answer in tests of the cache, or a purge be repeated during the next
// test.
func withoutBreaker(dir string) (string, error) {
	root, err := local.Root()
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Join(root, "larder.json"))
	if err != nil {
		return "", err
	}
	var config map[string]any
	if err := json.Unmarshal(text, &config); err != nil {
		return "", fmt.Errorf("larder.json: %w", err)
	}
	delete(config, "vault")
	config["purge"] = map[string]any{"repeat": []string{}}
	config["breaker"] = map[string]any{"failures": 100, "window": "1s", "cooldown": "100ms", "max_cooldown": "100ms"}
	if text, err = json.Marshal(config); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "larder.json")
	return path, os.WriteFile(path, text, 0o600)
}

// startEdge builds Larder with a configuration and starts it.
func startEdge(ctx context.Context, dir, config, address, primary string) (edge, error) {
	dir, err := os.MkdirTemp(dir, "wasm-")
	if err != nil {
		return edge{}, err
	}
	wasm, err := local.Build(ctx, local.BuildOptions{ConfigFile: config, Dir: dir})
	if err != nil {
		return edge{}, err
	}
	log := &local.Log{}
	running, err := local.Start(ctx, local.Options{
		Wasm:     wasm,
		Address:  address,
		Backends: map[string]string{"primary": primary, "standby": "http://" + suite.standby},
		Log:      log,
	})
	return edge{running, log}, err
}
