package purge

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/problem"
	"larder/purge/audit"
	"larder/resource"
	"larder/surrogate"
)

// FastlyAPI answers clients of Fastly's purge API
// (https://www.fastly.com/documentation/reference/api/purging/) whose base URL is
// the prefix in larder.json. The purges go through the fence, the vault and the
// buckets, as those at Larder's own endpoint do.
//
// The service's ID in a URL is not compared: a client may still have that of the
// service before Larder. Problems have the member msg, which such clients show.
type FastlyAPI struct{ *Endpoint }

// maxBatch is the most keys that Fastly's API takes in one request.
const maxBatch = 256

var (
	problemNoCall = problem.New("no-operation", http.StatusNotFound, "Larder does not have this call of Fastly's API.")
	problemPost   = problem.New("method-not-allowed", http.StatusMethodNotAllowed, "This call takes POST only.").WithHeader("Allow", "POST")
	problemGet    = problem.New("method-not-allowed", http.StatusMethodNotAllowed, "This call takes GET only.").WithHeader("Allow", "GET")
	problemBatch  = problemBadRequest.WithMember("reason", fmt.Sprintf("Batch surrogate key request only supports up to %d surrogate keys", maxBatch))
)

// accepted is the answer to a purge of one key or one URL.
type accepted struct {
	Status string `json:"status"`
	ID     string `json:"id,omitempty"`
}

// client purges for a client whose token is known, and completes the record.
type client func(token *Token, record *audit.Record) (answer any, later func(), err error)

// Serve answers a call. Its path is that of the API below the prefix, as the client
// sent it: keys and URLs in it may have encoded slashes.
func (a FastlyAPI) Serve(_ context.Context, r *fsthttp.Request) (any, func(), error) {
	path, query := resource.Split(r.URL)
	path = strings.TrimPrefix(path, a.Config.Purge.FastlyAPI.Prefix)
	if named, ok := strings.CutPrefix(path, "/purge/"); ok {
		if query != "" {
			named += "?" + query
		}
		return a.post(r, func(token *Token, record *audit.Record) (any, func(), error) {
			u, err := parseURL(named)
			if err != nil {
				return nil, nil, err
			}
			return a.purgeURL(r, u, token, record)
		})
	}
	const key = 4 // "", "service", its ID, "purge", and the key with whatever slashes it has
	parts := strings.SplitN(path, "/", key+1)
	switch {
	case path == "/tokens/self":
		return a.get(r, func(token *Token) any { return scopesOf(token) })
	case len(parts) < 3 || parts[1] != "service" || parts[2] == "":
	case len(parts) == 3:
		return a.get(r, func(*Token) any { return service{ID: parts[2], Name: a.Config.Name} })
	case len(parts) == key && parts[3] == "purge_all":
		return a.post(r, func(token *Token, record *audit.Record) (any, func(), error) {
			later, err := a.purge(r, nil, true, token, record)
			return accepted{Status: "ok"}, later, err
		})
	case len(parts) == key && parts[3] == "purge":
		return a.post(r, func(token *Token, record *audit.Record) (any, func(), error) { return a.purgeBatch(r, token, record) })
	case len(parts) > key && parts[3] == "purge" && parts[key] != "":
		return a.post(r, func(token *Token, record *audit.Record) (any, func(), error) {
			name, err := url.PathUnescape(parts[key])
			if err != nil {
				return nil, nil, problemBadRequest.WithDetail("The key has an invalid percent-encoding.").Because(err)
			}
			later, err := a.purge(r, []string{name}, false, token, record)
			return accepted{Status: "ok", ID: record.ID}, later, err
		})
	}
	return nil, nil, forClients(problemNoCall)
}

// service is what a client asks for to test its connection.
type service struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// tokenScopes is what a client asks for before it purges.
type tokenScopes struct {
	Name     string   `json:"name"`
	Scopes   []string `json:"scopes"`
	Services []string `json:"services"` // none stands for all
}

