package handlers

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/accesslog"
	"larder/config"
	"larder/content"
	"larder/corecache"
	"larder/fence"
	"larder/httpcache"
	"larder/origin"
	"larder/problem"
	"larder/resource"
	"larder/shield"
	"larder/vault"
)

// Origins asks the origins; *origin.Client is the real one.
type Origins interface {
	Do(ctx context.Context, req *origin.Request, limit int64) (*origin.Response, error)
}

// App answers requests. Make it with [New]; it is safe to share among the
// requests of a sandbox, because it keeps nothing of any of them.
type App struct {
	config     *config.Config
	pseudonym  string
	routes     []*content.Route // by their index in config, nil until wanted
	exposed    []string         // the value of Access-Control-Expose-Headers
	content    *content.Server
	fence      *fence.Fence
	origins    Origins
	operations Operations
	purges     Operation // answers the method PURGE; nil passes it on
	vault      *vault.Vault
	shield     *shield.Site
	switches   func(now time.Time) config.Switches
	now        func() time.Time
	cpuTime    func() (time.Duration, error)
	accessLog  *accesslog.Log
	log        func(format string, args ...any)
	abort      func()
	local      bool
	hsts       []string // the value of Strict-Transport-Security
}

// Parts are what an App works with.
type Parts struct {
	Config *config.Config
	// Pseudonym is this service's in CDN-Loop, see [origin.Pseudonym]; empty is
	// the configured name.
	Pseudonym string
	Cache     corecache.Cache
	Fence     *fence.Fence
	Origins   Origins
	// Operations are Larder's own paths.
	Operations Operations
	// Purges answers requests for content with the method PURGE; nil treats it as
	// any other unsafe method.
	Purges Operation
	// Vault has copies for outages; nil is none.
	Vault *vault.Vault
	// Shield collects misses; nil is none.
	Shield *shield.Site
	// Switches returns what the operator has switched; nil means nothing.
	Switches func(now time.Time) config.Switches
	// Now is the wall clock.
	Now func() time.Time
	// CPUTime returns the CPU time that the sandbox has used so far, in whole
	// milliseconds. Only requests with the debug header use it; nil is unknown.
	CPUTime func() (time.Duration, error)
	// Sleep waits; nil is time.Sleep.
	Sleep func(time.Duration)
	// After is time.After, or nil to wait for the origins however long they
	// take.
	After func(time.Duration) <-chan time.Time
	// NewID returns a name that no other entry has, of characters that a
	// surrogate key may hold.
	NewID func() string
	// AccessLog takes a line for each request; nil is none.
	AccessLog *accesslog.Log
	// Log takes a line for the operator.
	Log func(format string, args ...any)
	// Abort breaks the connection to the client off, where an answer that has
	// begun cannot be finished; nil does nothing. It need not return.
	Abort func()
	// Local says that this is a developer's machine, where everything is plain
	// HTTP.
	Local bool
}

// New joins the parts.
func New(p Parts) *App {
	if p.Switches == nil {
		p.Switches = func(time.Time) config.Switches { return config.Switches{} }
	}
	if p.Sleep == nil {
		p.Sleep = time.Sleep
	}
	if p.Pseudonym == "" {
		p.Pseudonym = p.Config.Name
	}
	a := &App{
		config:    p.Config,
		pseudonym: p.Pseudonym,
		routes:    make([]*content.Route, len(p.Config.Routes)),
		content: &content.Server{
			Config: p.Config, Pseudonym: p.Pseudonym, Cache: p.Cache, Fence: p.Fence, Origins: p.Origins, Vault: p.Vault, Shield: p.Shield,
			Now: p.Now, Sleep: p.Sleep, After: p.After, NewID: p.NewID, Log: p.Log,
		},
		fence:      p.Fence,
		origins:    p.Origins,
		operations: p.Operations,
		purges:     p.Purges,
		vault:      p.Vault,
		shield:     p.Shield,
		switches:   p.Switches,
		now:        p.Now,
		cpuTime:    p.CPUTime,
		accessLog:  p.AccessLog,
		log:        p.Log,
		abort:      p.Abort,
		local:      p.Local,
	}
	if hsts := p.Config.HSTS; hsts > 0 {
		a.hsts = []string{maxAge(hsts.Seconds())}
	}
	if cors := p.Config.CORS; cors != nil && len(cors.Expose) > 0 {
		a.exposed = []string{strings.Join(cors.Expose, ", ")}
	}
	return a
}

