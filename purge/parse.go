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

// MaxKeys is how many keys one request may name, as at Fastly's own API.
const MaxKeys = 256

var (
	problemBadRequest = problem.New("bad-purge", http.StatusBadRequest, "The purge request is not acceptable.")
	problemNoKey      = problem.New("no-key", http.StatusBadRequest, "The purge request names no surrogate key.").
				WithDetail(`Name keys in a JSON body, {"keys": ["post:hello"]}, or in a Surrogate-Key header, separated by spaces.`)
	problemTooLarge = problem.New("purge-too-large", http.StatusRequestEntityTooLarge, "The purge request is too large.")
	problemNoTenant = problem.New("no-tenant", http.StatusBadRequest, "The purge request does not say whose content it means.").
			WithDetail(`Name the tenant by its credential, in the URL as content requests do or as {"credentials": ["…"]}, or by its ID as {"tenants": ["…"]} or in a Larder-Tenant header. Content that was given without a credential is {"anonymous": true}.`)
)

// body is the JSON form of a purge request.
type body struct {
	Keys          []string `json:"keys"`
	SurrogateKeys []string `json:"surrogate_keys"` // Fastly's own word
	Hard          []string `json:"hard"`           // keys that are purged hard in any case
	All           bool     `json:"all"`
	Soft          *bool    `json:"soft"`
	Tenants       []string `json:"tenants"`
	Credentials   []string `json:"credentials"`
	Anonymous     bool     `json:"anonymous"`
	Vault         bool     `json:"vault"` // all means the vault's copies too
}

// parse reads a purge request; every error is a problem that names what is
// wrong, and where.
func (e *Endpoint) parse(r *fsthttp.Request) (*order, error) {
	b, err := e.readBody(r)
	if err != nil {
		return nil, err
	}
	o := &order{soft: true, all: b.All, vault: b.Vault}
	if b.Soft != nil {
		o.soft = *b.Soft
	}
	if v := r.URL.Query().Get("soft"); v != "" {
		if o.soft, err = strconv.ParseBool(v); err != nil {
			return nil, problemBadRequest.WithDetail(fmt.Sprintf("The query parameter soft is %q; want true or false.", v))
		}
	}
	o.keys = append(append(b.Keys, b.SurrogateKeys...), surrogate.SpaceSeparated(r.Header.Values("Surrogate-Key"))...)
	o.hard = b.Hard
	named := len(o.keys) + len(o.hard)
	for i, key := range slices.Concat(o.keys, o.hard) {
		if strings.TrimSpace(key) == "" {
			return nil, problemBadRequest.WithDetail(fmt.Sprintf("Key %d is empty.", i+1))
		}
	}
	switch {
	case named == 0 && !o.all:
		return nil, problemNoKey
	case named > MaxKeys:
		return nil, problemTooLarge.WithDetail(fmt.Sprintf("It names %d keys; at most %d fit in one request.", named, MaxKeys))
	}
	if o.prefixes, err = e.tenants(r, b); err != nil {
		return nil, err
	}
	if len(o.prefixes) == 0 {
		// Only a purge of everything may leave the tenants out.
		if !o.all || named > 0 {
			return nil, problemNoTenant
		}
		o.prefixes, o.everyone = []string{""}, true
		return o, nil
	}
	o.tenants = e.Config.Tenant != nil
	if o.tenants && slices.Contains(o.prefixes, "") {
		for i, key := range slices.Concat(o.keys, o.hard) {
			if surrogate.Reserved(key) {
				return nil, problemBadRequest.WithDetail(fmt.Sprintf("Key %d, %q, is one of Larder's own, and not of anonymous content.", i+1, key))
			}
		}
	}
	if n := max(named, 1) * len(o.prefixes); n > MaxKeys {
		return nil, problemTooLarge.WithDetail(fmt.Sprintf("It names %d keys for each of %d tenants, together %d; at most %d fit in one request.", named, len(o.prefixes), n, MaxKeys))
	}
	return o, nil
}

// tenants returns the prefixes of those whose content is meant: one empty
// prefix where larder.json has no tenants, none where nobody is named.
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
	// The URL is read as those of content requests are.
	name := e.Config.Tenant.Query
	credential, given := resource.Credential(r.URL.RawQuery, name)
	if given && credential == "" {
		return nil, problemBadRequest.WithDetail(fmt.Sprintf("The query parameter %s is empty.", name))
	}
	if credential != "" {
		add(surrogate.TenantID(credential))
	}
	return prefixes, nil
}

func isSeparator(r rune) bool { return r == ' ' || r == '\t' || r == ',' }

// readBody reads and decodes the body; an empty one is the empty request.
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

// explain says what is wrong with the JSON, without quoting it: it may hold
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
