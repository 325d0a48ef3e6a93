package handlers

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"
	"github.com/fastly/compute-sdk-go/fsttest"

	"larder/config"
	"larder/corecache"
	"larder/origin"
	"larder/resource"
	"larder/shield"
	"larder/vault"
	"larder/vault/kvmodel"
)

// led makes a configuration one whose misses lead through a shield.
func led(file string) string {
	file = strings.Replace(file, `"host": "api.example"`, `"host": "api.example", "retries": 0`, 1)
	return strings.Replace(file, `"debug_header"`, `"shield": {"site": "iad-va-us", "purge_delay": "10s"}, "debug_header"`, 1)
}

// service is the shield's place, and the edges whose misses lead to it. The
// shield and each edge have an origin to script of their own, which stands for
// each one's way to the same origin.
type service struct {
	*edge // the shield's place
	file  string
	edges []*place
	// tokens are the purge tokens that the shield's place has read.
	tokens []string
}

// place is one of the edges.
type place struct {
	*edge
	shield *edge
	down   bool // the shield cannot be reached
	// sent are the requests to the shield, and got its answers.
	sent []*origin.Request
	got  []*origin.Response
}

// platform is what a place knows of the shield.
type platform struct{ here bool }

func (p platform) Info(string) (here bool, resource string, err error) {
	return p.here, "resource", nil
}
func (p platform) Backend(string) (string, error) { return "to-shield", nil }

func newService(t testing.TB, file string) *service {
	t.Helper()
	s := &service{edge: newEdgeWith(t, led(file)), file: led(file), tokens: []string{"operator"}}
	s.app.shield = newSite(s.edge, true, func() ([]string, error) { return s.tokens, nil })
	s.fails(errRefused)
	return s
}

func newSite(e *edge, here bool, tokens func() ([]string, error)) *shield.Site {
	return &shield.Site{
		Config: e.app.config.Shield,
		Tokens: &shield.Tokens{Purge: tokens, Now: e.clock},
		Host:   platform{here},
		Now:    e.clock,
		Log:    e.log,
	}
}

// newPlace makes an edge that has nothing, nor knows of any purge.
func (s *service) newPlace() *place {
	s.t.Helper()
	p := &place{edge: newEdgeWith(s.t, s.file), shield: s.edge}
	p.pass(s.clock().Sub(p.clock()))
	cfg := p.app.config
	p.app.shield = newSite(p.edge, false, func() ([]string, error) { return []string{"operator"}, nil })
	client := &origin.Client{
		Origins:  cfg.Origins,
		Failures: cfg.Failures,
		Breaker:  cfg.Breaker,
		Deadline: cfg.Deadline,
		Sender:   p,
		Cache:    p.spy,
		Shield:   p.app.shield.Backend,
		Now:      p.clock,
	}
	p.app.origins = client
	p.fails(errRefused)
	s.edges = append(s.edges, p)
	return p
}

// place makes an edge that has nothing, and has seen no purge for long.
func (s *service) place() *place {
	s.t.Helper()
	p := s.newPlace()
	p.get("/posts/nothing/")
	s.pass(10 * time.Second)
	p.forget()
	s.asked = nil
	return p
}

// forget forgets who was asked.
func (p *place) forget() { p.asked, p.sent, p.got = nil, nil, nil }

// pass lets time go by everywhere.
func (s *service) pass(d time.Duration) {
	s.edge.pass(d)
	for _, p := range s.edges {
		p.edge.pass(d)
	}
}

// Send implements [origin.Sender].
func (p *place) Send(ctx context.Context, backend string, req *origin.Request) (*origin.Response, error) {
	if backend != "to-shield" {
		return p.ask(req)
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
func (p *place) wantSent(n int) {
	p.t.Helper()
	if len(p.sent) != n {
		p.t.Errorf("the shield was asked %d times, not %d", len(p.sent), n)
	}
	p.sent = nil
}

// wantFresh checks whether the last request has demanded what is fresh.
func (p *place) wantFresh(fresh bool) {
	p.t.Helper()
	if len(p.sent) == 0 {
		p.t.Fatal("the shield was not asked")
	}
	if got := p.sent[len(p.sent)-1].Header.Get(shield.EdgeField); strings.HasSuffix(got, "; fresh") != fresh {
		p.t.Errorf("the shield was asked with %q", got)
	}
}

// wantState checks what the shield has said of its last answer.
func (p *place) wantState(value string) {
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
	aMiss  = "Larder; fwd=uri-miss; fwd-status=200; stored"
	milk   = `{"data":{"slug":"milk"}}`
	bread  = `{"data":{"slug":"bread"}}`
	unkept = "/posts/tea/?preview=1"
)

func TestAMissOfAnyPlaceCostsOneFetchAtTheOrigin(t *testing.T) {
	for name, status := range map[string]string{"an item": "200", "a missing item": "404"} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, testConfig)
			one, two := s.place(), s.place()
			code, ttl, body := 200, "3600", before
			if status == "404" {
				code, ttl, body = 404, "30", `{"detail":"no"}`
			}
			s.says(code, body)
			miss := strings.Replace(aMiss, "200", status, 1)
			one.get("/posts/tea/").want(code, body, miss+", "+miss)
			one.wantSent(1)
			s.wantAsked(1)
			one.get("/posts/tea/").want(code, body, "Larder; hit; ttl="+ttl)
			two.get("/posts/tea/").want(code, body, "Larder; hit; ttl="+ttl+", "+miss)
			two.get("/posts/tea/").want(code, body, "Larder; hit; ttl="+ttl)
			one.wantSent(0)
			two.wantSent(1)
			s.wantAsked(0)
			one.wantAsked(0)
			two.wantAsked(0)
		})
	}
}

