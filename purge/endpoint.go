package purge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/problem"
	"larder/vault"
)

// Path of the endpoint.
const Path = "/_larder/purge"

// Purger purges one surrogate key; corecache.Cache is one.
type Purger interface {
	Purge(surrogateKey string, soft bool) error
}

// Endpoint serves purge requests.
type Endpoint struct {
	Config *config.Config
	Cache  Purger
	// Guard authenticates operators.
	Guard *Guard
	// Vault records every purge, before the cache is purged if it can; nil is
	// none.
	Vault *vault.Vault
	// Now is the wall clock.
	Now func() time.Time
}

// Result is the answer to a purge: the purged keys as entries carry them, with
// the tenant's prefix and with the bucket keys.
type Result struct {
	Status string `json:"status"`
	Soft   bool   `json:"soft"`
	// Keys were purged softly if Soft is true, and hard otherwise.
	Keys []string `json:"keys"`
	// Hard keys were purged hard, whatever Soft says.
	Hard []string `json:"hard,omitempty"`
}

var (
	problemMethod = problem.New("method-not-allowed", http.StatusMethodNotAllowed, "The purge endpoint takes POST only.").WithHeader("Allow", "POST")
	problemFailed = problem.New("purge-failed", http.StatusBadGateway, "The purge was not carried out completely; send it again.")
)

// Serve answers a request to the endpoint.
func (e *Endpoint) Serve(_ context.Context, r *fsthttp.Request) (any, error) {
	if r.Method != http.MethodPost {
		return nil, problemMethod
	}
	if err := e.Guard.Check(r); err != nil {
		return nil, err
	}
	request, err := e.parse(r)
	if err != nil {
		return nil, err
	}
	result, err := e.execute(request)
	if err != nil {
		return nil, err
	}
	return result, nil
}

const (
	// vaultTime is how long a purge of the cache waits for the vault. A store
	// that is slow or fails must not delay what customers see of an edit.
	vaultTime = time.Second
	// vaultRestTime is how long the vault is tried once the cache is purged.
	vaultRestTime = 10 * time.Second
)

// execute purges. All leases end first: a fetch that begins after that reads
// the origin after the edit.
func (e *Endpoint) execute(r *Request) (*Result, error) {
	result := &Result{Status: "ok", Soft: r.soft}
	result.Keys, result.Hard = r.surrogateKeys()
	record := vault.Purge{Settled: e.settled(), Keys: r.vaultKeys()}
	write := e.Vault.Purge(record)
	_ = write.Run(e.Now().Add(vaultTime)) // what is left is written below
	var errs []error
	purge := func(soft bool, keys ...string) {
		for _, key := range keys {
			if err := e.Cache.Purge(key, soft); err != nil {
				errs = append(errs, fmt.Errorf("purge %q: %w", key, err))
			}
		}
	}
	for _, s := range r.scopes {
		purge(r.soft && len(r.hard) == 0, s.leases)
	}
	for _, s := range r.scopes {
		purge(false, s.notes)
	}
	purge(false, result.Hard...)
	purge(r.soft, result.Keys...)
	if now := e.Now(); now.Sub(record.Settled) > vault.SendTime {
		record.Settled = now
		write = e.Vault.Purge(record)
	}
	errs = append(errs, write.Run(e.Now().Add(vaultRestTime)))
	if err := errors.Join(errs...); err != nil {
		return nil, problemFailed.Because(err)
	}
	return result, nil
}

// settled is when the last repeat of a purge that begins now is sent. Purges
// are not repeated.
func (e *Endpoint) settled() time.Time { return e.Now() }