func scopesOf(token *Token) tokenScopes {
	scopes := []string{"purge_select"}
	if !token.limited() {
		scopes = []string{"purge_all", "purge_select"}
	}
	return tokenScopes{Name: token.Name, Scopes: scopes, Services: []string{}}
}

// get answers a call that only reads.
func (a FastlyAPI) get(r *fsthttp.Request, answer func(*Token) any) (any, func(), error) {
	if r.Method != http.MethodGet {
		return nil, nil, forClients(problemGet)
	}
	token, err := a.Guard.IdentifyClient(r)
	if err != nil {
		return nil, nil, forClients(err)
	}
	return answer(token), nil, nil
}

// post answers a call that purges.
func (a FastlyAPI) post(r *fsthttp.Request, do client) (any, func(), error) {
	if r.Method != http.MethodPost {
		return nil, nil, forClients(problemPost)
	}
	return a.forClient(r, audit.FastlyAPI, do)
}

// forClient identifies a client of Fastly's API, and lets do purge for it.
func (e *Endpoint) forClient(r *fsthttp.Request, source audit.Source, do client) (any, func(), error) {
	token, err := e.Guard.IdentifyClient(r)
	if err != nil {
		return nil, nil, forClients(err)
	}
	answer, later, err := e.recorded(audit.Record{Source: source, Token: token.Name}, func(record *audit.Record) (any, func(), error) {
		return do(token, record)
	})
	if err != nil {
		return nil, later, forClients(err)
	}
	return answer, later, nil
}

// forClients adds to a problem what clients of Fastly's API read from an error.
func forClients(err error) error {
	d := problem.From(err)
	message := strings.TrimSpace(d.Title + " " + d.Detail)
	if d.Is(problemUnauthorized) {
		message = "Provided credentials are missing or invalid"
	}
	return d.WithMember("msg", message)
}

// purgeBatch purges the keys in the body and in a Surrogate-Key header. The answer
// has an ID for each.
func (a FastlyAPI) purgeBatch(r *fsthttp.Request, token *Token, record *audit.Record) (any, func(), error) {
	b, err := a.readBody(r, []string{"surrogate_keys"})
	if err != nil {
		return nil, nil, err
	}
	named := slices.Concat(b.surrogateKeys, surrogate.SpaceSeparated(r.Header.Values("Surrogate-Key")))
	if len(named) > maxBatch {
		return nil, nil, problemBatch.WithDetail(fmt.Sprintf("It names %d keys; this call takes %d.", len(named), maxBatch))
	}
	later, err := a.purge(r, named, false, token, record)
	ids := map[string]string{}
	for _, key := range named {
		ids[key] = record.ID
	}
	return ids, later, err
}

// purge purges keys, or everything, of the tenants that the client names.
func (a FastlyAPI) purge(r *fsthttp.Request, named []string, all bool, token *Token, record *audit.Record) (later func(), err error) {
	q, err := a.readQuery(r)
	if err != nil {
		return nil, err
	}
	if err := a.checkKeys(named, all); err != nil {
		return nil, err
	}
	whose, err := a.tenants(r, q, &body{})
	if err != nil {
		return nil, err
	}
	scopes, err := a.scopes(whose, named, all)
	if err != nil {
		return nil, err
	}
	soft := a.softClient(r)
	_, later, err = a.carryOut(&Request{scopes: scopes, keys: named, all: all, soft: softly(&soft, q.soft)}, token, record)
	return later, err
}

// softClient reports whether a client purges softly: if its Fastly-Soft-Purge header
// says so or, without one, if larder.json does. Fastly ignores the header's value;
// here 0 and false are hard.
func (e *Endpoint) softClient(r *fsthttp.Request) bool {
	values := r.Header.Values("Fastly-Soft-Purge")
	if len(values) == 0 {
		return e.Config.Purge.FastlyAPI.Soft
	}
	value := strings.TrimSpace(values[0])
	return value != "0" && !strings.EqualFold(value, "false")
}