func TestAnEdgesEntryExpiresWithTheShields(t *testing.T) {
	s := newService(t, testConfig)
	one, two := s.place(), s.place()
	s.says(200, before)
	one.get("/posts/tea/")
	s.pass(40*time.Minute + 500*time.Millisecond)
	r := two.get("/posts/tea/")
	r.want(200, before, "")
	r.wantHeader("Age", "2400")
	two.get("/posts/tea/").want(200, before, "Larder; hit; ttl=1199")
	s.pass(19 * time.Minute)
	two.get("/posts/tea/").want(200, before, "Larder; hit; ttl=59")
	s.pass(2 * time.Minute) // past stale-while-revalidate of both
	s.wantAsked(1)
	s.says(200, after)
	two.get("/posts/tea/").want(200, after, "")
	s.wantAsked(1)
	one.get("/posts/tea/").want(200, after, "")
	s.wantAsked(0)
}

// Where the operator says that nothing is fresh, the stale window must not
// begin anew at every place.
func TestAnEdgesStaleWindowEndsWithTheShields(t *testing.T) {
	s := newService(t, strings.Replace(testConfig, `"ttl": "1h"`, `"ttl": "0s"`, 1))
	one, two := s.place(), s.place()
	s.says(200, before)
	one.get("/posts/tea/")
	s.pass(50 * time.Second)
	s.fails(errRefused)
	two.get("/posts/tea/").want(200, before, "")
	s.says(200, after)
	s.pass(20 * time.Second)
	two.get("/posts/tea/").want(200, after, "")
}

func TestWhatTheShieldHasStaleTheEdgeHasStale(t *testing.T) {
	s := newService(t, testConfig)
	one, two := s.place(), s.place()
	s.says(200, before)
	one.get("/posts/tea/")
	s.pass(time.Hour + 30*time.Second) // inside the window
	s.says(200, after)
	two.get("/posts/tea/").want(200, before, "Larder; hit; ttl=-30, "+aMiss)
	two.wantState("usable; ttl=-30000")
	two.get("/posts/tea/").want(200, before, "Larder; hit; ttl=-30") // and is renewed behind
	two.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
	two.wantSent(2)
}

func TestAClientSeesNothingOfTheShield(t *testing.T) {
	s := newService(t, testConfig)
	one := s.place()
	s.says(200, before, "Cache-Control: max-age=5", "Surrogate-Key: extra", "Surrogate-Control: max-age=7", "Expires: 0")
	for _, uri := range []string{"/posts/tea/", "/posts/tea/", "/open/a", "/open/a"} {
		r := one.get(uri, "Origin: https://site.example")
		r.want(200, before, "")
		r.wantNo("Larder-Edge", "Larder-Shield", "Larder-Shield-Status", "Surrogate-Key", "Surrogate-Control")
		r.wantHeader("Access-Control-Allow-Origin", "https://site.example")
		if uri == "/open/a" {
			r.wantHeader("Cache-Control", "max-age=5")
			r.wantHeader("Expires", "0")
			continue
		}
		r.wantHeader("Cache-Control", "public, max-age=0, must-revalidate")
		r.wantNo("Expires")
	}
	one.wantSent(2)
	for _, got := range one.got {
		h := reply{t: t, header: got.Header}
		h.wantHeader("Cache-Control", "max-age=5")
		h.wantHeader("Surrogate-Key", "extra")
		h.wantHeader("Surrogate-Control", "max-age=7")
		h.wantHeader("Larder-Shield-Status", aMiss)
		h.wantNo("Access-Control-Allow-Origin", "Access-Control-Expose-Headers", "Cache-Status", "X-Compress-Hint")
	}
}

func TestTheEdgeKnowsTheKeysOfWhatTheShieldGives(t *testing.T) {
	for _, key := range []string{"post:tea", "author:ada", "extra"} {
		s := newService(t, testConfig)
		one := s.place()
		s.says(200, before, "Surrogate-Key: extra")
		one.get("/posts/tea/")
		one.purge(`"keys":["` + key + `"]`)
		s.says(200, after)
		one.get("/posts/tea/").want(200, after, "")
	}
}

func TestOnlyAnEdgeOfThisServiceIsToldMore(t *testing.T) {
	s := newService(t, testConfig)
	one := s.place()
	s.says(200, before)
	one.get("/posts/tea/")
	token := one.sent[0].Header.Get(shield.EdgeField)
	for name, value := range map[string]string{
		"nobody": "", "a guess": "operator", "one who asks for what is fresh": "guess; fresh",
		"a part of the token": token[:40], "a token of before": strings.ToUpper(token),
	} {
		t.Run(name, func(t *testing.T) {
			r := s.get("/posts/tea/", "Larder-Edge: "+value, "Origin: https://site.example")
			r.want(200, before, "Larder; hit; ttl=3600")
			r.wantHeader("Cache-Control", "public, max-age=0, must-revalidate")
			r.wantHeader("Access-Control-Allow-Origin", "https://site.example")
			r.wantNo("Larder-Shield", "Larder-Shield-Status")
		})
	}
	t.Run("an edge", func(t *testing.T) {
		r := s.get("/posts/tea/", "Larder-Edge: "+token, "Origin: https://site.example", "Larder-Debug: 1")
		r.want(200, before, "")
		r.wantHeader("Larder-Shield", "usable; ttl=3600000")
		r.wantNo("Cache-Control", "Access-Control-Allow-Origin", "Cache-Status", "Surrogate-Key")
	})
}

