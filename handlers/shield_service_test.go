package handlers

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"
	"github.com/fastly/compute-sdk-go/fsttest"

	"larder/origin"
	"larder/resource"
	"larder/shield"
)

// withShield adds a shield to a configuration.
func withShield(file string) string {
	return strings.Replace(file, `"debug_header"`, `"shield": {"site": "iad-va-us", "purge_delay": "10s"}, "debug_header"`, 1)
}

// service is the shield's POP, and the edge POPs whose misses go to it. Each of
// them has a scripted origin of its own, which stands for its own path to the
// same origin.
type service struct {
	*edge // the shield's POP
	file  string
	edges []*edgePOP
	// tokens are the purge tokens that the shield's POP has read.
	tokens []string
}

// edgePOP is one of the edge POPs.
type edgePOP struct {
	*edge
	shield *edge
	down   bool // the shield cannot be reached
	// sent are the requests to the shield, and got are its answers.
	sent []*origin.Request
	got  []*origin.Response
}

// platform is what the platform tells a POP about the shield.
type platform struct{ here bool }

func (p platform) Info(string) (here bool, resource string, err error) {
	return p.here, "resource", nil
}

func (p platform) Backend(string) (string, error) { return "to-shield", nil }

func newService(t testing.TB, file string) *service {
	t.Helper()
	s := &service{edge: newEdgeWith(t, withShield(file)), file: withShield(file), tokens: []string{"operator"}}
	s.use(func(p *Parts) { p.Shield = newSite(s.edge, true, func() ([]string, error) { return s.tokens, nil }) })
	s.fails(errRefused)
	return s
}

func newSite(e *edge, here bool, tokens func() ([]string, error)) *shield.Site {
	return &shield.Site{
		Config: e.parts.Config.Shield,
		Tokens: &shield.Tokens{Purge: tokens, Now: e.clock},
		Host:   platform{here},
		Now:    e.clock,
		Log:    e.log,
	}
}

// newPOP returns an edge POP that has nothing stored and knows of no purge.
func (s *service) newPOP() *edgePOP {
	s.t.Helper()
	p := &edgePOP{edge: newEdgeWith(s.t, s.file), shield: s.edge}
	p.pass(s.clock().Sub(p.clock()))
	site := newSite(p.edge, false, func() ([]string, error) { return []string{"operator"}, nil })
	p.client = p.newClient(p.app.config, p)
	p.client.Shield = site.Backend
	p.use(func(parts *Parts) { parts.Shield, parts.Origins = site, p.client })
	p.fails(errRefused)
	s.edges = append(s.edges, p)
	return p
}

// quietPOP returns an edge POP that has nothing stored and whose quiet period is
// over.
func (s *service) quietPOP() *edgePOP {
	s.t.Helper()
	p := s.newPOP()
	p.get("/posts/nothing/")
	s.pass(10 * time.Second)
	p.forget()
	s.asked = nil
	return p
}

// forget resets what the next checks count.
func (p *edgePOP) forget() { p.asked, p.sent, p.got = nil, nil, nil }

// pass lets time go by in every POP.
func (s *service) pass(d time.Duration) {
	s.edge.pass(d)
	for _, p := range s.edges {
		p.edge.pass(d)
	}
}

// Send implements [origin.Sender].
func (p *edgePOP) Send(ctx context.Context, backend string, req *origin.Request) (*origin.Response, error) {
	if backend != "to-shield" {
		return p.edge.Send(ctx, backend, req)
	}
	p.sent = append(p.sent, req)
	if p.down {
		return nil, errRefused
	}
	r, err := fsthttp.NewRequest(req.Method, "https://"+req.Host+"/", io.NopCloser(strings.NewReader("")))
	if err != nil {
		return nil, err
	}
	uri := "https://" + req.Host + req.Path
	if req.Query != "" {
		uri += "?" + req.Query
	}
	if r.URL, err = resource.ParseRequestURI(uri); err != nil {
		return nil, err
	}
	r.Header = fsthttp.Header(req.Header.Clone())
	w := fsttest.NewRecorder()
	p.shield.app.ServeHTTP(ctx, w, r)
	header := http.Header(w.HeaderMap)
	p.got = append(p.got, &origin.Response{Status: w.Code, Header: header.Clone()})
	return &origin.Response{Status: w.Code, Header: header, Remainder: io.NopCloser(bytes.NewReader(w.Body.Bytes()))}, nil
}

// wantSent checks how many requests the shield has had from the edge since the
// last call.
func (p *edgePOP) wantSent(n int) {
	p.t.Helper()
	if len(p.sent) != n {
		p.t.Errorf("the shield was asked %d times, not %d", len(p.sent), n)
	}
	p.sent = nil
}

// wantFresh checks whether the last request required a fresh answer.
func (p *edgePOP) wantFresh(fresh bool) {
	p.t.Helper()
	if len(p.sent) == 0 {
		p.t.Fatal("the shield was not asked")
	}
	if got := p.sent[len(p.sent)-1].Header.Get(shield.EdgeField); strings.HasSuffix(got, "; fresh") != fresh {
		p.t.Errorf("the shield was asked with %q", got)
	}
}

// wantState checks what the shield said of its last answer.
func (p *edgePOP) wantState(value string) {
	p.t.Helper()
	if len(p.got) == 0 {
		p.t.Fatal("the shield has not answered")
	}
	if got := p.got[len(p.got)-1].Header.Get(shield.AnswerField); got != value {
		p.t.Errorf("the shield says %q, not %q", got, value)
	}
}

// wantDetail checks the detail of Larder's last member of Cache-Status.
func (r reply) wantDetail(detail string) {
	r.t.Helper()
	lines := r.header["Cache-Status"]
	if len(lines) == 0 || !strings.HasSuffix(lines[len(lines)-1], "; detail="+detail) {
		r.t.Errorf("Cache-Status is %q; want the detail %s", lines, detail)
	}
}

const (
	aMiss      = "Larder; fwd=uri-miss; fwd-status=200; stored"
	milk       = `{"data":{"slug":"milk"}}`
	bread      = `{"data":{"slug":"bread"}}`
	previewURI = "/posts/tea/?preview=1"
)

// staleAtShield is a service in an outage: the shield has a stale copy of a post
// that may be served, and the edge has none.
func staleAtShield(t *testing.T) (*service, *edgePOP) {
	t.Helper()
	s := newService(t, testConfig)
	one := s.quietPOP()
	s.says(200, before)
	s.get("/posts/tea/").want(200, before, anything)
	s.pass(2 * time.Hour)
	s.fails(errRefused)
	s.asked = nil
	return s, one
}
