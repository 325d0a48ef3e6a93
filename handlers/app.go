package handlers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/corecache"
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

// Operation answers a request to one of Larder's own paths: a purge and the
// like. The answer is sent as JSON; an error is sent as a problem.
type Operation interface {
	Serve(ctx context.Context, r *fsthttp.Request) (answer any, err error)
}

// Operations are Larder's own paths, all under /_larder/.
type Operations map[string]Operation

// App answers requests. Make it with [New]; it is safe to share among the
// requests of a sandbox, because it keeps nothing of any of them.
type App struct {
	config     *config.Config
	routes     []*route // by their index in config, nil until wanted
	exposed    []string // the value of Access-Control-Expose-Headers
	cache      corecache.Cache
	origins    Origins
	operations Operations
	down       func() error
	vault      *vault.Vault
	shield     *shield.Site
	switches   func(now time.Time) config.Switches
	now        func() time.Time
	newID      func() string
	log        func(format string, args ...any)
	abort      func()
}

// Parts are what an App works with.
type Parts struct {
	Config     *config.Config
	Cache      corecache.Cache
	Origins    Origins
	Operations Operations
	// Down says why no origin is worth waiting for, as errors of [origin.Client.Do]
	// do; nil means that one always is.
	Down func() error
	// Vault has copies for outages; nil is none.
	Vault *vault.Vault
	// Shield collects misses; nil is none.
	Shield *shield.Site
	// Switches returns what the operator has switched; nil means nothing.
	Switches func(now time.Time) config.Switches
	// Now is the wall clock.
	Now func() time.Time
	// NewID returns a name that no other entry has, of characters that a
	// surrogate key may hold.
	NewID func() string
	// Log takes a line for the operator.
	Log func(format string, args ...any)
	// Abort breaks the connection to the client off, where an answer that has
	// begun cannot be finished; nil does nothing. It need not return.
	Abort func()
}

// New joins the parts.
func New(p Parts) *App {
	if p.Down == nil {
		p.Down = func() error { return nil }
	}
	if p.Switches == nil {
		p.Switches = func(time.Time) config.Switches { return config.Switches{} }
	}
	a := &App{
		config:     p.Config,
		routes:     make([]*route, len(p.Config.Routes)),
		cache:      p.Cache,
		origins:    p.Origins,
		operations: p.Operations,
		down:       p.Down,
		vault:      p.Vault,
		shield:     p.Shield,
		switches:   p.Switches,
		now:        p.Now,
		newID:      p.NewID,
		log:        p.Log,
		abort:      p.Abort,
	}
	if cors := p.Config.CORS; cors != nil && len(cors.Expose) > 0 {
		a.exposed = []string{strings.Join(cors.Expose, ", ")}
	}
	return a
}

// ServeHTTP answers one request. It never panics: a panic would end the
// sandbox, and with it the answers of requests still to come.
func (a *App) ServeHTTP(ctx context.Context, w fsthttp.ResponseWriter, r *fsthttp.Request) {
	x := newExchange(a, w, r)
	defer func() {
		if cause := recover(); cause != nil {
			err := fmt.Errorf("panic: %v", cause)
			if x.begun {
				x.cut(err)
				return
			}
			x.fail(problem.Internal.Because(err))
		}
	}()
	defer r.Body.Close()
	a.dispatch(ctx, x)
}

func (a *App) dispatch(ctx context.Context, x *exchange) {
	rawPath, rawQuery := resource.Split(x.r.URL)
	if resource.TooLong(rawPath, rawQuery) {
		x.fail(problemURLTooLong)
		return
	}
	path, err := resource.NormalisePath(rawPath)
	if err != nil {
		x.fail(problemPath.WithDetail(err.Error()))
		return
	}
	if resource.IsOperation(path) {
		a.operate(ctx, x, path)
		return
	}
	if a.loops(x.header) {
		x.fail(problemLoop)
		return
	}
	if isPreflight(x) {
		a.preflight(x)
		return
	}
	if x.switches.Pass && !x.switches.Maintenance { // which leaves nobody to pass to
		a.passThrough(ctx, x, path, rawQuery, httpcache.FwdBypass, "switch-pass")
		return
	}
	route, vars, err := a.match(x.r.Method, path)
	switch {
	case errors.Is(err, errNoRoute) && !a.config.PassUnmatched:
		x.fail(problemNoRoute)
	case errors.Is(err, errNoRoute):
		a.passThrough(ctx, x, path, rawQuery, httpcache.FwdBypass, "no-route")
	case err != nil:
		x.fail(err)
	case !route.keeps(x.r.Method):
		a.passThrough(ctx, x, path, rawQuery, httpcache.FwdMethod, "")
	case route.bypasses(rawQuery):
		a.passThrough(ctx, x, path, rawQuery, httpcache.FwdBypass, "")
	case x.r.Method == methodQuery:
		a.query(ctx, x, route, path, rawQuery, vars)
	default:
		a.content(ctx, x, route, path, rawQuery, vars, nil)
	}
}

// operate answers a request to one of Larder's own paths.
func (a *App) operate(ctx context.Context, x *exchange, path string) {
	operation, ok := a.operations[path]
	if !ok {
		x.fail(problemNoOperation)
		return
	}
	answer, err := operation.Serve(ctx, x.r)
	if err != nil {
		x.fail(err)
		return
	}
	body, err := json.Marshal(answer)
	if err != nil {
		x.fail(err)
		return
	}
	header := http.Header{"Content-Type": {"application/json"}, "Cache-Control": {"no-store"}}
	x.send(http.StatusOK, header, append(body, '\n'))
}
