package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"larder/internal/local"
)

const (
	shieldSite = "frankfurt-de"
	// shieldDelay is how much earlier or later than the edge the shield receives
	// a purge at most. It must be less than the purge_delay of withShield.
	shieldDelay = 500 * time.Millisecond
)

// drillShield runs the same search at an edge whose shield receives each purge
// earlier or later than the edge.
func drillShield(ctx context.Context, out io.Writer, config, dir string, reads int) error {
	fmt.Fprintf(out, "shield: the same through a shield that receives each purge up to %v before or after the edge; \"without\" is without the quiet period\n", shieldDelay)
	dir = filepath.Join(dir, "shield") // so that the other parts' programs stay
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	config, err := withShield(config, dir)
	if err != nil {
		return err
	}
	wasm, err := local.Build(ctx, local.BuildOptions{Dir: dir, ConfigFile: config})
	if err != nil {
		return err
	}
	trusting, err := buildChanged(ctx, withoutQuiet, config, dir)
	if err != nil {
		return err
	}
	return comparison{
		with:    func() (*world, error) { return newShieldedWorld(ctx, wasm) },
		without: func() (*world, error) { return newShieldedWorld(ctx, trusting) },
		shelf:   func() *shelf { return &shelf{writerRest: usualWriterRest} },
		reads:   reads, readsWithout: min(max(reads/4, 1_000), 10_000),
	}.run(ctx, out)
}

// withShield writes a configuration with a shield into dir. Origins get more
// time in it, so that a busy machine causes no errors.
func withShield(config, dir string) (string, error) {
	return changedConfig(config, dir, func(members map[string]any) {
		members["shield"] = map[string]string{"site": shieldSite, "purge_delay": "1s"}
		members["deadline"] = "10s"
		for _, origin := range members["origins"].([]any) {
			origin.(map[string]any)["first_byte_timeout"] = "4s"
		}
	})
}

// changedConfig writes a changed configuration into dir.
func changedConfig(config, dir string, change func(members map[string]any)) (string, error) {
	text, err := os.ReadFile(config)
	if err != nil {
		return "", err
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		return "", fmt.Errorf("%s: %w", filepath.Base(config), err)
	}
	delete(members, "$schema") // which is beside the other file
	change(members)
	if text, err = json.Marshal(members); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "changed.json")
	return path, os.WriteFile(path, text, 0o600)
}

// newShieldedWorld starts a shield, and an edge that sends it its misses.
func newShieldedWorld(ctx context.Context, wasm string) (*world, error) {
	return makeWorld(func(w *world) (err error) {
		start := func(site any) (*customers, error) {
			return w.start(ctx, wasm, func(server map[string]any) {
				server["shielding_sites"] = map[string]any{shieldSite: site}
			})
		}
		if w.shield, err = start("Local"); err != nil {
			return err
		}
		w.customers, err = start(map[string]string{"encrypted": w.shield.edge.URL(), "unencrypted": w.shield.edge.URL()})
		return err
	})
}

// purgeEverywhere returns once the edge has acknowledged the purge. A shield
// receives it at another time, as in a network; late is called with the outcome
// of what happens after the return.
func (w *world) purgeEverywhere(ctx context.Context, body string, late func(error)) error {
	if w.shield == nil {
		return w.purge(ctx, body)
	}
	delay := rand.Float64() * shieldDelay.Seconds()
	if rand.IntN(2) == 0 {
		err := w.shield.purge(ctx, body)
		pause(ctx, delay)
		return errors.Join(err, w.purge(ctx, body))
	}
	err := w.purge(ctx, body)
	w.purges.Go(func() {
		pause(ctx, delay)
		late(w.shield.purge(ctx, body))
	})
	return err
}
