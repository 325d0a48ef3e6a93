package purge

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/problem"
	"larder/resource"
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

// body is the JSON form of a purge request.
type body struct {
	Keys          []string `json:"keys"`
	SurrogateKeys []string `json:"surrogate_keys"` // Fastly's name for keys
	Hard          []string `json:"hard"`           // keys that are purged hard, whatever soft says
	All           bool     `json:"all"`
	Soft          *bool    `json:"soft"`
	Tenants       []string `json:"tenants"`
	Credentials   []string `json:"credentials"`
	Anonymous     bool     `json:"anonymous"`
	Vault         bool     `json:"vault"` // all includes the vault's copies
}

// parse reads a purge request. Every error is a problem that says what is
// wrong, and where.
func (e *Endpoint) parse(r *fsthttp.Request) (*Request, error) {
	b, err := e.readBody(r)
	if err != nil {
		return nil, err
	}
	request := &Request{
		keys:  append(append(b.Keys, b.SurrogateKeys...), surrogate.SpaceSeparated(r.Header.Values("Surrogate-Key"))...),
		hard:  b.Hard,
		all:   b.All,
		vault: b.Vault,
	}
	if request.soft, err = parseSoft(b.Soft, r.URL.Query().Get("soft")); err != nil {
		return nil, err
	}
	named := slices.Concat(request.keys, request.hard)
	if err := checkKeys(named, b.All); err != nil {
		return nil, err
	}
	prefixes, err := e.tenants(r, b)
	if err != nil {
		return nil, err
	}
	request.scopes, err = e.scopes(prefixes, named, b.All)
	return request, err
}

// parseSoft returns whether the purge is soft. The query parameter overrides
// the body.
func parseSoft(inBody *bool, inQuery string) (bool, error) {
	if inQuery == "" {
		return inBody == nil || *inBody, nil
	}
	soft, err := strconv.ParseBool(inQuery)
	if err != nil {
		return false, problemBadRequest.WithDetail(fmt.Sprintf("The query parameter soft is %q; want true or false.", inQuery))
	}
	return soft, nil
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
	tenants := e.Config.Tenant != nil
	if tenants && slices.Contains(prefixes, "") {
		for i, key := range named {
			if surrogate.Reserved(key) {
				return nil, problemBadRequest.WithDetail(fmt.Sprintf("Key %d, %q, is one of Larder's own, and not of anonymous content.", i+1, key))
			}
		}
	}
	if n := max(len(named), 1) * len(prefixes); n > MaxKeys {
		return nil, problemTooLarge.WithDetail(fmt.Sprintf("It names %d keys for each of %d tenants, together %d; at most %d fit in one request.", len(named), len(prefixes), n, MaxKeys))
	}
	var scopes []scope
	for _, prefix := range prefixes {
		scopes = append(scopes, scopeOf(prefix, tenants))
	}
	return scopes, nil
}

// tenants returns the prefixes of the tenants that the request names: one empty
// prefix if larder.json has no tenants.
func (e *Endpoint) tenants(r *fsthttp.Request, b *body) ([]string, error) {
	if e.Config.Tenant == nil {
		if len(b.Tenants)+len(b.Credentials) > 0 || b.Anonymous {
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
	for i, id := range append(b.Tenants, strings.FieldsFunc(strings.Join(r.Header.Values("Larder-Tenant"), " "), isSeparator)...) {
		if !surrogate.ValidTenantID(id) {
			return nil, problemBadRequest.WithDetail(fmt.Sprintf("Tenant %d is not a tenant's ID, which has 43 characters.", i+1))
		}
		add(id)
	}
	for i, credential := range b.Credentials {
		if credential == "" {
			return nil, problemBadRequest.WithDetail(fmt.Sprintf("Credential %d is empty.", i+1))
		}
		add(surrogate.TenantID(credential))
	}
	if b.Anonymous {
		add("")
	}
	// The URL carries the credential as content requests do.
	name := e.Config.Tenant.Query
	credential, present := resource.Credential(r.URL.RawQuery, name)
	if present && credential == "" {
		return nil, problemBadRequest.WithDetail(fmt.Sprintf("The query parameter %s is empty.", name))
	}
	if credential != "" {
		add(surrogate.TenantID(credential))
	}
	return prefixes, nil
}

func isSeparator(r rune) bool { return r == ' ' || r == '\t' || r == ',' }

// readBody reads and decodes the body. An empty one is an empty request.
func (e *Endpoint) readBody(r *fsthttp.Request) (*body, error) {
	limit := e.Config.Limits.PurgeBody
	if n, err := strconv.ParseInt(r.Header.Get("Content-Length"), 10, 64); err == nil && n > limit {
		return nil, problemTooLarge.WithDetail(fmt.Sprintf("Its body has %d bytes; at most %d are read.", n, limit))
	}
	data, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return nil, problemBadRequest.WithDetail("Its body could not be read.").Because(err)
	}
	if int64(len(data)) > limit {
		return nil, problemTooLarge.WithDetail(fmt.Sprintf("Its body has more than %d bytes.", limit))
	}
	b := &body{}
	if len(bytes.TrimSpace(data)) == 0 {
		return b, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(b); err != nil {
		return nil, problemBadRequest.WithDetail(explain(err)).Because(err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, problemBadRequest.WithDetail("Its body goes on after the JSON object.")
	}
	return b, nil
}

// explain says what is wrong with the JSON without quoting it: it may contain
// credentials.
func explain(err error) string {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("Its body is not JSON: byte %d: %v.", syntax.Offset, syntax)
	case errors.As(err, &kind) && kind.Field != "":
		return fmt.Sprintf("The member %q of its body is a JSON %s; want %s.", kind.Field, kind.Value, want(kind.Field))
	case errors.As(err, &kind):
		return fmt.Sprintf("Its body is a JSON %s; want an object.", kind.Value)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "Its body is not JSON: it ends too early."
	}
	if field, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return "Its body has an unknown member " + field + "; known are keys, surrogate_keys, hard, all, soft, tenants, credentials, anonymous and vault."
	}
	return "Its body is not acceptable JSON."
}

func want(field string) string {
	switch field {
	case "soft", "all", "anonymous", "vault":
		return "true or false"
	}
	return "a list of strings"
}
