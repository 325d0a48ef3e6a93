package handlers

import (
	"strings"
	"testing"
	"time"

	"larder/origin"
)

// The purge has not reached the shield yet, which still has the old content.
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
				one, two := s.quietPOP(), s.quietPOP()
				s.says(200, before)
				two.get("/posts/tea/")
				one.get(uri)
				s.asked = nil
				one.purge(members)
				s.says(200, after)
				one.get("/posts/tea/").want(200, after, anything)
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
	one := s.quietPOP()
	s.says(200, before)
	one.get("/posts/tea/")
	one.purge(`"keys":["post:tea"],"soft":false`)
	s.says(404, `{"detail":"gone"}`)
	one.get("/posts/tea/").want(404, anything, anything)
	s.get("/posts/tea/").want(404, anything, anything)
}

func TestAfterThePurgeDelayTheShieldIsTrustedAgain(t *testing.T) {
	for name, members := range map[string]string{
		"soft": `"keys":["post:other"]`, "hard": `"keys":["post:other"],"soft":false`, "soft, then hard": `"keys":["a"],"hard":["post:other"]`,
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, testConfig)
			one, two := s.quietPOP(), s.quietPOP()
			for uri, body := range map[string]string{"/posts/tea/": before, "/posts/milk/": milk, "/posts/bread/": bread} {
				s.says(200, body)
				two.get(uri)
			}
			s.asked = nil
			one.purge(members)
			s.says(200, after)
			one.get("/posts/tea/").want(200, after, anything)
			s.wantAsked(1)
			s.pass(10*time.Second - 1)
			s.says(200, milk)
			one.get("/posts/milk/").want(200, milk, anything)
			one.wantFresh(true)
			s.wantAsked(1)
			s.pass(1)
			one.get("/posts/bread/").want(200, bread, anything)
			one.wantFresh(false)
			s.wantAsked(0)
		})
	}
}

func TestEveryPurgeEndsTheQuietPeriod(t *testing.T) {
	s := newService(t, testConfig)
	one := s.quietPOP()
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
		one.get("/posts/milk/") // of which no POP has an entry
		one.wantFresh(true)
		s.pass(time.Minute)
	}
}

func TestAColdPOPAsksForAFreshAnswer(t *testing.T) {
	s := newService(t, testConfig)
	s.says(200, before)
	one := s.newPOP()
	one.get("/posts/tea/")
	one.wantFresh(true)
	s.pass(10 * time.Second)
	one.get("/posts/milk/")
	one.wantFresh(false)
}

func TestAnUnsafeRequestEndsTheQuietPeriod(t *testing.T) {
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
			one, two := s.quietPOP(), s.quietPOP()
			s.says(200, before)
			two.get("/posts/tea/")
			s.asked = nil
			one.says(test.status, "")
			one.request(test.method, "/posts/tea/", "x")
			one.wantSent(0) // only cacheable requests go through the shield
			one.wantAsked(1)
			s.says(200, after)
			want := before
			if test.fresh {
				want = after
			}
			one.get("/posts/tea/").want(200, want, anything)
			one.wantFresh(test.fresh)
		})
	}
}

func TestATenantsPurgeEndsItsOwnQuietPeriodOnly(t *testing.T) {
	s := newService(t, tenantsConfig)
	one := s.quietPOP()
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

func TestAnUnsafeRequestWithoutARouteLeavesTheQuietPeriod(t *testing.T) {
	s := newService(t, strings.Replace(testConfig, `"reject"`, `"pass"`, 1))
	one := s.quietPOP()
	s.says(200, before)
	one.says(200, "ok")
	one.request("POST", "/login/", "x")
	one.get("/posts/tea/").want(200, before, anything)
	one.wantFresh(false)
}

func TestAPurgeWhileTheShieldIsAskedIsNotUndone(t *testing.T) {
	for name, members := range map[string]string{"soft": `"keys":["post:tea"]`, "hard": `"keys":["post:tea"],"soft":false`} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, testConfig)
			one := s.quietPOP()
			s.does(func(*origin.Request) (*origin.Response, error) {
				one.purge(members)
				return s.response(200, before), nil
			})
			one.get("/posts/tea/").want(200, before, anything) // which began before the purge
			s.says(200, after)
			one.get("/posts/tea/").want(200, after, anything)
			one.wantFresh(true)
		})
	}
}
