package purge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/problem"
	"larder/surrogate"
)

// MaxKeys is the most keys that one request may name, as in Fastly's own API.
const MaxKeys = 256

var (
	problemBadRequest = problem.New("bad-purge", http.StatusBadRequest, "The purge request is not acceptable.")
	problemNoKey      = problem.New("no-key", http.StatusBadRequest, "The purge request names no surrogate key.").
				WithDetail(`Name keys in a JSON body, {"keys": ["post:hello"]}, or in a Surrogate-Key header, separated by spaces.`)
	problemTooLarge = problem.New("purge-too-large", http.StatusRequestEntityTooLarge, "The purge request is too large.")
	problemNoTenant = problem.New("no-tenant", http.StatusBadRequest, "The purge request does not say whose content it means.").
			WithDetail(`Name the tenant by its credential, in the URL as content requests do or as {"credentials": ["…"]}, or by its ID as {"tenants": ["…"]} or in a Larder-Tenant header. Content served without a credential is {"anonymous": true}.`)
)

// parse reads a purge request. Every error is a problem that says what is
// wrong, and where.
func (e *Endpoint) parse(r *fsthttp.Request) (*Request, error) {
	q, err := e.readQuery(r)
	if err != nil {
		return nil, err
	}
	b, err := e.readBody(r)
	if err != nil {
		return nil, err
	}
	request := &Request{
		keys:  append(append(b.keys, b.surrogateKeys...), surrogate.SpaceSeparated(r.Header.Values("Surrogate-Key"))...),
		hard:  b.hard,
		all:   b.all,
		soft:  softly(b.soft, q.soft),
		vault: b.vault,
	}
	named := slices.Concat(request.keys, request.hard)
	if err := checkKeys(named, b.all); err != nil {
		return nil, err
	}
	prefixes, err := e.tenants(r, q, b)
	if err != nil {
		return nil, err
	}
	request.scopes, err = e.scopes(prefixes, named, b.all)
	return request, err
}

func checkKeys(named []string, all bool) error {
	for i, key := range named {
		if strings.TrimSpace(key) == "" {
			return problemBadRequest.WithDetail(fmt.Sprintf("Key %d is empty.", i+1))
		}
	}
	switch {
	case len(named) == 0 && !all:
		return problemNoKey
	case len(named) > MaxKeys:
		return problemTooLarge.WithDetail(fmt.Sprintf("It names %d keys; at most %d fit in one request.", len(named), MaxKeys))
	}
	return nil
}

// scopes returns whose content a request purges that names these tenants and
// keys.
func (e *Endpoint) scopes(prefixes, named []string, all bool) ([]scope, error) {
	if len(prefixes) == 0 {
		// Only a purge of everything may name no tenant.
		if !all || len(named) > 0 {
			return nil, problemNoTenant
		}
		return []scope{everyone()}, nil
	}
	for i, key := range named {
		if surrogate.Reserved(key) {
			return nil, problemBadRequest.WithDetail(fmt.Sprintf(`Key %d, %q, begins with "larder-", "@" or "~", as only Larder's own keys do.`, i+1, key))
		}
	}
	if n := max(len(named), 1) * len(prefixes); n > MaxKeys {
		return nil, problemTooLarge.WithDetail(fmt.Sprintf("It names %d keys for each of %d tenants, together %d; at most %d fit in one request.", len(named), len(prefixes), n, MaxKeys))
	}
	var scopes []scope
	for _, prefix := range prefixes {
		scopes = append(scopes, scopeOf(prefix, e.Config.Tenant != nil))
	}
	return scopes, nil
}

// tenants returns the prefixes of the tenants that the request names: one empty
// prefix if larder.json has no tenants.
func (e *Endpoint) tenants(r *fsthttp.Request, q *query, b *body) ([]string, error) {
	if e.Config.Tenant == nil {
		if len(b.tenants)+len(b.credentials) > 0 || b.anonymous {
			return nil, problemBadRequest.WithDetail("It names tenants, but larder.json has none.")
		}
		return []string{""}, nil
	}
	var prefixes []string
	seen := map[string]bool{}
	add := func(id string) {
		prefix := surrogate.TenantPrefix(id)
		if !seen[prefix] {
			seen[prefix] = true
			prefixes = append(prefixes, prefix)
		}
	}
	for i, id := range append(b.tenants, strings.FieldsFunc(strings.Join(r.Header.Values("Larder-Tenant"), " "), isSeparator)...) {
		if !surrogate.ValidTenantID(id) {
			return nil, problemBadRequest.WithDetail(fmt.Sprintf("Tenant %d is not a tenant's ID, which has 43 characters.", i+1))
		}
		add(id)
	}
	for i, credential := range b.credentials {
		if credential == "" {
			return nil, problemBadRequest.WithDetail(fmt.Sprintf("Credential %d is empty.", i+1))
		}
		add(surrogate.TenantID(credential))
	}
	if b.anonymous {
		add("")
	}
	if q.credential != "" {
		add(surrogate.TenantID(q.credential))
	}
	return prefixes, nil
}

func isSeparator(r rune) bool { return r == ' ' || r == '\t' || r == ',' }
