package handlers

import (
	"crypto/sha256"
	"net/http"
	"strings"

	"larder/config"
	"larder/corecache"
	"larder/surrogate"
)

// target is what a request asks for, in the one form that all requests with
// the same meaning share. Nothing that is not in the key reaches the origin.
type target struct {
	path  string // normalised, with the route's trailing slash
	query string // normalised, without a question mark and the credential
	// rawQuery is the query as the client sent it.
	rawQuery string
	host     string // the client's, where an origin gets it; else empty
	// tenant identifies the credential's owner; empty for the anonymous.
	tenant tenant
	key    []byte
	vars   []string // the values of the pattern's variables, encoded
}

// tenant is whose content is asked for. The credential itself is kept
// nowhere.
type tenant struct {
	id     string // surrogate.TenantID, for the cache key
	header bool   // the credential came in a header
}

func (t tenant) prefix() string { return surrogate.TenantPrefix(t.id) }

// newTarget says what a request for a route asks for. path is normalised, and
// vars are what the route's pattern found in it.
func newTarget(cfg *config.Config, route *config.Route, path, rawQuery string, vars []string, host string, header http.Header, content []byte) target {
	t := target{path: route.Path.Canonical(path), vars: vars, rawQuery: rawQuery}
	query := parseQuery(rawQuery)
	t.tenant = tenantOf(cfg.Tenant, query, header)
	if route.AllQuery && len(route.Query) == 0 {
		// The route says nothing about any parameter, so the query counts as
		// it is (RFC 9111 §4).
		t.query = withoutParameter(rawQuery, credentialName(cfg))
	} else {
		t.query = encodeQuery(keep(query, route, credentialName(cfg)))
	}
	if cfg.ClientHost() {
		t.host = strings.ToLower(host)
	}
	t.key = cacheKey(&t, route, header, content)
	return t
}

// originQuery is the query as the origin gets it: with the one credential that
// decided whose content it is. Others beside it could make the origin answer
// for somebody else.
func (t *target) originQuery(cfg *config.Config) string {
	name := credentialName(cfg)
	credential, ok := queryCredential(parseQuery(t.rawQuery), name)
	if !ok {
		return t.query
	}
	own := encodeQuery([]parameter{{name, credential}})
	if t.query == "" {
		return own
	}
	return t.query + "&" + own
}

// credentialName is the query parameter that holds a tenant's credential, or
// empty.
func credentialName(cfg *config.Config) string {
	if cfg.Tenant == nil {
		return ""
	}
	return cfg.Tenant.Query
}

// tenantOf finds the credential where the configuration says it is.
func tenantOf(cfg *config.Tenant, query []parameter, header http.Header) tenant {
	if cfg == nil {
		return tenant{}
	}
	if v, ok := queryCredential(query, cfg.Query); ok {
		return tenant{id: surrogate.TenantID(v)}
	}
	if cfg.Header != "" {
		if v := header.Get(cfg.Header); v != "" {
			return tenant{id: surrogate.TenantID(v), header: true}
		}
	}
	return tenant{}
}

// queryCredential is the first value of the parameter that is not empty.
func queryCredential(query []parameter, name string) (string, bool) {
	if name == "" {
		return "", false
	}
	for _, p := range query {
		if p.name == name && p.value != "" {
			return p.value, true
		}
	}
	return "", false
}

// keyVersion changes with the meaning of keys and records, so that a new
// deployment never misreads an old one's entries.
const keyVersion = "larder1"

// cacheKey joins everything that decides the answer. A key that would be too
// long for the host is hashed.
func cacheKey(t *target, route *config.Route, header http.Header, content []byte) []byte {
	size := len(keyVersion) + len(t.path) + len(t.query) + len(t.host) + len(t.tenant.id) + 16
	key := make([]byte, 0, size)
	key = append(key, keyVersion...)
	for _, part := range [...]string{t.host, t.tenant.id, t.path, t.query} {
		key = append(key, '\n')
		key = append(key, part...)
	}
	for _, name := range route.Headers {
		key = append(key, '\n')
		key = append(key, name...)
		for _, value := range header[name] {
			key = append(key, '\t')
			key = append(key, normaliseValue(value)...)
		}
	}
	if content != nil {
		sum := sha256.Sum256(queryKey(header, content))
		key = append(key, "\nQUERY "...)
		key = append(key, sum[:]...)
	}
	if len(key) > corecache.MaxKey {
		sum := sha256.Sum256(key)
		key = append(append(key[:0], keyVersion+"\nsha256\n"...), sum[:]...)
	}
	return key
}

// normaliseValue makes header values comparable: white space around the
// members of a list means nothing.
func normaliseValue(value string) string {
	if !strings.ContainsAny(value, " \t,") {
		return value
	}
	members := strings.Split(value, ",")
	for i := range members {
		members[i] = strings.TrimSpace(members[i])
	}
	return strings.Join(members, ",")
}

// routeKeys are the surrogate keys that the path and the query give. A value
// that lists several things by commas gives a key for each as well, as in
// ?keys=menu,suppliers.
func (t *target) routeKeys(route *config.Route) []string {
	if len(route.Keys) == 0 {
		return nil
	}
	query := parseQuery(t.query)
	value := func(variable string) (string, bool) {
		if name, ok := strings.CutPrefix(variable, "query."); ok {
			return first(query, name)
		}
		return t.variable(route, variable)
	}
	keys := make([]string, 0, len(route.Keys))
	for _, template := range route.Keys {
		if key, ok := template.Expand(value); ok {
			keys = append(keys, key)
		}
		for _, list := range template.Variables() {
			members, ok := value(list)
			if !ok || !strings.Contains(members, ",") {
				continue
			}
			for member := range strings.SplitSeq(members, ",") {
				if key, ok := template.Expand(func(variable string) (string, bool) {
					if variable == list {
						return strings.TrimSpace(member), true
					}
					return value(variable)
				}); ok {
					keys = append(keys, key)
				}
			}
		}
	}
	return keys
}

// variable returns a path variable's decoded value.
func (t *target) variable(route *config.Route, name string) (string, bool) {
	for i, v := range route.Path.Variables() {
		if v == name && i < len(t.vars) {
			return unescape(t.vars[i], false), true
		}
	}
	return "", false
}

// keySet starts the set of keys of an entry, the coarse ones first.
func (t *target) keySet(route *config.Route) *surrogate.Set {
	set := surrogate.NewSet(t.tenant.prefix())
	if t.tenant.id != "" {
		set.Add(surrogate.AllKey)
	}
	set.Add(t.routeKeys(route)...)
	return set
}

// printableKey is the key as Cache-Status shows it.
func (t *target) printableKey() string {
	return surrogate.Escape(strings.ReplaceAll(string(t.key), "\n", "|"))
}

// joinKeys is the value of a Surrogate-Key header.
func joinKeys(keys []string) string { return strings.Join(keys, " ") }