// ServeHTTP answers one request, and then does the work that was left for after
// the answer. It never panics: a panic would end the sandbox, and with it the
// answers of requests still to come.
func (a *App) ServeHTTP(ctx context.Context, client fsthttp.ResponseWriter, r *fsthttp.Request) {
	w := newResponder(a, client, r)
	defer r.Body.Close()
	a.answer(ctx, w)
	w.finish()
}

// answer sends the answer. After a panic it sends a problem, or breaks off an
// answer that has begun.
func (a *App) answer(ctx context.Context, w *responder) {
	defer func() {
		if cause := recover(); cause != nil {
			err := fmt.Errorf("panic: %v", cause)
			if w.begun {
				w.cut(err)
				return
			}
			w.fail(problem.Internal.Because(err))
		}
	}()
	w.switches = a.switches(w.arrived)
	a.dispatch(ctx, w)
}

// loops reports whether a request has been through this service before. The
// requests of an edge to its shield have, and prove where they come from.
func (a *App) loops(header http.Header) bool {
	return origin.Introduced(a.pseudonym, header) && !a.isEdge(header)
}

// isEdge reports whether a request comes from an edge of this service, for which
// this POP is the shield.
func (a *App) isEdge(header http.Header) bool {
	return a.shield.Authenticate(header.Get(shield.EdgeField)) != shield.Direct
}

// dispatch chooses the kind of request.
func (a *App) dispatch(ctx context.Context, w *responder) {
	if refusedMethod(w.r.Method) {
		w.fail(problemMethod)
		return
	}
	rawPath, rawQuery := resource.Split(w.r.URL)
	if resource.TooLong(rawPath, rawQuery) {
		w.fail(problemURLTooLong)
		return
	}
	if a.loops(w.header) {
		w.fail(problemLoop)
		return
	}
	if w.exposesCredential(rawQuery) {
		w.fail(problemPlainHTTP)
		return
	}
	if operation, ok := a.operations.under(rawPath); ok {
		a.operate(ctx, w, operation)
		return
	}
	path, err := resource.NormalisePath(rawPath)
	if err != nil {
		w.fail(problemPath.WithDetail(err.Error()))
		return
	}
	if resource.IsOperation(path) {
		if operation, ok := a.operations.at(path); ok {
			a.operate(ctx, w, operation)
		} else {
			w.fail(problemNoOperation)
		}
		return
	}
	if a.purges != nil && strings.EqualFold(w.r.Method, methodPurge) {
		a.operate(ctx, w, a.purges)
		return
	}
	if isPreflight(w) {
		a.preflight(w)
		return
	}
	through := passing{path: path, rawQuery: rawQuery, reason: httpcache.FwdBypass}
	m, ok := a.match(w.r.Method, path, rawQuery)
	if w.line.Path = path; ok {
		through.route, w.line.Route = m.route.Name, m.route.Name
	}
	if !ok && a.local {
		a.log("no route matches %s %s", w.r.Method, path)
	}
	switch {
	case w.switches.Pass && !w.switches.Maintenance: // under which there is no origin to pass to
		through.detail = "switch-pass"
		a.passThrough(ctx, w, through)
	case !ok && !a.config.PassUnmatched:
		w.fail(problemNoRoute)
	case !ok:
		through.detail = "no-route"
		a.passThrough(ctx, w, through)
	case !m.route.Caches(w.r.Method):
		through.reason = httpcache.FwdMethod
		a.passThrough(ctx, w, through)
	default:
		a.cacheable(ctx, w, m, through)
	}
}

// cacheable answers a request that its route answers from the cache, unless its
// query or its header forbids that.
func (a *App) cacheable(ctx context.Context, w *responder, m match, through passing) {
	decision := resource.Decide(a.config, m.route.Route, m.rawQuery, w.header)
	switch {
	case decision.Handling == resource.Rejected:
		w.fail(problemParameter.WithDetail("The route does not list " + resource.PrintableName(decision.Name) + "."))
	case decision.Handling == resource.Unlisted:
		through.detail = "unlisted-parameter"
		a.passThrough(ctx, w, through)
	case decision.Handling == resource.Bypassed:
		a.passThrough(ctx, w, through)
	// An edge has checked its client's, and adds its own.
	case keyedHeader(m.route.Route, w.header) > maxKeyedHeader && !a.isEdge(w.header):
		through.detail = "header-too-large"
		a.passThrough(ctx, w, through)
	case w.r.Method == resource.MethodQuery:
		a.query(ctx, w, m)
	default:
		a.cached(ctx, w, m, nil)
	}
}
