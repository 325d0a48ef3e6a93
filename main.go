// Larder is an edge cache for content APIs, a program for Fastly Compute.
//
// This file joins the parts; package handlers is the request path.
package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	mathrand "math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/fastly/compute-sdk-go/compute"
	"github.com/fastly/compute-sdk-go/fsthttp"
	"github.com/fastly/compute-sdk-go/rtlog"
	"github.com/fastly/compute-sdk-go/secretstore"

	"larder/accesslog"
	"larder/config"
	"larder/corecache"
	"larder/fence"
	"larder/handlers"
	"larder/origin"
	"larder/purge"
	"larder/purge/audit"
	"larder/shield"
	"larder/vault"
)

// auditEndpoint is the log endpoint that takes a line for each purge.
const auditEndpoint = "larder_purges"

func main() {
	cfg := configuration
	if cfg == nil {
		fmt.Fprintln(os.Stderr, "error: this program was built without a configuration\nhint: build it with: go run ./cmd/larder build")
		os.Exit(1)
	}
	log := func(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }
	cache := corecache.Host{}
	var purgeDelay time.Duration
	if cfg.Shield != nil {
		purgeDelay = cfg.Shield.PurgeDelay
	}
	fences := fence.New(cache, purgeDelay, log)
	secrets := &purge.Secrets{Secret: func() (purge.Secret, error) { return readSecret(cfg.Secrets) }, Hooks: cfg.Hooks, Now: time.Now, Log: log}
	switched := &switches{config: cfg, log: log}
	origins := &origin.Client{
		Origins:     cfg.Origins,
		Routes:      cfg.RouteNames(),
		Failures:    cfg.Failures,
		Breaker:     cfg.Breaker,
		Deadline:    cfg.Deadline,
		Sender:      origin.Withhold{Sender: origin.Fastly{}, Fields: secrets.Fields(), IsSecret: secrets.Has, Log: log},
		Cache:       cache,
		Health:      origin.PlatformHealth(),
		Disabled:    switched.disabled,
		ForceClosed: switched.forceClosed,
		Now:         time.Now,
		Log:         log,
	}
	var copies *vault.Vault
	if cfg.Vault != nil {
		copies = vault.New(cfg.Vault, &vault.Fastly{Name: cfg.Vault.Store}, cache, vault.Clock{Now: time.Now, Sleep: time.Sleep})
	}
	var site *shield.Site
	if cfg.Shield != nil {
		site = &shield.Site{
			Config: cfg.Shield,
			Tokens: &shield.Tokens{Purge: secrets.Unlimited, Now: time.Now},
			Host:   shield.Platform{},
			Now:    time.Now,
			Log:    log,
		}
		origins.Shield = site.Backend
	}
	limits := &purge.Limits{
		Config:   cfg.RateLimits,
		Failures: purge.RateCounter("larder_failures"),
		Purges:   purge.RateCounter("larder_purges"),
		Log:      log,
	}
	guard := &purge.Guard{
		Tokens:           secrets.Tokens,
		FastlyKeyIsValid: fastlyKeyIsValid,
		Limits:           limits,
	}
	trail := &audit.Trail{Lines: sync.OnceValue(func() io.Writer { return rtlog.Open(auditEndpoint) }), Cache: cache, Log: log}
	purges := &purge.Endpoint{
		Config: cfg, Fence: fences, Guard: guard, Limits: limits, Vault: copies,
		Audit: trail, NewID: newID, Now: time.Now, Sleep: time.Sleep, Log: log,
	}
	about := accesslog.About{POP: os.Getenv("FASTLY_POP"), Version: os.Getenv("FASTLY_SERVICE_VERSION")}
	access := accesslog.New(cfg.Logs, about, func(name string) io.Writer { return rtlog.Open(name) }, mathrand.IntN)
	operations := handlers.Operations{
		purge.Path:          purges,
		purge.HooksPath:     &purge.Hooks{Endpoint: purges, Secrets: secrets.Hook},
		handlers.HealthPath: handlers.Health{},
		handlers.StatusPath: &handlers.Status{Guard: guard, Report: func() any { return report(cfg, secrets, trail, origins, site, copies, switched) }},
	}
	var method handlers.Operation
	if api := cfg.Purge.FastlyAPI; api != nil {
		operations[api.Prefix+"/..."] = purge.FastlyAPI{Endpoint: purges}
		method = purge.Method{Endpoint: purges}
	}
	app := handlers.New(handlers.Parts{
		Config:     cfg,
		Pseudonym:  origin.Pseudonym(cfg.Name, os.Getenv("FASTLY_SERVICE_ID")),
		Cache:      cache,
		Fence:      fences,
		Origins:    origins,
		Operations: operations,
		Purges:     method,
		Vault:      copies,
		Shield:     site,
		Switches:   switched.current,
		Now:        time.Now,
		CPUTime:    compute.GetVCPUTime,
		AccessLog:  access,
		After:      time.After,
		NewID:      newID,
		Log:        log,
		Local:      os.Getenv("FASTLY_HOSTNAME") == "localhost", // Viceroy's; Fastly's machines have other names
		// A sandbox that ends breaks off what it has not finished.
		Abort: func() { os.Exit(1) },
	})
	fsthttp.ServeMany(app.ServeHTTP, &fsthttp.ServeManyOptions{
		// A sandbox ends before what the SDK does not free adds up.
		MaxRequests: 1000,
		MaxLifetime: 10 * time.Minute,
		NextTimeout: 30 * time.Second,
	})
}

// newID names an entry or a request: 72 random bits.
func newID() string {
	var b [9]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// readSecret reads the operator's secret, a JSON object. Errors do not quote it.
func readSecret(s config.Secrets) (purge.Secret, error) {
	plain, err := secretstore.Plaintext(s.Store, s.Name)
	if err != nil {
		return purge.Secret{}, fmt.Errorf("secret %q of store %q: %w", s.Name, s.Store, err)
	}
	var secret purge.Secret
	if err := json.Unmarshal(plain, &secret); err != nil {
		return purge.Secret{}, fmt.Errorf("secret %q of store %q is not a JSON object", s.Name, s.Store)
	}
	return secret, nil
}

func fastlyKeyIsValid(r *fsthttp.Request) (bool, error) {
	meta, err := r.FastlyMeta()
	if err != nil {
		return false, fmt.Errorf("ask the platform about the Fastly-Key: %w", err)
	}
	return meta.FastlyKeyIsValid, nil
}