func TestAPlaceThatTakesNoTokenIsNoShield(t *testing.T) {
	s := newService(t, testConfig)
	s.tokens = []string{"another"}
	one := s.place()
	s.says(200, "not for an edge")
	one.says(200, before)
	one.get("/posts/tea/").want(200, before, aMiss)
	one.wantAsked(1)
}

func TestNoOriginSeesWhoAsksTheShield(t *testing.T) {
	s := newService(t, testConfig)
	one := s.place()
	ok := func(e *edge) { e.says(200, before, "Cache-Control: max-age=60") }
	ok(s.edge)
	ok(one.edge)
	const forged = "Larder-Edge: forged; fresh"
	one.get("/open/a", forged)
	one.wantFresh(false)
	one.get("/posts/tea/", forged)
	for _, down := range []bool{false, true} {
		one.down = down
		for _, method := range []string{"GET", "HEAD", "POST", "PUT", "QUERY"} {
			one.request(method, "/open/b", "", forged)
			one.request(method, unkept, "", forged)
			one.request(method, "/open/c"+method, "", forged)
			s.request(method, "/open/d"+method, "", forged)
		}
	}
	for _, req := range slices.Concat(s.asked, one.asked) {
		if got, ok := req.Header["Larder-Edge"]; ok {
			t.Errorf("%s %s reaches the origin with %q", req.Method, req.Path, got)
		}
	}
	for _, req := range one.sent {
		if got := req.Header["Larder-Edge"]; len(got) != 1 || strings.Contains(got[0], "forged") {
			t.Errorf("%s %s reaches the shield with %q", req.Method, req.Path, got)
		}
	}
}

// The purge has not reached the shield, which goes on having the old content.
func TestAPurgeAtTheEdgeBringsTheNewContentAtOnce(t *testing.T) {
	for name, members := range map[string]string{
		"soft":               `"keys":["post:tea"]`,
		"hard":               `"keys":["post:tea"],"soft":false`,
		"of an author":       `"keys":["author:ada"]`,
		"of everything":      `"all":true`,
		"of everything hard": `"all":true,"soft":false`,
	} {
		for held, uri := range map[string]string{"it has": "/posts/tea/", "it has not": "/posts/nothing/"} {
			t.Run(name+", of what "+held, func(t *testing.T) {
				s := newService(t, testConfig)
				one, two := s.place(), s.place()
				s.says(200, before)
				two.get("/posts/tea/")
				one.get(uri)
				s.asked = nil
				one.purge(members)
				s.says(200, after)
				one.get("/posts/tea/").want(200, after, "")
				one.wantFresh(true)
				s.wantAsked(1)
				one.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
				s.wantAsked(0)
				s.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
			})
		}
	}
}

func TestADeletedItemIsGoneAtOnce(t *testing.T) {
	s := newService(t, testConfig)
	one := s.place()
	s.says(200, before)
	one.get("/posts/tea/")
	one.purge(`"keys":["post:tea"],"soft":false`)
	s.says(404, `{"detail":"gone"}`)
	one.get("/posts/tea/").want(404, "", "")
	s.get("/posts/tea/").want(404, "", "")
}

func TestOnceThePurgeHasReachedTheShieldItsCopyIsTakenAgain(t *testing.T) {
	for name, members := range map[string]string{
		"soft": `"keys":["post:other"]`, "hard": `"keys":["post:other"],"soft":false`, "soft, then hard": `"keys":["a"],"hard":["post:other"]`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, testConfig)
			one, two := s.place(), s.place()
			for uri, body := range map[string]string{"/posts/tea/": before, "/posts/milk/": milk, "/posts/bread/": bread} {
				s.says(200, body)
				two.get(uri)
			}
			s.asked = nil
			one.purge(members)
			s.says(200, after)
			one.get("/posts/tea/").want(200, after, "")
			s.wantAsked(1)
			s.pass(10*time.Second - 1)
			s.says(200, milk)
			one.get("/posts/milk/").want(200, milk, "")
			one.wantFresh(true)
			s.wantAsked(1)
			s.pass(1)
			one.get("/posts/bread/").want(200, bread, "")
			one.wantFresh(false)
			s.wantAsked(0)
		})
	}
}

func TestAPurgeEndsTheCalmAnew(t *testing.T) {
	s := newService(t, testConfig)
	one := s.place()
	s.says(200, before)
	for range 3 {
		one.purge(`"keys":["post:tea"]`)
		one.get("/posts/tea/")
		one.wantFresh(true)
		s.pass(9 * time.Second)
		one.purge(`"keys":["post:tea"]`)
		one.get("/posts/tea/")
		one.wantFresh(true)
		s.pass(9 * time.Second)
		one.get("/posts/milk/") // which nobody has
		one.wantFresh(true)
		s.pass(time.Minute)
	}
}

