package resource

import (
	"net/http"
	"slices"

	"larder/config"
	"larder/surrogate"
)

// Tenant is whose content is asked for; the zero value is the anonymous one.
// The credential itself is kept nowhere.
type Tenant struct {
	// ID is [surrogate.TenantID] of the credential.
	ID string
	// FromHeader says that the credential came in a header.
	FromHeader bool
}

// Prefix begins the tenant's surrogate keys.
func (t Tenant) Prefix() string { return surrogate.TenantPrefix(t.ID) }

// TenantOf finds the credential where the configuration says it is: in the
// query first, then in the header.
func TenantOf(cfg *config.Tenant, rawQuery string, header http.Header) Tenant {
	return tenantOf(cfg, parseQuery(rawQuery), header)
}

// Credential returns the credential in a query: the first value of the named
// parameter that is not empty. given says that the parameter is there at all.
func Credential(rawQuery, name string) (credential string, given bool) {
	query := parseQuery(rawQuery)
	credential, _ = queryCredential(query, name)
	return credential, slices.ContainsFunc(query, func(p parameter) bool { return p.name == name })
}

func tenantOf(cfg *config.Tenant, query []parameter, header http.Header) Tenant {
	if cfg == nil {
		return Tenant{}
	}
	if v, ok := queryCredential(query, cfg.Query); ok {
		return Tenant{ID: surrogate.TenantID(v)}
	}
	if cfg.Header != "" {
		if v := header.Get(cfg.Header); v != "" {
			return Tenant{ID: surrogate.TenantID(v), FromHeader: true}
		}
	}
	return Tenant{}
}

// credentialName is the query parameter that holds a tenant's credential, or
// empty.
func credentialName(cfg *config.Config) string {
	if cfg.Tenant == nil {
		return ""
	}
	return cfg.Tenant.Query
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
