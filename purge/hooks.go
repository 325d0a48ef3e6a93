package purge

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/problem"
	"larder/purge/audit"
	"larder/purge/hook"
	"larder/resource"
	"larder/surrogate"
	"larder/vault"
)

// HooksPath begins the paths of all hooks.
const HooksPath = "/_larder/hooks/"

// Hooks serves the webhooks of CMSs: POST to [HooksPath] and the hook's name.
//
// The sender of a webhook waits for a few seconds at most, and few senders retry.
// So the answer waits for the cache alone, and the purge is recorded in the vault
// afterwards. Hard purges are then carried out once more, since in an outage the
// vault may have brought the content back meanwhile.
//
// A webhook cannot be sent in parts. One that concerns more keys than fit in a
// request purges everything of its tenants softly instead, which refreshes more than
// is necessary and misses nothing.
type Hooks struct {
	// Endpoint carries the purges out.
	*Endpoint
	// Secrets returns the valid secrets of a hook.
	Secrets func(name string) ([]string, error)
}

// HookResult is the answer to a webhook. The keys are those of content, without
// the tenant's prefix and without bucket keys.
type HookResult struct {
	Result string `json:"status"` // "ok" or "ignored"
	// All says that everything was purged softly.
	All     bool           `json:"all,omitempty"`
	Soft    []string       `json:"soft,omitempty"`
	Hard    []string       `json:"hard,omitempty"`
	Ignored []hook.Ignored `json:"ignored,omitempty"`
}

// Status is 202 if nothing was purged. It is never 410, because Ghost then deletes
// its webhook.
func (r *HookResult) Status() int {
	if r.Result == "ok" {
		return http.StatusOK
	}
	return http.StatusAccepted
}

var (
	problemHookMethod = problem.New("method-not-allowed", http.StatusMethodNotAllowed, "A hook takes POST only.").WithHeader("Allow", "POST")
	problemNoHook     = problem.New("no-operation", http.StatusNotFound, "There is no hook of this name.")
	problemNoSecret   = problem.New("no-hook-secret", http.StatusServiceUnavailable, "The hook has no secret in the Secret Store.")
	problemBodyCut    = problem.New("bad-hook", http.StatusBadRequest, "The body of the webhook could not be read.")
	problemHookSize   = problem.New("hook-too-large", http.StatusRequestEntityTooLarge, "The webhook is too large.")
)

// Serve answers a webhook. The work it leaves for later records the purge in the
// vault and repeats it.
func (h *Hooks) Serve(_ context.Context, r *fsthttp.Request) (any, func(), error) {
	path, query := resource.Split(r.URL)
	normal, err := resource.NormalisePath(path)
	if err != nil {
		return nil, nil, problemNoHook.Because(err)
	}
	name := strings.TrimPrefix(normal, HooksPath)
	i := slices.IndexFunc(h.Config.Hooks, func(c config.Hook) bool { return c.Name == name })
	switch {
	case i < 0:
		return nil, nil, problemNoHook
	case r.Method != http.MethodPost:
		return nil, nil, problemHookMethod
	}
	settings := &h.Config.Hooks[i]
	secrets, err := h.Secrets(name)
	if err != nil || len(secrets) == 0 {
		return nil, nil, problemNoSecret.Because(err)
	}
	body, err := h.readHook(r)
	if err != nil {
		return nil, nil, err
	}
	received := &hook.Request{Method: r.Method, Path: path, Query: query, Header: http.Header(r.Header), Body: body}
	found, err := hook.Receive(settings, secrets, received, h.Now())
	if hook.Refused(err) {
		if limited := h.Limits.FailedWebhook(r, name); limited != nil {
			err = limited
		}
		return nil, nil, err
	}
	return h.recorded(audit.Record{Source: audit.Hook, Hook: name}, func(record *audit.Record) (any, func(), error) {
		if err != nil {
			return nil, nil, err
		}
		return h.carryOut(settings, query, found, record)
	})
}

// carryOut purges what a webhook concerns.
func (h *Hooks) carryOut(settings *config.Hook, query string, found *hook.Purge, record *audit.Record) (any, func(), error) {
	if found.Empty() {
		record.Result = audit.Ignored
		return &HookResult{Result: "ignored", Ignored: found.Ignored}, nil, nil
	}
	scopes, err := h.hookScopes(settings, query)
	if err != nil {
		return nil, nil, err
	}
	most := h.maxKeys() / namesIn(scopes)
	if len(found.Hard) > most {
		return nil, nil, problemHookSize.WithDetail(fmt.Sprintf("It purges %d keys hard; at most %d fit in one request.", len(found.Hard), most))
	}
	if len(found.Soft)+len(found.Hard) > most {
		found.Soft, found.All = nil, true
	}
	request := &Request{scopes: scopes, keys: found.Soft, hard: found.Hard, soft: true, all: found.All, vault: found.All}
	h.describe(record, request)
	if err := h.Limits.AllowPurge(); err != nil {
		return nil, nil, err
	}
	x := &execution{Endpoint: h.Endpoint, purge: request.purge(request.surrogateKeys()), record: vault.Purge{Settled: h.settled(), Keys: h.copies(request)}}
	if err := h.Fence.Purge(x.purge); err != nil {
		return nil, x.finish, problemFailed.Because(err)
	}
	return &HookResult{Result: "ok", All: found.All, Soft: found.Soft, Hard: found.Hard, Ignored: found.Ignored}, x.finish, nil
}

// finish does the work for which the answer did not wait.
func (x *execution) finish() {
	if x.Vault != nil {
		if err := x.Vault.Purge(x.record).Run(x.Now().Add(vaultRestTime)); err != nil {
			x.Log("a webhook's purge: %v", err)
		}
		if len(x.purge.Hard) > 0 {
			if err := x.Fence.Purge(x.purge); err != nil {
				x.Log("repeat a purge: %v", err)
			}
		}
	}
	x.repeat()
}

// readHook reads the body of a webhook, up to the configured limit.
func (h *Hooks) readHook(r *fsthttp.Request) ([]byte, error) {
	limit := h.Config.Limits.PurgeBody
	body, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	switch {
	case err != nil:
		return nil, problemBodyCut.Because(err)
	case int64(len(body)) > limit:
		return nil, problemHookSize.WithDetail(fmt.Sprintf("Its body has more than %d bytes.", limit))
	}
	return body, nil
}

// hookScopes returns whose content a webhook concerns: that of the tenants that
// larder.json gives the hook or, without any, that of the credential in the
// hook's URL.
func (h *Hooks) hookScopes(settings *config.Hook, query string) ([]scope, error) {
	tenant := h.Config.Tenant
	if tenant == nil {
		return []scope{scopeOf("", false)}, nil
	}
	var scopes []scope
	if slices.Contains(settings.Tenants, config.AllTenants) {
		return []scope{everyone()}, nil
	}
	for _, id := range settings.Tenants {
		if id == config.AnonymousTenant {
			id = ""
		}
		scopes = append(scopes, scopeOf(surrogate.TenantPrefix(id), true))
	}
	if len(scopes) > 0 {
		return scopes, nil
	}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if resource.Unescape(name, true) != tenant.Query || tenant.Query == "" {
			continue
		}
		if credential := resource.Unescape(value, true); credential != "" {
			scopes = append(scopes, scopeOf(surrogate.TenantPrefix(surrogate.TenantID(credential)), true))
		}
	}
	if len(scopes) == 0 {
		return nil, problemNoTenant.WithDetail("Give the hook its tenants in larder.json, or the tenant's credential in its URL as the URLs of content have it.")
	}
	return scopes, nil
}
