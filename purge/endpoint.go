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
	"larder/surrogate"
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
	// Guard says who may purge.
	Guard *Guard
	// Vault records every purge, before the cache is purged if it can; nil is
	// none.
	Vault *vault.Vault
	// Now is the wall clock.
	Now func() time.Time
}

// Result is the answer to a purge: the keys that were purged, as entries carry
// them, with the tenant's prefix and with the bucket keys.
type Result struct {
	Status string `json:"status"`
	Soft   bool   `json:"soft"`
	// Keys were purged softly, unless Soft is false.
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
	o, err := e.parse(r)
	if err != nil {
		return nil, err
	}
	result, err := e.execute(o)
	if err != nil {
		return nil, err
	}
	return result, nil
}

// order is a purge request that was understood.
type order struct {
	keys     []string // of the content, without prefix
	hard     []string // keys that are purged hard in any case
	all      bool
	vault    bool // all means the vault's copies too
	everyone bool // all tenants' content is meant
	tenants  bool // larder.json has tenants, and the prefixes are some of them
	soft     bool
	prefixes []string // of the tenants; one empty prefix without tenants
}

// execute purges. All leases go first: a fetch that begins after that reads
// the origin after the edit.
func (e *Endpoint) execute(o *order) (*Result, error) {
	result := &Result{Status: "ok", Soft: o.soft, Keys: o.surrogateKeys(o.keys, o.all), Hard: o.surrogateKeys(o.hard, false)}
	record := vault.Purge{Settled: e.settled(), Keys: o.vaultKeys()}
	write := e.Vault.Purge(record)
	_ = write.Run(e.Now().Add(vaultTime)) // what is left is written below
	var errs []error
	purge := func(keys []string, soft bool) {
		for _, key := range keys {
			if err := e.Cache.Purge(key, soft); err != nil {
				errs = append(errs, fmt.Errorf("purge %q: %w", key, err))
			}
		}
	}
	purge(o.leaseKeys(), o.soft && len(o.hard) == 0)
	purge(o.noteKeys(), false)
	purge(result.Hard, false)
	purge(result.Keys, o.soft)
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

const (
	// vaultTime is how long a purge of the cache waits for the vault. A store
	// that is slow or fails must not delay what customers see of an edit.
	vaultTime = time.Second
	// vaultRestTime is how long the vault is tried once the cache is purged.
	vaultRestTime = 10 * time.Second
)

// settled is when the last repeat of a purge that begins now is sent. Purges
// are not repeated.
func (e *Endpoint) settled() time.Time { return e.Now() }

// vaultKeys are the keys whose copies are purged. A purge of everything leaves
// the vault alone unless the request includes it.
func (o *order) vaultKeys() []vault.Keys {
	var all []vault.Keys
	for _, prefix := range o.prefixes {
		keys := vault.Keys{Prefix: prefix, Hard: forPurge(prefix, o.hard)}
		purged := forPurge(prefix, o.keys)
		if o.all && o.vault {
			purged = append(purged, prefix+o.allKey(prefix))
		}
		if o.soft {
			keys.Soft = purged
		} else {
			keys.Hard = append(keys.Hard, purged...)
		}
		all = append(all, keys)
	}
	return all
}

func forPurge(prefix string, named []string) []string {
	var keys []string
	for _, key := range named {
		keys = append(keys, surrogate.ForPurge(prefix, key)...)
	}
	return keys
}

// allKey is what everything of a tenant is kept under, behind the prefix. The
// anonymous have none, and so a key of their own.
func (o *order) allKey(prefix string) string {
	if prefix == "" && o.tenants {
		return surrogate.AnonymousKey
	}
	return surrogate.AllKey
}

// leaseKeys are those of the leases that the purge ends.
func (o *order) leaseKeys() []string {
	if o.everyone {
		return []string{surrogate.AllLeasesKey}
	}
	keys := make([]string, len(o.prefixes))
	for i, prefix := range o.prefixes {
		keys[i] = surrogate.TenantLeaseKey(prefix)
	}
	return keys
}

// noteKeys are those of the notes that the purge ends.
func (o *order) noteKeys() []string {
	if o.everyone {
		return []string{surrogate.AllNotesKey}
	}
	keys := make([]string, len(o.prefixes))
	for i, prefix := range o.prefixes {
		keys[i] = surrogate.TenantNoteKey(prefix)
	}
	return keys
}

// surrogateKeys are the keys to purge, each once, for every tenant that is
// meant.
func (o *order) surrogateKeys(named []string, all bool) []string {
	keys := []string{}
	seen := map[string]bool{}
	add := func(more ...string) {
		for _, key := range more {
			if !seen[key] {
				seen[key] = true
				keys = append(keys, key)
			}
		}
	}
	for _, prefix := range o.prefixes {
		if all {
			add(prefix + o.allKey(prefix))
		}
		for _, key := range named {
			add(surrogate.ForPurge(prefix, key)...)
		}
	}
	return keys
}
