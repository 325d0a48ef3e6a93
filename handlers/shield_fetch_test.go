package handlers

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/config"
	"larder/origin"
	"larder/shield"
)

func TestAMissInAnyPOPCostsOneFetchAtTheOrigin(t *testing.T) {
	for name, status := range map[string]string{"an item": "200", "a missing item": "404"} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, testConfig)
			one, two := s.quietPOP(), s.quietPOP()
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

func TestFreshRequestsShareFetchesAtTheShield(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, testConfig)
		s.bubble = true
		token := s.newPOP().parts.Shield.Backend().Headers[shield.EdgeField]
		s.says(200, before)
		// This reads the tokens once; a host runs one request at a time.
		s.get("/posts/tea/", "Larder-Edge: "+token).want(200, before, anything)
		s.pass(landingTime)
		var c traffic
		s.answersAfter(time.Second, s.saying(200, after))
		s.does(c.counted(s.answer))
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() { s.get("/posts/tea/", "Larder-Edge: "+token+"; fresh").want(200, after, anything) })
		}
		group.Wait()
		// The second is for those that came while the first was under way.
		if c.in != 2 || c.most != 1 {
			t.Errorf("the origin was asked %d times, %d at once", c.in, c.most)
		}
	})
}

func TestTheShieldAnswersWhileTheEdgeStillWaits(t *testing.T) {
	s := newService(t, testConfig)
	one := s.quietPOP()
	s.says(200, before)
	one.get("/posts/tea/").want(200, before, anything)
	wait := s.app.config.Shield.FirstByteTimeout
	if got := s.lastAsked().Within; got <= 0 || got >= wait {
		t.Errorf("the shield waits for its origins for %v, and the edge for the shield for %v", got, wait)
	}
	s.get("/posts/milk/")
	if got := s.lastAsked().Within; got != 0 {
		t.Errorf("for its own client the shield waits for %v", got)
	}
}

func TestAQUERYGoesDirect(t *testing.T) {
	s := newService(t, queryConfig)
	one := s.quietPOP()
	one.echo()
	for range 2 {
		one.request("QUERY", "/ask/", "a", "Content-Type: text/plain").want(200, "QUERY text/plain a", anything)
	}
	one.wantSent(0)
	one.wantAsked(1)
}

func TestRequestsThatAreNotCachedGoDirect(t *testing.T) {
	s := newService(t, testConfig)
	one := s.quietPOP()
	one.says(200, before)
	one.get(previewURI).want(200, anything, "Larder; fwd=bypass; fwd-status=200")
	one.request("POST", "/posts/tea/", "x")
	one.wantSent(0)
	one.wantAsked(2)
}

func TestAHEADFillsBothPOPs(t *testing.T) {
	s := newService(t, testConfig)
	one, two := s.quietPOP(), s.quietPOP()
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

func TestAtTheShieldMissesGoToTheOrigins(t *testing.T) {
	s := newService(t, testConfig)
	s.says(200, before)
	s.get("/posts/tea/").want(200, before, aMiss)
	if got := s.lastAsked().Shield; got != shield.Direct {
		t.Errorf("it requires %d of a shield", got)
	}
}

func TestShieldNamesAgree(t *testing.T) {
	if backend := newService(t, testConfig).quietPOP().parts.Shield.Backend(); backend == nil || backend.Name != config.ShieldName {
		t.Errorf("the backend is %+v", backend)
	}
}

func TestVariantsComeThroughTheShield(t *testing.T) {
	s := newService(t, testConfig)
	one, two := s.quietPOP(), s.quietPOP()
	s.variants("Accept-Language", "Vary: Accept-Language", "Cache-Control: max-age=60")
	for _, p := range []*edgePOP{one, two} {
		for _, language := range []string{"en", "de"} {
			p.get("/open/a", "Accept-Language: "+language).want(200, "for "+language, anything)
			p.get("/open/a", "Accept-Language: "+language).want(200, "for "+language, "Larder; hit; ttl=60")
		}
		p.wantSent(2)
	}
	s.wantAsked(2)
}

func TestATenantsContentStaysItsOwnThroughTheShield(t *testing.T) {
	s := newService(t, tenantsConfig)
	one, two := s.quietPOP(), s.quietPOP()
	s.does(func(r *origin.Request) (*origin.Response, error) {
		return s.response(200, `{"data":{"slug":"tea","of":"`+r.Query+r.Header.Get("Authorization")+`"}}`), nil
	})
	of := func(credential string) string { return `{"data":{"slug":"tea","of":"` + credential + `"}}` }
	for _, p := range []*edgePOP{one, two} { // and begin a quiet period for each tenant
		for _, tenant := range []string{"first", "second"} {
			p.get("/posts/nothing/?auth_token=" + tenant)
			p.get("/posts/nothing/", "Authorization: Bearer "+tenant)
		}
	}
	s.pass(10 * time.Second)
	s.asked, one.sent, two.sent = nil, nil, nil
	for _, p := range []*edgePOP{one, two, one} {
		for _, tenant := range []string{"first", "second"} {
			p.get("/posts/tea/?auth_token="+tenant).want(200, of("auth_token="+tenant), anything)
			r := p.get("/posts/tea/", "Authorization: Bearer "+tenant)
			r.want(200, of("Bearer "+tenant), anything)
			r.wantHeader("Cache-Control", "private, max-age=0, stale-if-error=86400")
		}
		p.get("/posts/tea/").want(200, of(""), anything)
	}
	s.wantAsked(5)
	one.wantSent(5)
	two.wantSent(5)
}
