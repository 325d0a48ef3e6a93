package main

import (
	"encoding/json"
	"os"
	"time"

	"larder/config"
	"larder/origin"
	"larder/purge"
	"larder/purge/audit"
	"larder/shield"
	"larder/vault"
)

// Version of Larder, set when a release is built.
var version = "dev"

// statusReport is the answer of /_larder/status.
type statusReport struct {
	Version string `json:"version"`
	// Config is the beginning of the SHA-256 of the deployed larder.json.
	Config   string                `json:"config"`
	Routes   int                   `json:"routes"`
	POP      string                `json:"pop"`
	Service  string                `json:"service"`
	Deployed string                `json:"service_version"`
	Time     time.Time             `json:"time"`
	Origins  []origin.OriginStatus `json:"origins"`
	// Tokens are those that may purge and read this.
	Tokens purge.TokenStatus  `json:"purge_tokens"`
	Hooks  []purge.HookStatus `json:"hooks"`
	// Purges are the latest ones in this POP, the last one first.
	Purges      []json.RawMessage `json:"recent_purges"`
	PurgesError string            `json:"recent_purges_error,omitempty"`
	// Shield is missing where none is configured.
	Shield   *shield.Status `json:"shield,omitempty"`
	Vault    vault.Status   `json:"vault"`
	Switches switchReport   `json:"switches"`
}

type switchReport struct {
	Maintenance bool     `json:"maintenance"`
	Pass        bool     `json:"pass"`
	Disabled    []string `json:"disabled_origins"`
	Closed      []string `json:"closed_circuits"`
	MaxStale    string   `json:"max_stale,omitempty"`
	Errors      []string `json:"errors"`
}

// report collects how things are in this place.
func report(cfg *config.Config, secrets *purge.Secrets, trail *audit.Trail, origins *origin.Client, site *shield.Site, copies *vault.Vault, s *switches) statusReport {
	now := s.current(time.Now())
	tokens, hooks := secrets.Status()
	r := statusReport{
		Version:  version,
		Config:   configurationSum[:12],
		Routes:   len(cfg.Routes),
		POP:      os.Getenv("FASTLY_POP"),
		Service:  os.Getenv("FASTLY_SERVICE_ID"),
		Deployed: os.Getenv("FASTLY_SERVICE_VERSION"),
		Time:     time.Now().UTC(),
		Origins:  origins.Status(),
		Tokens:   tokens,
		Hooks:    hooks,
		Shield:   site.Status(),
		Vault:    copies.Status(),
		Switches: switchReport{
			Maintenance: now.Maintenance,
			Pass:        now.Pass,
			Disabled:    append([]string{}, now.Disabled...),
			Closed:      append([]string{}, now.Closed...),
			Errors:      []string{},
		},
	}
	recent, err := trail.Recent()
	r.Purges = append([]json.RawMessage{}, recent...)
	if err != nil {
		r.PurgesError = err.Error()
	}
	if now.MaxStale.Valid {
		r.Switches.MaxStale = now.MaxStale.Duration.String()
	}
	for _, err := range s.errs {
		r.Switches.Errors = append(r.Switches.Errors, err.Error())
	}
	return r
}
