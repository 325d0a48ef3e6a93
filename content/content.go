package content

import (
	"context"
	"net/http"
	"time"

	"larder/config"
	"larder/corecache"
	"larder/fence"
	"larder/httpcache"
	"larder/origin"
	"larder/resource"
	"larder/shield"
	"larder/vault"
)

// Origins fetches; *origin.Client is the real one.
type Origins interface {
	Do(ctx context.Context, req *origin.Request, limit int64) (*origin.Response, error)
}

// Server answers requests for cacheable content. It keeps nothing of a request
// for the next one.
type Server struct {
	Config *config.Config
	// Pseudonym is this service's in CDN-Loop, see [origin.Pseudonym].
	Pseudonym string
	Cache     corecache.Cache
	Fence     *fence.Fence
	Origins   Origins
	// Vault has copies for outages; nil is none.
	Vault *vault.Vault
	// Shield collects misses; nil is none.
	Shield *shield.Site
	// Now is the wall clock.
	Now func() time.Time
	// Sleep waits; it is only used for fractions of a second.
	Sleep func(time.Duration)
	// After is time.After, for the limit of patience; nil waits for the origins
	// however long they take.
	After func(time.Duration) <-chan time.Time
	// NewID returns a name that no other entry has, of characters that a
	// surrogate key may hold.
	NewID func() string
	// Log takes a line for the operator.
	Log func(format string, args ...any)
}

// Request is a request for cacheable content.
type Request struct {
	Method string
	// Host is the one that the client named.
	Host   string
	Header http.Header
	Route  *Route
	// Resource is what the request is for.
	Resource resource.Resource
	// Content of a QUERY, which is a part of the key.
	Content []byte
	// Edge is what another POP requires, for which this one is the shield;
	// Direct for every other client.
	Edge shield.Requirement
	// MaxStale bounds stale answers while the operator's switch is set.
	MaxStale config.OptionalDuration
	// Arrived is when the request came.
	Arrived time.Time
}

// request is a Request with what follows from it.
type request struct {
	*Server
	Request
	policy httpcache.Policy
	lookup corecache.LookupOptions
	open   *handles
}

// maxRounds bounds how often a request looks again after others changed the
// cache under it. Two flights are enough (see doc.go); the rest is for entries
// that vanish.
const maxRounds = 5

// Serve answers a request. The caller sends the result to the client and then
// calls [Result.Finish].
func (s *Server) Serve(ctx context.Context, req Request) (res *Result) {
	r := s.newRequest(req)
	defer func() {
		if res == nil { // a panic
			r.open.close()
			return
		}
		res.open = r.open
	}()
	var (
		e      *entry
		waited waited
	)
	for range maxRounds {
		var err error
		if e, err = r.lookupStored(waited.accepted); err != nil {
			r.describe("look up", err)
			break
		}
		if res = r.serveStored(ctx, e); res != nil {
			return res
		}
		if res, waited = r.fetchInFlight(ctx, e, waited); res != nil {
			return res
		}
	}
	return r.fetchAlone(ctx, e)
}

func (s *Server) newRequest(req Request) *request {
	r := &request{Server: s, Request: req, policy: req.Route.policy, open: new(handles)}
	tenant := req.Resource.Tenant
	r.policy.Tenant = tenant.ID != "" && !s.forwardsAuthorization(req.Route)
	r.policy.TenantHeader = tenant.FromHeader
	r.policy.Validate = req.Edge == shield.Fresh
	if req.Route.AllHeaders {
		r.lookup.RequestHeader = varyHeader(req.Header)
	}
	return r
}

// forwardsAuthorization reports whether the origin gets an Authorization that
// is not the tenant's credential, and so in no key: its answer may be for one
// user.
func (s *Server) forwardsAuthorization(r *Route) bool {
	return r.AllHeaders && s.Config.Tenant != nil && s.Config.Tenant.Header != "Authorization"
}

// varyHeader holds the request's fields in the form in which variants are
// compared.
func varyHeader(header http.Header) http.Header {
	normal := make(http.Header, len(header))
	for name, values := range header {
		normal[name] = []string{httpcache.NormalizeVaryValue(name, values)}
	}
	return normal
}

// asked is the request as the origin gets it: a GET where the client sent HEAD.
func (r *request) asked() *httpcache.Request {
	method := r.Method
	if method == http.MethodHead {
		method = http.MethodGet
	}
	return &httpcache.Request{Method: method, Header: r.Header}
}

// scope is whose leases a fetch for this request takes.
func (r *request) scope() fence.Scope {
	return fence.Scope{Tenant: r.Resource.Tenant.Prefix(), URL: r.Resource.URLHash()}
}
