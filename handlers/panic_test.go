package handlers

import (
	"testing"

	"larder/origin"
)

func TestAPanicIsAProblemAndLeavesNothingOpen(t *testing.T) {
	states := map[string]func(e *edge){
		"on a miss":           func(*edge) {},
		"after a purge":       func(e *edge) { e.fill("/posts/tea/", before); e.purge(`"keys":["post:tea"]`) },
		"on a passed request": func(*edge) {},
	}
	for name, prepare := range states {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			prepare(e)
			e.does(func(*origin.Request) (*origin.Response, error) { panic("a mistake with a secret") })
			uri := "/posts/tea/"
			if name == "on a passed request" {
				uri += "?preview=1"
			}
			r := e.get(uri)
			r.wantProblem(500, "internal")
			if containsFold(r.body, "secret") {
				t.Errorf("the client gets %q", r.body)
			}
			e.says(200, after)
			e.get("/posts/tea/").want(200, after, anything)
		})
	}
	t.Run("after an answer", func(t *testing.T) {
		e := staleEdge(t)
		e.does(func(*origin.Request) (*origin.Response, error) { panic("a mistake") })
		e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=-30")
	})
}

func TestAnAnswerInWhichLarderFailsIsBrokenOff(t *testing.T) {
	e := newEdge(t)
	broken := false
	e.app.abort = func() { broken = true }
	e.does(func(*origin.Request) (*origin.Response, error) {
		r := e.response(200, "")
		r.Remainder = panics{}
		return r, nil
	})
	e.get("/posts/tea/?preview=1").want(200, "", anything)
	if !broken {
		t.Error("the answer ends as if it were complete")
	}
}

type panics struct{}

func (panics) Read([]byte) (int, error) { panic("for a test") }

func (panics) Close() error { return nil }