func TestAPlaceThatKnowsNothingAsksForWhatIsFresh(t *testing.T) {
	s := newService(t, testConfig)
	s.says(200, before)
	one := s.newPlace()
	one.get("/posts/tea/")
	one.wantFresh(true)
	s.pass(10 * time.Second)
	one.get("/posts/milk/")
	one.wantFresh(false)
}

func TestAnUnsafeRequestStirsTheCalm(t *testing.T) {
	for _, test := range []struct {
		name   string
		method string
		status int
		fresh  bool
	}{
		{"a PUT that is done", "PUT", 204, true},
		{"a POST elsewhere that is done", "POST", 201, true},
		{"a DELETE that is refused", "DELETE", 403, false},
		{"a PUT that fails", "PUT", 500, false},
		{"an OPTIONS, which only reads", "OPTIONS", 200, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newService(t, testConfig)
			one, two := s.place(), s.place()
			s.says(200, before)
			two.get("/posts/tea/")
			s.asked = nil
			one.says(test.status, "")
			one.request(test.method, "/posts/tea/", "x")
			one.wantSent(0) // only what is kept leads through the shield
			one.wantAsked(1)
			s.says(200, after)
			want := before
			if test.fresh {
				want = after
			}
			one.get("/posts/tea/").want(200, want, "")
			one.wantFresh(test.fresh)
		})
	}
}

func TestOnePurgeOfATenantStirsOnlyItsCalm(t *testing.T) {
	s := newService(t, tenantsConfig)
	one := s.place()
	s.says(200, before)
	for _, tenant := range []string{"first", "second"} {
		one.get("/posts/tea/?auth_token=" + tenant)
	}
	s.pass(10 * time.Second)
	one.purge(`"keys":["post:tea"],"credentials":["first"]`)
	one.get("/posts/milk/?auth_token=first")
	one.wantFresh(true)
	one.get("/posts/milk/?auth_token=second")
	one.wantFresh(false)
}

// aged is a service in an outage: the shield has a copy of a post that is
// stale and may be given, and the edge has none.
func aged(t *testing.T) (*service, *place) {
	t.Helper()
	s := newService(t, testConfig)
	one := s.place()
	s.says(200, before)
	s.get("/posts/tea/").want(200, before, "")
	s.pass(2 * time.Hour)
	s.fails(errRefused)
	s.asked = nil
	return s, one
}

func TestInAnOutageAColdEdgeGivesTheShieldsCopy(t *testing.T) {
	for _, outage := range outages(newEdge(t)) {
		t.Run(outage.name, func(t *testing.T) {
			s, one := aged(t)
			s.does(outage.answer)
			one.does(outage.answer)
			r := one.get("/posts/tea/", "Origin: https://site.example")
			r.want(200, before, "")
			r.wantDetail("shield-stale")
			r.wantHeader("Age", "7200")
			r.wantHeader("Cache-Control", "public, max-age=0, must-revalidate")
			one.wantState("stale; ttl=-3600000")
			one.wantSent(1)
			one.wantAsked(1) // directly, which may work where the shield's way does not
		})
	}
}

func TestTheShieldsCopyStandsForFiveSeconds(t *testing.T) {
	s, one := aged(t)
	one.get("/posts/tea/").wantDetail("shield-stale")
	one.forget()
	s.pass(vaultTime - time.Millisecond)
	r := one.get("/posts/tea/")
	r.want(200, before, "Larder; hit; ttl=0; detail=shield-stale")
	one.wantSent(0)
	one.wantAsked(0)
	s.pass(time.Millisecond)
	s.says(200, after)
	one.get("/posts/tea/").want(200, after, "")
	one.wantSent(1)
	one.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
}

func TestTheEdgesOwnWayBeatsTheShieldsStaleCopy(t *testing.T) {
	_, one := aged(t)
	one.says(200, after)
	one.get("/posts/tea/").want(200, after, aMiss)
	one.wantAsked(1)
	one.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
}

func TestAfterAPurgeTheShieldsCopyIsMissedOrTaken(t *testing.T) {
	for _, test := range []struct {
		name    string
		members string
		after   time.Duration
		copied  bool
	}{
		{"a hard purge: what is deleted does not come back", `"keys":["post:tea"],"soft":false`, 0, false},
		{"a hard purge of everything", `"all":true,"soft":false`, 0, false},
		{"a hard purge, and a moment later", `"keys":["post:tea"],"soft":false`, 10*time.Second - 1, false},
		{"a hard purge that has long reached the shield", `"keys":["post:other"],"soft":false`, 10 * time.Second, true},
		{"a soft purge: what is outdated is better than nothing", `"keys":["post:tea"]`, 0, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, one := aged(t)
			one.purge(test.members)
			one.get("/posts/other/") // which is when the edge hears of it
			s.pass(test.after)
			r := one.get("/posts/tea/")
			if !test.copied {
				r.wantProblem(503, "origin-unavailable")
				r.wantDetail("shield-stale")
				return
			}
			r.want(200, before, "")
			r.wantDetail("shield-stale")
		})
	}
}

func TestWhatADeleteTakesAwayTheShieldDoesNotBringBack(t *testing.T) {
	for _, test := range []struct {
		method string
		copied bool
	}{{"DELETE", false}, {"PUT", true}} {
		t.Run(test.method, func(t *testing.T) {
			_, one := aged(t)
			one.says(204, "")
			one.request(test.method, "/posts/tea/", "").want(204, "", "")
			one.fails(errRefused)
			if r := one.get("/posts/tea/"); test.copied {
				r.want(200, before, "")
			} else {
				r.wantProblem(503, "origin-unavailable")
			}
		})
	}
}

