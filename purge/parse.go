package purge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/problem"
	"larder/surrogate"
)

// maxWork bounds the CPU time of a request, of which the platform allows 50 ms.
// Measured in Viceroy with a vault (docs/purge.md), a key takes about 50 µs, and each
// repeat 30 more: with its bucket it is purged twice each time (package fence). The
// unit is half of what a key takes at first.
const maxWork = 1500

// maxKeys is the most keys that one request may purge, counted once for each tenant,
// and twice for all of them.
func (e *Endpoint) maxKeys() int { return maxWork / (2 + len(e.Config.Purge.Repeat)) }

var (
	problemBadRequest = problem.New("bad-purge", http.StatusBadRequest, "The purge request is not acceptable.")
	problemNoKey      = problem.New("no-key", http.StatusBadRequest, "The purge request names no surrogate key.").
				WithDetail(`Name keys in a JSON body, {"keys": ["post:hello"]}, or in a Surrogate-Key header, separated by spaces.`)
	problemTooLarge = problem.New("purge-too-large", http.StatusRequestEntityTooLarge, "The purge request is too large.")
	problemNoTenant = problem.New("no-tenant", http.StatusBadRequest, "The purge request does not say whose content it means.").
			WithDetail(`Name the tenant by its credential, in the URL as content requests do or as {"credentials": ["…"]}, or by its ID as {"tenants": ["…"]} or in a Larder-Tenant header. Content served without a credential is {"anonymous": true}, or the tenant "anonymous".`)
)

// parse reads a purge request. Every error is a problem that says what is
// wrong, and where.
func (e *Endpoint) parse(r *fsthttp.Request) (*Request, error) {
	q, err := e.readQuery(r)
	if err != nil {
		return nil, err
	}
	b, err := e.readBody(r, members)
	if err != nil {
		return nil, err
	}
	request := &Request{
		keys:   append(append(b.keys, b.surrogateKeys...), surrogate.SpaceSeparated(r.Header.Values("Surrogate-Key"))...),
		hard:   b.hard,
		all:    b.all,
		soft:   softly(b.soft, q.soft),
		vault:  b.vault,
		dryRun: b.dryRun,
	}
	named := slices.Concat(request.keys, request.hard)
	if err := e.checkKeys(named, b.all); err != nil {
		return nil, err
	}
	whose, err := e.tenants(r, q, b)
	if err != nil {
		return nil, err
	}
	request.scopes, err = e.scopes(whose, named, b.all)
	return request, err
}

func (e *Endpoint) checkKeys(named []string, all bool) error {
	for i, key := range named {
		if strings.TrimSpace(key) == "" {
			return problemBadRequest.WithDetail(fmt.Sprintf("Key %d is empty.", i+1))
		}
	}
	switch {
	case len(named) == 0 && !all:
		return problemNoKey
	case len(named) > e.maxKeys():
		return problemTooLarge.WithDetail(fmt.Sprintf("It names %d keys; at most %d fit in one request. Send them in parts.", len(named), e.maxKeys()))
	}
	return nil
}

// scopes returns whose content a request purges that names these tenants and
// keys.
func (e *Endpoint) scopes(whose owners, named []string, all bool) ([]scope, error) {
	// Only a purge of everything may name no tenant.
	if len(whose.prefixes) == 0 && !whose.all && (!all || len(named) > 0) {
		return nil, problemNoTenant
	}
	for i, key := range named {
		if surrogate.Reserved(key) {
			return nil, problemBadRequest.WithDetail(fmt.Sprintf(`Key %d, %q, begins with "larder-", "@" or "~", as only Larder's own keys do.`, i+1, key))
		}
	}
	var scopes []scope
	for _, prefix := range whose.prefixes {
		scopes = append(scopes, scopeOf(prefix, e.Config.Tenant != nil))
	}
	if whose.all || len(whose.prefixes) == 0 {
		scopes = []scope{everyone()}
	}
	if n := max(len(named), 1) * namesIn(scopes); n > e.maxKeys() {
		return nil, problemTooLarge.WithDetail(fmt.Sprintf("It names %d keys for %s, which count as %d; at most %d fit in one request. Send them in parts.", len(named), whose, n, e.maxKeys()))
	}
	return scopes, nil
}

// namesIn returns under how many names a key is purged in scopes. One for all
// tenants has a second one; see [surrogate.ForPurgeOfAll].
func namesIn(scopes []scope) int {
	n := len(scopes)
	for _, s := range scopes {
		if s.everyone {
			n++
		}
	}
	return n
}

// owners are the tenants that a request names.
type owners struct {
	prefixes []string // of their surrogate keys
	all      bool     // every one that there is
}

func (o owners) String() string {
	if o.all {
		return "all tenants"
	}
	return fmt.Sprintf("each of %d tenants", len(o.prefixes))
}

// tenants returns the tenants that the request names. Where larder.json has none,
// they are the one that there is.
func (e *Endpoint) tenants(r *fsthttp.Request, q *query, b *body) (owners, error) {
	named := append(b.tenants, strings.FieldsFunc(strings.Join(r.Header.Values("Larder-Tenant"), " "), isSeparator)...)
	some := slices.DeleteFunc(slices.Clone(named), func(id string) bool { return id == config.AllTenants })
	all := len(some) < len(named)
	if e.Config.Tenant == nil {
		if len(b.tenants)+len(b.credentials) > 0 && !all || b.anonymous {
			return owners{}, problemBadRequest.WithDetail("It names tenants, but larder.json has none.")
		}
		return owners{prefixes: []string{""}}, nil
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
	for i, id := range some {
		if id == config.AnonymousTenant {
			add("")
			continue
		}
		if !surrogate.ValidTenantID(id) {
			return owners{}, problemBadRequest.WithDetail(fmt.Sprintf("Tenant %d is neither a tenant's ID, which has 43 characters, nor \"anonymous\" nor \"all\".", i+1))
		}
		add(id)
	}
	for i, credential := range b.credentials {
		if credential == "" {
			return owners{}, problemBadRequest.WithDetail(fmt.Sprintf("Credential %d is empty.", i+1))
		}
		add(surrogate.TenantID(credential))
	}
	if b.anonymous {
		add("")
	}
	if q.credential != "" {
		add(surrogate.TenantID(q.credential))
	}
	return owners{prefixes: prefixes, all: all}, nil
}

func isSeparator(r rune) bool { return r == ' ' || r == '\t' || r == ',' }
