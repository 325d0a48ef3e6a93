package purge

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"larder/config"
	"larder/problem"
	"larder/surrogate"
)

// problemForbidden is for a sender that is known and may not do this.
var problemForbidden = problem.New("token-scope", http.StatusForbidden, "The token may not do this.")

// Token is a credential of the operator, and what its holder may purge. The zero
// value of its limits allows everything.
type Token struct {
	// Name stands for the token in logs and answers.
	Name string
	// Text is what a client sends. It is never logged.
	Text string
	// Tenants are the IDs of the tenants whose content may be purged, or
	// [config.AnonymousTenant]; nil is all content.
	Tenants []string
	// Keys are the keys that may be purged, as content names them. One that ends
	// in "*" stands for all keys that begin with what comes before; nil is all
	// keys.
	Keys []string
}

// fastlyKey is the holder of a Fastly-Key that the platform accepts.
var fastlyKey = &Token{Name: "Fastly-Key"}

// limited reports whether there is anything that the token may not purge.
func (t *Token) limited() bool { return t.Tenants != nil || t.Keys != nil }

// refuse returns the problem of a token that may not do something.
func (t *Token) refuse(format string, args ...any) error {
	return problemForbidden.WithDetail(fmt.Sprintf("The token %q may not %s.", t.Name, fmt.Sprintf(format, args...)))
}

// allowScopes returns a problem if the token may not purge the content of one of
// the scopes. tenants says that larder.json has tenants.
func (t *Token) allowScopes(scopes []scope, tenants bool) error {
	if t.Tenants == nil {
		return nil
	}
	var allowed []scope
	for _, id := range t.Tenants {
		if id == config.AnonymousTenant {
			id = ""
		}
		allowed = append(allowed, scopeOf(surrogate.TenantPrefix(id), tenants))
	}
	for _, s := range scopes {
		if !slices.Contains(allowed, s) {
			return t.refuse("purge content of %s", s.owner())
		}
	}
	return nil
}

// allowKeys returns a problem if the token may not purge one of the keys.
func (t *Token) allowKeys(named []string) error {
	if t.Keys == nil {
		return nil
	}
	for _, key := range named {
		if !slices.ContainsFunc(t.Keys, func(pattern string) bool { return matches(pattern, key) }) {
			return t.refuse("purge the key %s", quote(key))
		}
	}
	return nil
}

// matches compares keys as they are purged, so that no other spelling of a key
// escapes.
func matches(pattern, key string) bool {
	if beginning, ok := strings.CutSuffix(pattern, "*"); ok {
		return strings.HasPrefix(surrogate.Key(key), surrogate.Key(beginning))
	}
	return surrogate.Key(key) == surrogate.Key(pattern)
}

// allowAll returns a problem if the token may not purge what no key of content
// names: everything, or a URL.
func (t *Token) allowAll(what string) error {
	if t.Keys == nil {
		return nil
	}
	return t.refuse("purge %s, because it is limited to some keys", what)
}

// allow returns a problem if the token may not purge what a request says.
func (t *Token) allow(r *Request, tenants bool) error {
	if r.all {
		if err := t.allowAll("everything"); err != nil {
			return err
		}
	}
	if err := t.allowScopes(r.scopes, tenants); err != nil {
		return err
	}
	return t.allowKeys(slices.Concat(r.keys, r.hard))
}

// owner names whose content a scope is, for people.
func (s scope) owner() string {
	switch {
	case s.everyone:
		return "all tenants"
	case s.prefix == "":
		return "the anonymous tenant"
	}
	return fmt.Sprintf("the tenant %s…", tenantDigits(s.prefix))
}

// tenantDigits are the first characters of a tenant's ID, by which its keys begin.
func tenantDigits(prefix string) string { return strings.Trim(prefix, "@:") }