// A soft purge after a hard one must not make the deleted item good again.
func TestASoftPurgeDoesNotCoverAHardOne(t *testing.T) {
	s, one := aged(t)
	one.purge(`"keys":["post:tea"],"soft":false`)
	one.get("/posts/other/")
	s.pass(5 * time.Second)
	one.purge(`"keys":["post:other"]`)
	one.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	s.pass(9 * time.Second)
	one.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

func TestAPurgeTakesTheShieldsCopyAway(t *testing.T) {
	for name, test := range map[string]struct {
		members string
		copied  bool
	}{
		"hard": {`"keys":["post:tea"],"soft":false`, false},
		"soft": {`"keys":["author:ada"]`, true},
	} {
		t.Run(name, func(t *testing.T) {
			_, one := aged(t)
			one.get("/posts/tea/").wantDetail("shield-stale")
			one.purge(test.members)
			r := one.get("/posts/tea/")
			if !test.copied {
				r.wantProblem(503, "origin-unavailable")
			} else {
				r.want(200, before, "")
			}
			one.says(200, after)
			one.purge(`"keys":["post:tea"]`) // which ends the note of the failure
			one.get("/posts/tea/").want(200, after, "")
		})
	}
}

// The purge comes just after the edge has seen that the last one was soft.
func TestAHardPurgeWhileACalmBeginsIsNoticed(t *testing.T) {
	s, one := aged(t)
	one.purge(`"keys":["post:other"]`)
	s.pass(10 * time.Second)
	one.spy.onLookup(resource.KeyVersion+"\nlease\n", func() { one.purge(`"keys":["post:tea"],"soft":false`) })
	one.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	one.get("/posts/other/")
	s.pass(time.Second)
	one.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

func TestAPurgeWhileTheShieldIsAskedIsNotUndone(t *testing.T) {
	for name, members := range map[string]string{"soft": `"keys":["post:tea"]`, "hard": `"keys":["post:tea"],"soft":false`} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, testConfig)
			one := s.place()
			s.does(func(*origin.Request) (*origin.Response, error) {
				one.purge(members)
				return s.response(200, before), nil
			})
			one.get("/posts/tea/").want(200, before, "") // which began before the purge
			s.says(200, after)
			one.get("/posts/tea/").want(200, after, "")
			one.wantFresh(true)
		})
	}
}

func TestTheEdgesOwnStaleCopyIsPreferred(t *testing.T) {
	for name, purge := range map[string]string{"by age": "", "after a soft purge": `"keys":["post:tea"]`} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, testConfig)
			one := s.place()
			s.says(200, after)
			one.get("/posts/tea/")
			s.pass(2 * time.Hour)
			if purge != "" {
				one.purge(purge)
			}
			s.says(200, before)
			s.get("/posts/tea/").want(200, before, "")
			s.pass(2 * time.Hour)
			s.fails(errRefused)
			r := one.get("/posts/tea/")
			r.want(200, after, "")
			r.wantDetail(`"stale-if-error; shield-stale"`)
		})
	}
}

func TestWithoutTheShieldTheOriginsAreAskedDirectly(t *testing.T) {
	s := newService(t, testConfig)
	one := s.place()
	one.down = true
	one.says(200, before)
	one.get("/posts/tea/").want(200, before, aMiss)
	one.wantAsked(1)
	for range 10 { // after five failures the shield is left alone
		one.get("/posts/?page=" + one.newID())
	}
	one.wantSent(5)
	one.wantAsked(10)
	one.down = false
	s.says(200, milk)
	s.pass(time.Minute)
	one.get("/posts/milk/").want(200, milk, "")
	one.wantSent(1)
	one.wantAsked(0)
}

func TestAShieldWithoutAnAnswerIsNotTheShieldsFailure(t *testing.T) {
	s := newService(t, testConfig)
	one := s.place()
	one.says(200, before)
	for range 10 {
		one.get("/posts/?page="+one.newID()).want(200, before, aMiss)
	}
	one.wantSent(10)
	one.wantState("failed")
	one.wantAsked(10)
}

func TestWithoutAnyAnswerTheProblemIsTheEdges(t *testing.T) {
	s := newService(t, testConfig)
	one := s.place()
	r := one.get("/posts/tea/", "Origin: https://site.example")
	r.wantProblem(503, "origin-unavailable")
	r.wantHeader("Cache-Status", "Larder; fwd=uri-miss; detail=origin-unreachable")
	r.wantNo("Larder-Shield", "Larder-Shield-Status")
	r.wantHeader("Access-Control-Allow-Origin", "https://site.example")
}

// Both keep the tag that the shield has made.
func TestAnOriginWithoutTagsStillCostsNoBodyBetweenPlaces(t *testing.T) {
	s := newService(t, testConfig)
	one := s.place()
	s.says(200, before)
	one.get("/posts/tea/")
	t.Run("after a purge", func(t *testing.T) {
		one.purge(`"keys":["post:tea"]`)
		one.get("/posts/tea/").want(200, before, "Larder; fwd=request; fwd-status=200; stored, Larder; fwd=stale; fwd-status=304; stored")
		if got := one.got[len(one.got)-1].Status; got != 304 {
			t.Errorf("the shield's status is %d", got)
		}
		one.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
	})
	t.Run("and what is left of the lifetime comes with it", func(t *testing.T) {
		s.pass(2 * time.Hour)
		s.get("/posts/tea/").want(200, before, "")
		s.pass(30 * time.Minute)
		one.get("/posts/tea/").want(200, before, "")
		if got := one.got[len(one.got)-1].Status; got != 304 {
			t.Errorf("the shield's status is %d", got)
		}
		one.get("/posts/tea/").want(200, before, "Larder; hit; ttl=1800")
	})
	t.Run("and other content comes whole", func(t *testing.T) {
		s.pass(2 * time.Hour)
		s.says(200, after)
		one.get("/posts/tea/").want(200, after, "")
	})
}

