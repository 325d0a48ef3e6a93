package purge

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/fence"
	"larder/problem"
	"larder/purge/audit"
	"larder/vault"
)

// Path of the endpoint.
const Path = "/_larder/purge"

// Endpoint serves purge requests.
type Endpoint struct {
	Config *config.Config
	Fence  *fence.Fence
	// Guard authenticates operators.
	Guard *Guard
	// Limits bound how many purges are carried out; nil does not.
	Limits *Limits
	// Vault records every purge, before the cache is purged if it can; nil is
	// none.
	Vault *vault.Vault
	// Audit records every purge; nil records none.
	Audit *audit.Trail
	// NewID names a request.
	NewID func() string
	// Now is the wall clock.
	Now func() time.Time
	// Sleep waits before a purge is repeated.
	Sleep func(time.Duration)
	// Log takes a line for the operator.
	Log func(format string, args ...any)
}

// Result is the answer to a purge: the purged keys as entries carry them, with
// the tenant's prefix and with the bucket keys.
type Result struct {
	// Status is "ok", or "dry_run" if nothing was purged.
	Status string `json:"status"`
	// ID of the request; see [RequestIDField].
	ID   string `json:"id"`
	Soft bool   `json:"soft"`
	// Keys were purged softly if Soft is true, and hard otherwise.
	Keys []string `json:"keys"`
	// Hard keys were purged hard, whatever Soft says.
	Hard []string `json:"hard,omitempty"`
}

var (
	problemMethod = problem.New("method-not-allowed", http.StatusMethodNotAllowed, "The purge endpoint takes POST only.").WithHeader("Allow", "POST")
	problemFailed = problem.New("purge-failed", http.StatusBadGateway, "The purge was not carried out completely; send it again.")
)

// Serve answers a request to the endpoint. What it leaves for later repeats the
// purge.
func (e *Endpoint) Serve(_ context.Context, r *fsthttp.Request) (any, func(), error) {
	if r.Method != http.MethodPost {
		return nil, nil, problemMethod
	}
	token, err := e.Guard.Identify(r)
	if err != nil {
		return nil, nil, err
	}
	return e.recorded(audit.Record{Source: audit.Endpoint, Token: token.Name}, func(record *audit.Record) (any, func(), error) {
		request, err := e.parse(r)
		if err != nil {
			return nil, nil, err
		}
		return e.carryOut(request, token, record)
	})
}

// carryOut purges what a token may purge. What it leaves for later repeats the
// purge.
func (e *Endpoint) carryOut(request *Request, token *Token, record *audit.Record) (*Result, func(), error) {
	e.describe(record, request)
	if err := token.allow(request, e.Config.Tenant != nil); err != nil {
		return nil, nil, err
	}
	result := &Result{Status: "ok", ID: record.ID, Soft: request.soft}
	result.Keys, result.Hard = request.surrogateKeys()
	if request.dryRun {
		result.Status, record.Result = audit.DryRun, audit.DryRun
		return result, nil, nil
	}
	later, err := e.execute(request.purge(result.Keys, result.Hard), e.copies(request))
	return result, later, err
}

// copies returns the keys of what a request purges in the vault, if there is one.
func (e *Endpoint) copies(request *Request) []vault.Keys {
	if e.Vault == nil {
		return nil
	}
	return request.vaultKeys()
}

// execute purges the cache and the vault, unless there have been too many purges.
func (e *Endpoint) execute(p fence.Purge, copies []vault.Keys) (later func(), err error) {
	if err := e.Limits.AllowPurge(); err != nil {
		return nil, err
	}
	x := execution{Endpoint: e, purge: p, record: vault.Purge{Settled: e.settled(), Keys: copies}}
	if err := x.run(); err != nil {
		return x.repeat, problemFailed.Because(err)
	}
	return x.repeat, nil
}

const (
	// vaultTime is how long a purge of the cache waits for the vault. A store
	// that is slow or fails must not delay what customers see of an edit.
	vaultTime = time.Second
	// vaultRestTime is how long the vault is tried once the cache is purged.
	vaultRestTime = 10 * time.Second
)

// execution is a purge that is being carried out.
type execution struct {
	*Endpoint
	purge fence.Purge
	// record is what the vault is told.
	record vault.Purge
}

// run purges the cache, once the vault knows of the purge or has had its time.
func (x *execution) run() error {
	write := x.Vault.Purge(x.record)
	_ = write.Run(x.Now().Add(vaultTime)) // what is left is written below
	err := x.Fence.Purge(x.purge)
	if x.late() {
		write = x.Vault.Purge(x.record)
	}
	return errors.Join(err, write.Run(x.Now().Add(vaultRestTime)))
}

// late reports whether the cache was purged later than the vault was told, and
// if so moves the record on.
func (x *execution) late() bool {
	now := x.Now()
	if now.Sub(x.record.Settled) <= vault.SendTime {
		return false
	}
	x.record.Settled = now
	return true
}

// repeat purges again after each of the configured pauses: a message of the
// first purge may come late to a POP, and the origin may serve the old content
// for a while.
func (x *execution) repeat() {
	for _, pause := range x.Config.Purge.Repeat {
		x.Sleep(pause)
		if err := x.Fence.Purge(x.purge); err != nil {
			x.Log("repeat a purge: %v", err)
		}
	}
	if !x.late() {
		return
	}
	if err := x.Vault.Purge(x.record).Run(x.Now().Add(vaultRestTime)); err != nil {
		x.Log("repeat a purge: %v", err)
	}
}

// settled is when the last repeat of a purge that begins now will be sent.
func (e *Endpoint) settled() time.Time {
	at := e.Now()
	for _, pause := range e.Config.Purge.Repeat {
		at = at.Add(pause)
	}
	return at
}
