package handlers

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"larder/shield"
)

func TestAClientSeesNothingOfTheShield(t *testing.T) {
	s := newService(t, testConfig)
	one := s.quietPOP()
	s.says(200, before, "Cache-Control: max-age=5", "Surrogate-Key: extra", "Surrogate-Control: max-age=7", "Expires: 0")
	for _, uri := range []string{"/posts/tea/", "/posts/tea/", "/open/a", "/open/a"} {
		r := one.get(uri, "Origin: https://site.example")
		r.want(200, before, anything)
		r.wantNo("Larder-Edge", "Larder-Shield", "Larder-Shield-Status", "Surrogate-Key", "Surrogate-Control")
		r.wantHeader("Access-Control-Allow-Origin", "https://site.example")
		if uri == "/open/a" {
			r.wantHeader("Cache-Control", "max-age=5")
			r.wantHeader("Expires", "0")
			continue
		}
		r.wantHeader("Cache-Control", "public, max-age=0, stale-if-error=86400")
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

func TestTheEdgeKnowsTheKeysOfTheShieldsAnswers(t *testing.T) {
	for _, key := range []string{"post:tea", "author:ada", "extra"} {
		s := newService(t, testConfig)
		one := s.quietPOP()
		s.says(200, before, "Surrogate-Key: extra")
		one.get("/posts/tea/")
		one.purge(`"keys":["` + key + `"]`)
		s.says(200, after)
		one.get("/posts/tea/").want(200, after, anything)
	}
}

func TestOnlyAnEdgeOfThisServiceIsToldMore(t *testing.T) {
	s := newService(t, testConfig)
	one := s.quietPOP()
	s.says(200, before)
	one.get("/posts/tea/")
	token := one.sent[0].Header.Get(shield.EdgeField)
	for name, value := range map[string]string{
		"nothing": "", "a guess": "operator", "a guess that requires a fresh answer": "guess; fresh",
		"a part of the token": token[:40], "a token of before": strings.ToUpper(token),
	} {
		t.Run(name, func(t *testing.T) {
			r := s.get("/posts/tea/", "Larder-Edge: "+value, "Origin: https://site.example")
			r.want(200, before, "Larder; hit; ttl=3600")
			r.wantHeader("Cache-Control", "public, max-age=0, stale-if-error=86400")
			r.wantHeader("Access-Control-Allow-Origin", "https://site.example")
			r.wantNo("Larder-Shield", "Larder-Shield-Status")
		})
	}
	t.Run("an edge", func(t *testing.T) {
		r := s.get("/posts/tea/", "Larder-Edge: "+token, "Origin: https://site.example", "Larder-Debug: 1")
		r.want(200, before, anything)
		r.wantHeader("Larder-Shield", "usable; ttl=3600000")
		r.wantNo("Cache-Control", "Access-Control-Allow-Origin", "Cache-Status", "Surrogate-Key")
	})
}

func TestAPOPThatKnowsNoTokenIsNoShield(t *testing.T) {
	s := newService(t, testConfig)
	s.tokens = []string{"another"}
	one := s.quietPOP()
	s.says(200, "not for an edge")
	one.says(200, before)
	one.get("/posts/tea/").want(200, before, aMiss)
	one.wantAsked(1)
}

func TestTheShieldsFieldsReachNoOrigin(t *testing.T) {
	s := newService(t, testConfig)
	one := s.quietPOP()
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
			one.request(method, previewURI, "", forged)
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

// No client can cut its POP off from the shield.
func TestNoClientOpensTheShieldsCircuit(t *testing.T) {
	for name, line := range map[string]string{
		"by a loop that does not exist": "Cdn-Loop: Larder",
		"by a requirement":              "Larder-Edge: x",
		"by only-if-cached":             "Cache-Control: only-if-cached",
		"by a range":                    "Range: bytes=9999-",
		"by a method":                   "X-Http-Method-Override: POST",
		"by a preflight":                "Access-Control-Request-Method: GET",
		"by an expectation":             "Expect: 100-continue",
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, testConfig)
			one := s.quietPOP()
			s.says(200, before, "Cache-Control: max-age=60")
			one.says(200, before, "Cache-Control: max-age=60")
			for range 6 {
				one.get("/open/"+one.newID(), line)
				one.get("/posts/?page="+one.newID(), line)
			}
			one.forget()
			one.get("/posts/tea/").want(200, before, anything)
			one.wantSent(1)
			one.wantAsked(0)
		})
	}
}

// The shield gets what the edge adds as well. It must not refuse a header for
// that, or clients could open the shield's circuit.
func TestAHeaderThatTheEdgeAcceptsIsNotTooLargeForTheShield(t *testing.T) {
	s := newService(t, testConfig)
	p := s.quietPOP()
	s.says(200, "by the shield", aMinute)
	padding := "X-Padding: "
	padding += strings.Repeat("a", maxKeyedHeader-len(padding)-len("\r\n"))
	for i := range 2 * p.app.config.Breaker.Failures {
		p.get(fmt.Sprintf("/open/%d", i), padding).want(200, "by the shield", anything)
	}
	p.get("/open/", padding+"a")
	if n := len(p.sent); n != 2*p.app.config.Breaker.Failures {
		t.Errorf("%d requests go to the shield", n)
	}
}