// An edge keeps what the shield gives as it would keep it itself.
func TestWhereTheOriginDecidesTheShieldChangesNothing(t *testing.T) {
	for name, lines := range map[string][]string{
		"max-age":                       {"Cache-Control: max-age=60"},
		"s-maxage":                      {"Cache-Control: s-maxage=60, max-age=5"},
		"Surrogate-Control":             {"Surrogate-Control: max-age=60", "Cache-Control: max-age=5"},
		"CDN-Cache-Control":             {"CDN-Cache-Control: max-age=60", "Cache-Control: no-store"},
		"Surrogate-Control of no-store": {"Surrogate-Control: no-store", "Cache-Control: max-age=60"},
		"Expires":                       {"Expires: Mon, 23 Nov 2026 12:05:00 GMT"},
		"no-store":                      {"Cache-Control: no-store"},
		"private":                       {"Cache-Control: private, max-age=60"},
		"private for a field":           {`Cache-Control: max-age=60, private="X-User"`, "X-User: ada"},
		"no-cache":                      {"Cache-Control: no-cache", `ETag: "a"`},
		"must-revalidate":               {"Cache-Control: max-age=60, must-revalidate"},
		"stale-if-error":                {"Cache-Control: max-age=60, stale-if-error=600"},
		"stale-while-revalidate":        {"Cache-Control: max-age=60, stale-while-revalidate=600"},
		"an age":                        {"Cache-Control: max-age=60", "Age: 20"},
		"heuristics":                    {"Last-Modified: Mon, 16 Nov 2026 12:00:00 GMT"},
		"nothing":                       {"X-Y: z"},
		"a cookie":                      {"Cache-Control: max-age=60", "Set-Cookie: a=b"},
		"forever":                       {"Cache-Control: max-age=4294967296"},
		"a cache of the origin's":       {"Cache-Control: max-age=60", "Cache-Status: Origin; hit"},
		"nearly everything":             {"Cache-Control: max-age=60", "Vary: Accept-Language, Accept-Encoding", "Surrogate-Key: a b", "Link: </a>; rel=next"},
	} {
		t.Run(name, func(t *testing.T) {
			alone, s := newEdge(t), newService(t, testConfig)
			one := s.place()
			alone.pass(one.clock().Sub(alone.clock()))
			alone.says(200, "text", lines...)
			s.says(200, "text", lines...)
			steps := []struct {
				what string
				step func(*edge)
			}{
				{"at first", func(*edge) {}},
				{"the second time", func(*edge) {}},
				{"half a minute later", func(e *edge) { e.pass(30 * time.Second) }},
				{"a minute later, in an outage", func(e *edge) { e.pass(time.Minute); e.fails(errRefused) }},
			}
			for i, step := range steps {
				step.step(alone)
				step.step(s.edge)
				if i >= 2 { // the edge's clock goes with the shield's
					one.pass(s.clock().Sub(one.clock()))
				}
				want, got := alone.get("/open/a"), one.get("/open/a")
				if got.status != want.status || got.status == 200 && got.body != want.body {
					t.Errorf("%s: got %d %q, want %d %q", step.what, got.status, got.body, want.status, want.body)
				}
				for _, h := range []http.Header{want.header, got.header} {
					// A miss has the shield's member too.
					if member := h["Cache-Status"]; !strings.HasPrefix(member[len(member)-1], "Larder; hit") {
						h["Cache-Status"] = nil
					}
				}
				for field := range want.header {
					if a, b := want.header[field], got.header[field]; !slices.Equal(a, b) && want.status == 200 {
						t.Errorf("%s: %s is %q, not %q", step.what, field, b, a)
					}
				}
				for field := range got.header {
					if _, ok := want.header[field]; !ok && want.status == 200 {
						t.Errorf("%s: %s is %q", step.what, field, got.header[field])
					}
				}
			}
		})
	}
}

func TestWhereTheOriginDecidesAgesAddUp(t *testing.T) {
	for _, line := range []string{"Cache-Control: max-age=60", "Surrogate-Control: max-age=60"} {
		s := newService(t, testConfig)
		one, two := s.place(), s.place()
		s.says(200, "text", line, `ETag: "a"`)
		one.get("/open/a")
		s.pass(20 * time.Second)
		r := two.get("/open/a")
		r.want(200, "text", "")
		r.wantHeader("Age", "20")
		two.get("/open/a").want(200, "text", "Larder; hit; ttl=40")
	}
}

func TestWhatClientsMayAskOfAnAgeReachesTheOrigin(t *testing.T) {
	s := newService(t, testConfig)
	one, two := s.place(), s.place()
	s.says(200, "old", "Cache-Control: max-age=60")
	one.get("/open/a")
	s.says(200, "new", "Cache-Control: max-age=60")
	two.get("/open/a", "Cache-Control: no-cache").want(200, "new", "")
	two.wantFresh(true)
	s.says(200, before)
	one.get("/posts/tea/", "Cache-Control: no-cache") // where the operator decides
	one.wantFresh(false)
}

