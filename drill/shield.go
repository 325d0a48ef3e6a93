package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

const (
	shieldSite = "frankfurt-de"
	// shieldDelay is how much earlier or later than the edge the shield hears
	// of a purge at most. It must be less than the purge_delay of withShield.
	shieldDelay = 500 * time.Millisecond
)

// withShield writes a configuration with a shield into dir. Origins get more
// time in it: whoever looks for old content must not find an error because the
// machine is busy.
func withShield(config, dir string) (string, error) {
	text, err := os.ReadFile(config)
	if err != nil {
		return "", err
	}
	var members map[string]any
	if err := json.Unmarshal(text, &members); err != nil {
		return "", fmt.Errorf("%s: %w", filepath.Base(config), err)
	}
	delete(members, "$schema") // which is beside the other file
	members["shield"] = map[string]string{"site": shieldSite, "purge_delay": "1s"}
	members["deadline"] = "10s"
	for _, origin := range members["origins"].([]any) {
		origin.(map[string]any)["first_byte_timeout"] = "4s"
	}
	if text, err = json.Marshal(members); err != nil {
		return "", err
	}
	path := filepath.Join(dir, "shield.json")
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
// hears of it at another time, as in a network; late hears of what comes of
// that after the return.
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
