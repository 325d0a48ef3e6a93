package handlers

import (
	"net/http"
	"testing"
	"time"
)

func TestRetryAfterComesFromTheOriginWithinAnHour(t *testing.T) {
	for sent, want := range map[string]string{"30": "30", "0": "1", "-5": "1", "999999": "3600", "soon": "1"} {
		e := newEdge(t)
		e.says(503, "", "Retry-After: "+sent)
		e.get("/posts/tea/").wantHeader("Retry-After", want)
	}
}

func TestRetryAfterMayBeADate(t *testing.T) {
	e := newEdge(t)
	e.says(503, "", "Retry-After: "+e.clock().Add(30*time.Second).Format(http.TimeFormat))
	r := e.get("/posts/tea/")
	r.wantProblem(503, "origin-unavailable")
	r.wantHeader("Retry-After", "30")
	e.wantAsked(1)
	e.pass(29 * time.Second)
	e.get("/posts/tea/")
	e.wantAsked(0)
	e.pass(2 * time.Second)
	e.get("/posts/tea/")
	e.wantAsked(1)
}

// The origin may have asked for too much, or be back sooner.
func TestRetryAfterIsHonouredUpToMaxCooldown(t *testing.T) {
	e := newEdge(t)
	e.says(503, "", "Retry-After: 3600")
	e.get("/posts/tea/").wantHeader("Retry-After", "3600")
	e.wantAsked(1)
	e.pass(time.Minute - time.Second)
	e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
	e.wantAsked(0)
	e.pass(2 * time.Second)
	e.says(200, before)
	e.get("/posts/tea/").want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
	e.wantAsked(1)
}