func TestAnErrorOfAnOriginThatSpeaksForItselfComesThrough(t *testing.T) {
	s := newService(t, testConfig)
	one := s.place()
	s.says(500, "oops")
	one.says(500, "oops")
	one.get("/open/a").want(500, "oops", "")
	s.says(403, "no")
	one.get("/open/b").want(403, "no", "")
	one.wantSent(2)
	one.wantAsked(1)
}

func TestAQUERYGoesDirect(t *testing.T) {
	s := newService(t, queryConfig)
	one := s.place()
	one.echo()
	for range 2 {
		one.request("QUERY", "/ask/", "a", "Content-Type: text/plain").want(200, "QUERY text/plain a", "")
	}
	one.wantSent(0)
	one.wantAsked(1)
}

func TestWhatIsNotKeptGoesDirect(t *testing.T) {
	s := newService(t, testConfig)
	one := s.place()
	one.says(200, before)
	one.get(unkept).want(200, "", "Larder; fwd=bypass; fwd-status=200")
	one.request("POST", "/posts/tea/", "x")
	one.wantSent(0)
	one.wantAsked(2)
}

func TestAHEADFillsBothPlaces(t *testing.T) {
	s := newService(t, testConfig)
	one, two := s.place(), s.place()
	s.says(200, before)
	r := one.request("HEAD", "/posts/tea/", "")
	r.want(200, "", aMiss+", "+aMiss)
	if r.body != "" {
		t.Errorf("the body is %q", r.body)
	}
	if got := one.sent[0].Method; got != "GET" {
		t.Errorf("the shield is asked with %s", got)
	}
	one.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
	two.request("HEAD", "/posts/tea/", "").want(200, "", "Larder; hit; ttl=3600, "+aMiss)
	s.wantAsked(1)
}

func TestConditionsAndRangesAreTheEdges(t *testing.T) {
	for name, lines := range map[string]struct {
		line   string
		status int
		body   string
	}{
		"a range":           {"Range: bytes=2-5", 206, before[2:6]},
		"a range past it":   {"Range: bytes=9999-", 416, ""},
		"another condition": {`If-None-Match: "other"`, 200, before},
		"any content":       {"If-None-Match: *", 304, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, testConfig)
			one := s.place()
			s.says(200, before)
			one.get("/posts/tea/", lines.line).want(lines.status, lines.body, "")
			one.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
			s.wantAsked(1)
		})
	}
}

func TestPartsComeThroughTheShield(t *testing.T) {
	s := newService(t, testConfig)
	one, two := s.place(), s.place()
	s.serves(letters, aMinute, strongTag)
	one.get("/open/a", "Range: bytes=5-9").want(206, letters[5:10], "")
	two.get("/open/a", "Range: bytes=6-8").want(206, letters[6:9], "")
	s.wantAsked(1)
	two.get("/open/a").want(200, letters, "")
	one.get("/open/a", "Range: bytes=9999-").want(416, "", "")
	one.get("/open/a").want(200, letters, "")
	if _, err := one.app.cache.Lookup([]byte("larder1\nbreaker\nshield"), corecache.LookupOptions{}); err == nil {
		t.Error("the shield is blamed")
	}
}

func TestLargeBodiesComeThroughTheShield(t *testing.T) {
	body := strings.Repeat("0123456789", 500) // limits.tagged_body is 1 KiB
	for _, test := range []struct {
		name, uri, line string
		kept            bool
	}{
		{"where the operator decides", "/files/a", "Cache-Control: max-age=5", true},
		{"where the origin decides", "/open/a", "Cache-Control: max-age=60", true},
		{"that may not be kept", "/open/a", "Cache-Control: private", false},
		{"that the operator may not keep", "/files/a", "Cache-Control: no-store", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newService(t, testConfig)
			one, two := s.place(), s.place()
			s.does(func(*origin.Request) (*origin.Response, error) {
				resp := s.response(200, body[:1024], test.line, "Content-Length: 5000", "Surrogate-Key: extra")
				resp.Remainder = io.NopCloser(strings.NewReader(body[1024:]))
				return resp, nil
			})
			for _, p := range []*place{one, one, two} {
				r := p.get(test.uri)
				r.want(200, body, "")
				r.wantHeader("Content-Length", "5000")
				r.wantNo("Larder-Shield", "Larder-Shield-Status", "Surrogate-Key")
				if !test.kept || test.uri == "/open/a" {
					r.wantHeader("Cache-Control", strings.TrimPrefix(test.line, "Cache-Control: "))
				}
			}
			one.wantAsked(0)
			if test.kept {
				s.wantAsked(1)
			} else {
				s.wantAsked(3)
			}
		})
	}
}

func TestVariantsComeThroughTheShield(t *testing.T) {
	s := newService(t, testConfig)
	one, two := s.place(), s.place()
	s.variants("Accept-Language", "Vary: Accept-Language", "Cache-Control: max-age=60")
	for _, p := range []*place{one, two} {
		for _, language := range []string{"en", "de"} {
			p.get("/open/a", "Accept-Language: "+language).want(200, "for "+language, "")
			p.get("/open/a", "Accept-Language: "+language).want(200, "for "+language, "Larder; hit; ttl=60")
		}
		p.wantSent(2)
	}
	s.wantAsked(2)
}

