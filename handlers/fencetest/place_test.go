//go:build !race

package fencetest

import (
	"context"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/corecache"
	"larder/handlers"
	"larder/origin"
	"larder/purge"
	"larder/resource"
	"larder/shield"
)

// where is a place's index.
type where int

const (
	atEdge where = iota
	atShield
)

// place is an App and its cache.
type place struct {
	// name follows what happens there in schedules; empty if there is no other
	// place.
	name  string
	app   *handlers.App
	cache *steppedCache
}

// newPlace makes an edge or a shield of the world. What options break, they
// break at the edge.
func newPlace(w *world, at where, o options) *place {
	p := &place{}
	parts := handlers.Parts{Config: w.scenario.config, Origins: w, NewID: w.newID, Log: w.log}
	parts.Now = func() time.Time { return w.now }
	tokens := func() ([]string, error) { return []string{"operator"}, nil }
	if w.scenario.shielded {
		p.name = [...]string{" at the edge", " at the shield"}[at]
		parts.Shield = &shield.Site{
			Config: w.scenario.config.Shield,
			Tokens: &shield.Tokens{Purge: tokens, Now: parts.Now},
			Host:   platform{shieldIsHere: at == atShield},
			Now:    parts.Now,
			Log:    w.log,
		}
		parts.Origins = newClient(w, parts.Shield)
	}
	if at == atShield {
		o = options{}
	}
	p.cache = newSteppedCache(w, p, o)
	parts.Cache = p.cache
	parts.Operations = handlers.Operations{purge.Path: &purge.Endpoint{
		Config: w.scenario.config,
		Cache:  p.cache,
		Now:    parts.Now,
		Guard:  &purge.Guard{Tokens: tokens, FastlyKeyIsValid: func(*fsthttp.Request) (bool, error) { return false, nil }},
	}}
	p.app = handlers.New(parts)
	return p
}

// hidden is how often an option has made something look intact.
func (w *world) hidden() int {
	n := 0
	for _, p := range w.places {
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

// newClient is the real client of the origins, with time enough: the world has
// a clock of its own, on which nothing takes long.
func newClient(w *world, site *shield.Site) *origin.Client {
	c := w.scenario.config
	return &origin.Client{
		Origins:  c.Origins,
		Failures: c.Failures,
		Deadline: time.Hour,
		Sender:   network{w},
		Shield:   site.Backend,
		Now:      func() time.Time { return w.now },
		Random:   func() float64 { return 0 },
	}
}

// network leads requests to the shield's App or to the origin. It takes no
// steps: when a request arrives is up to the first step there. The shield
// works for a request until it is done with it, before the edge goes on.
type network struct{ world *world }

func (n network) Send(ctx context.Context, backend string, req *origin.Request) (*origin.Response, error) {
	if backend != "ssl_shield" {
		return n.world.Do(ctx, req, 0)
	}
	uri := "https://" + req.Host + req.Path
	if req.Query != "" {
		uri += "?" + req.Query
	}
	u, err := resource.ParseRequestURI(uri)
	if err != nil {
		return nil, err
	}
	answer := &reply{header: fsthttp.Header{}}
	n.world.places[atShield].app.ServeHTTP(ctx, answer, &fsthttp.Request{
		Method: req.Method, URL: u, Host: u.Host,
		Header: fsthttp.Header(req.Header.Clone()),
		Body:   io.NopCloser(strings.NewReader("")),
	})
	if n.world.aborted {
		return nil, errAborted
	}
	return &origin.Response{Status: answer.status, Header: http.Header(answer.header), Body: []byte(answer.body)}, nil
}

// calmFault is a way in which a calm can be broken.
type calmFault uint8

const (
	calmWorks calmFault = iota
	// calmAlways never ends: the shield may always give what it has.
	calmAlways
	// calmForgets does not tell hard purges from soft ones.
	calmForgets
)

// pretendedLease is the lease of a broken calm, which always stands.
const pretendedLease = "pretended"

// pretendedCalm is a calm that is broken.
type pretendedCalm struct {
	corecache.Found
	fault calmFault
}

func (c pretendedCalm) Age() (time.Duration, error) {
	if c.fault == calmAlways {
		return time.Hour, nil
	}
	return 7 * time.Second, nil
}

func (pretendedCalm) UserMetadata() ([]byte, error) { return []byte("s" + pretendedLease), nil }
func (pretendedCalm) Stale() bool                   { return false }
func (pretendedCalm) Close() error                  { return nil }

var (
	_ origin.Sender = network{}
	_ shield.Host   = platform{}
)
