package purge

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/problem"
	"larder/surrogate"
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
}

// Result is the answer to a purge.
type Result struct {
	Status string `json:"status"`
	Soft   bool   `json:"soft"`
	// Keys that were purged, as entries carry them: with the tenant's prefix,
	// and with the bucket keys.
	Keys []string `json:"keys"`
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
	return e.execute(o)
}

// order is a purge request that was understood.
type order struct {
	keys     []string // of the content, without prefix
	all      bool
	everyone bool // all tenants' content is meant
	soft     bool
	prefixes []string // of the tenants; one empty prefix without tenants
}

// execute purges. All leases go first: a fetch that begins after that reads
// the origin after the edit.
func (e *Endpoint) execute(o *order) (*Result, error) {
	result := &Result{Status: "ok", Soft: o.soft, Keys: o.surrogateKeys()}
	var errs []error
	for _, key := range o.leaseKeys() {
		if err := e.Cache.Purge(key, false); err != nil {
			errs = append(errs, fmt.Errorf("end leases %q: %w", key, err))
		}
	}
	for _, key := range result.Keys {
		if err := e.Cache.Purge(key, o.soft); err != nil {
			errs = append(errs, fmt.Errorf("purge %q: %w", key, err))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, problemFailed.Because(err)
	}
	return result, nil
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

// surrogateKeys are the keys to purge, each once.
func (o *order) surrogateKeys() []string {
	var keys []string
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
		if o.all {
			add(prefix + surrogate.AllKey)
		}
		for _, key := range o.keys {
			add(surrogate.ForPurge(prefix, key)...)
		}
	}
	return keys
}