func TestATenantsContentStaysItsOwnThroughTheShield(t *testing.T) {
	s := newService(t, tenantsConfig)
	one, two := s.place(), s.place()
	s.does(func(r *origin.Request) (*origin.Response, error) {
		return s.response(200, `{"data":{"slug":"tea","of":"`+r.Query+r.Header.Get("Authorization")+`"}}`), nil
	})
	of := func(credential string) string { return `{"data":{"slug":"tea","of":"` + credential + `"}}` }
	for _, p := range []*place{one, two} { // which then have seen no purge of any
		for _, tenant := range []string{"first", "second"} {
			p.get("/posts/nothing/?auth_token=" + tenant)
			p.get("/posts/nothing/", "Authorization: Bearer "+tenant)
		}
	}
	s.pass(10 * time.Second)
	s.asked, one.sent, two.sent = nil, nil, nil
	for _, p := range []*place{one, two, one} {
		for _, tenant := range []string{"first", "second"} {
			p.get("/posts/tea/?auth_token="+tenant).want(200, of("auth_token="+tenant), "")
			r := p.get("/posts/tea/", "Authorization: Bearer "+tenant)
			r.want(200, of("Bearer "+tenant), "")
			r.wantHeader("Cache-Control", "private, max-age=0, must-revalidate")
		}
		p.get("/posts/tea/").want(200, of(""), "")
	}
	s.wantAsked(5)
	one.wantSent(5)
	two.wantSent(5)
}

func TestWhatTheShieldGivesIsInItsVaultAlone(t *testing.T) {
	file := strings.Replace(testConfig, `"debug_header"`, `"vault": {}, "debug_header"`, 1)
	s := newService(t, file)
	one := s.place()
	kv := &kvmodel.KV{Now: one.clock}
	one.app.vault = vault.New(one.app.config.Vault, kv, one.spy, vault.Clock{Now: one.clock, Sleep: one.pass})
	inserts := func() (n int) {
		for _, c := range kv.Calls() {
			if c.Op == "insert" {
				n++
			}
		}
		return n
	}
	s.says(200, before)
	one.get("/posts/tea/").want(200, before, "")
	one.purge(`"keys":["post:tea"]`)
	one.get("/posts/tea/").want(200, before, "")
	s.says(404, `{"detail":"no"}`)
	one.get("/posts/milk/").want(404, "", "")
	if n := inserts(); n != 0 {
		t.Errorf("through the shield: %d copies are saved", n)
	}
	one.down = true
	one.says(200, bread)
	one.get("/posts/bread/").want(200, bread, "")
	if n := inserts(); n != 1 {
		t.Errorf("past the shield: %d copies are saved", n)
	}
}

func TestAColdShieldGivesWhatItsVaultHas(t *testing.T) {
	file := strings.Replace(testConfig, `"debug_header"`, `"vault": {}, "debug_header"`, 1)
	s := newService(t, file)
	one := s.place()
	s.app.vault = vault.New(s.app.config.Vault, &kvmodel.KV{Now: s.clock}, s.spy, vault.Clock{Now: s.clock, Sleep: s.pass})
	s.says(200, before)
	s.get("/posts/tea/")
	s.purge(`"all":true,"soft":false`) // the vault is not told
	s.fails(errRefused)
	for range 2 { // the second time it is a copy that the cache has
		one.get("/posts/tea/").want(200, before, "")
		if got := one.got[len(one.got)-1].Header.Get("Larder-Shield"); !strings.HasPrefix(got, "stale") {
			t.Errorf("the shield says %q", got)
		}
		if len(one.got) > 1 {
			break
		}
		one.app.purge("post:tea", false)
		s.pass(10 * time.Second)
	}
}

// No client can cut its place off from the shield.
func TestAClientCannotHaveTheShieldBlamed(t *testing.T) {
	for name, line := range map[string]string{
		"by a loop that there is not": "Cdn-Loop: Larder",
		"by a demand":                 "Larder-Edge: x",
		"by only-if-cached":           "Cache-Control: only-if-cached",
		"by a range":                  "Range: bytes=9999-",
		"by a method":                 "X-Http-Method-Override: POST",
		"by a preflight":              "Access-Control-Request-Method: GET",
		"by an expectation":           "Expect: 100-continue",
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, testConfig)
			one := s.place()
			s.says(200, before, "Cache-Control: max-age=60")
			one.says(200, before, "Cache-Control: max-age=60")
			for range 6 {
				one.get("/open/"+one.newID(), line)
				one.get("/posts/?page="+one.newID(), line)
			}
			one.forget()
			one.get("/posts/tea/").want(200, before, "")
			one.wantSent(1)
			one.wantAsked(0)
		})
	}
}

func TestAtTheShieldMissesGoToTheOrigins(t *testing.T) {
	s := newService(t, testConfig)
	s.says(200, before)
	s.get("/posts/tea/").want(200, before, aMiss)
	if got := s.lastAsked().Shield; got != shield.Direct {
		t.Errorf("demand %d", got)
	}
}

func TestShieldNamesAgree(t *testing.T) {
	if way := newService(t, testConfig).place().app.shield.Backend(); way == nil || way.Name != config.ShieldName {
		t.Errorf("the way is %+v", way)
	}
}
