//go:build !race

package fencetest

import (
	"context"
	"net/http"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/corecache"
	larderfence "larder/fence"
	"larder/handlers"
	"larder/origin"
	"larder/purge"
	"larder/shield"
)

// location is a POP's index.
type location int

const (
	atEdge location = iota
	atShield
)

// pop is an App and its cache.
type pop struct {
	// name follows what happens there in schedules; empty if there is only one
	// POP.
	name  string
	app   *handlers.App
	cache *steppedCache
}

// operator is the one purge token.
const operator = "operator"

// newPOP makes an edge or a shield of the world. What options break, they break
// at the edge.
func newPOP(w *world, at location, o options) *pop {
	p := &pop{}
	parts := handlers.Parts{Config: w.scenario.config, Origins: w, Now: w.clock, NewID: w.newID, Log: w.log}
	if w.scenario.config.Shield != nil {
		p.name = [...]string{" at the edge", " at the shield"}[at]
		parts.Shield = &shield.Site{
			Config: w.scenario.config.Shield,
			Tokens: &shield.Tokens{Purge: func() ([]string, error) { return []string{operator}, nil }, Now: w.clock},
			Host:   platform{shieldIsHere: at == atShield},
			Now:    w.clock,
			Log:    w.log,
		}
		parts.Origins = newClient(w, parts.Shield)
	}
	parts.Origins = countedOrigins{w, at, parts.Origins}
	if at == atShield {
		o = options{}
	}
	p.cache = newSteppedCache(w, p, o)
	parts.Cache = p.cache
	var purgeDelay time.Duration
	if s := w.scenario.config.Shield; s != nil {
		purgeDelay = s.PurgeDelay
	}
	parts.Fence = larderfence.New(p.cache, purgeDelay, w.log)
	parts.Sleep = w.rest
	parts.Operations = handlers.Operations{purge.Path: &purge.Endpoint{
		Config: w.scenario.config,
		Fence:  parts.Fence,
		NewID:  func() string { return "request" },
		Now:    w.clock,
		Sleep:  w.sleep,
		Log:    w.log,
		Guard: &purge.Guard{
			Tokens:           func() ([]purge.Token, error) { return []purge.Token{{Text: operator}}, nil },
			FastlyKeyIsValid: func(*fsthttp.Request) (bool, error) { return false, nil },
		},
	}}
	p.app = handlers.New(parts)
	return p
}

// hidden is how often an option has made something look intact.
func (w *world) hidden() int {
	n := 0
	for _, p := range w.pops {
		n += p.cache.hidden
	}
	return n
}

// platform knows one shield.
type platform struct{ shieldIsHere bool }

func (p platform) Info(string) (here bool, target string, err error) {
	return p.shieldIsHere, "ssl_shield", nil
}

func (platform) Backend(target string) (string, error) { return target, nil }

// newClient is the real client of the origins, with time enough: nothing takes
// long on the clock of the world.
func newClient(w *world, site *shield.Site) *origin.Client {
	c := w.scenario.config
	return &origin.Client{
		Origins:  c.Origins,
		Routes:   c.RouteNames(),
		Failures: c.Failures,
		Deadline: time.Hour,
		Sender:   network{w},
		Shield:   site.Backend,
		Now:      w.clock,
		Random:   func() float64 { return 0 },
	}
}

// network takes requests to the shield's App or to the origin. It makes no
// steps: a request arrives with its first step there. The shield finishes its
// work for a request before the edge goes on.
type network struct{ world *world }

func (n network) Send(ctx context.Context, backend string, req *origin.Request) (*origin.Response, error) {
	if backend != "ssl_shield" {
		return n.world.Do(ctx, req, 0)
	}
	uri := "https://" + req.Host + req.Path
	if req.Query != "" {
		uri += "?" + req.Query
	}
	answer := &reply{header: fsthttp.Header{}}
	n.world.serve(ctx, atShield, answer, req.Method, uri, fsthttp.Header(req.Header.Clone()), "")
	if n.world.aborted {
		return nil, errAborted
	}
	return &origin.Response{Status: answer.status, Header: http.Header(answer.header), Body: []byte(answer.body)}, nil
}

// endlessQuiet is a purge quiet period that no purge ends, so that the shield
// may always serve what it has.
type endlessQuiet struct{ corecache.Found }

func (endlessQuiet) Age() (time.Duration, error) { return time.Hour, nil }
func (endlessQuiet) Stale() bool                 { return false }
func (endlessQuiet) Close() error                { return nil }

var (
	_ origin.Sender = network{}
	_ shield.Host   = platform{}
)
