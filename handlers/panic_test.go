package handlers

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"
	"github.com/fastly/compute-sdk-go/fsttest"

	"larder/corecache"
	"larder/origin"
	"larder/vault/kvmodel"
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

// fragile is a client's side of the host that fails once before it has sent the
// header section. It records what becomes of the answer.
type fragile struct {
	*fsttest.ResponseRecorder
	fails  bool
	events []string
}

func (w *fragile) SetManualFramingMode(bool) {
	if w.fails {
		w.fails = false
		panic("the framing")
	}
}

func (w *fragile) WriteHeader(status int) {
	w.events = append(w.events, "header")
	w.ResponseRecorder.WriteHeader(status)
}

func (w *fragile) Close() error {
	w.events = append(w.events, "end")
	return nil
}

// send sends a request to a fragile host, and records when its answer is cut.
func (e *edge) send(method, uri string, fails bool) *fragile {
	e.t.Helper()
	r, err := fsthttp.NewRequest(method, "https://edge.example"+uri, io.NopCloser(strings.NewReader("")))
	if err != nil {
		e.t.Fatal(err)
	}
	w := &fragile{ResponseRecorder: fsttest.NewRecorder(), fails: fails}
	e.app.abort = func() { w.events = append(w.events, "cut") }
	e.app.ServeHTTP(context.Background(), w, r)
	return w
}

func (w *fragile) want(t *testing.T, status int, body string, events ...string) {
	t.Helper()
	if w.Code != status || body != anything && w.Body.String() != body {
		t.Errorf("the answer is %d %q, not %d %q", w.Code, w.Body, status, body)
	}
	if !slices.Equal(w.events, events) {
		t.Errorf("the answer has %v, not %v", w.events, events)
	}
}

// A request whose work after the answer is queued already.
func TestAPanicBeforeTheHeaderIsSentIsAProblem(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		t.Run(method, func(t *testing.T) {
			v := newVaulted(t, testConfig, "")
			v.says(201, "made", "Set-Cookie: of=the-answer", "Content-Length: 4")
			if method == "GET" {
				v.says(200, before, "X-Of: the-answer")
			}
			w := v.send(method, "/posts/tea/", true)
			w.want(t, 500, anything, "header", "end")
			if w.HeaderMap.Get("Content-Type") != "application/problem+json" || len(w.HeaderMap["Set-Cookie"])+len(w.HeaderMap["X-Of"]) > 0 {
				t.Errorf("the header is %v", w.HeaderMap)
			}
			if len(v.kv.Keys()) != 1 {
				t.Errorf("what was left for after the answer is not done once: %v", v.kv.Keys())
			}
		})
	}
}

func TestAPanicAfterTheAnswerDoesNotDamageIt(t *testing.T) {
	tests := []struct {
		method, says string
		status       int
	}{
		{"POST", "made", 201},
		{"DELETE", "", 204},
		{"GET", before, 200}, // saves a copy
		{"GET", `{"detail":"no"}`, 404},
	}
	for _, test := range tests {
		t.Run(test.method, func(t *testing.T) {
			v := newVaulted(t, testConfig, "")
			v.kv.Before = func(kvmodel.Call) error { panic("a mistake") }
			v.says(test.status, test.says)
			v.send(test.method, "/posts/tea/", false).want(t, test.status, test.says, "header", "end")
			if !slices.ContainsFunc(v.logged, func(line string) bool { return strings.Contains(line, "panic: a mistake") }) {
				t.Errorf("the log has %q", v.logged)
			}
		})
	}
	t.Run("a revalidation", func(t *testing.T) {
		e := staleEdge(t)
		e.does(func(*origin.Request) (*origin.Response, error) { panic("a mistake") })
		e.send("GET", "/posts/tea/", false).want(t, 200, before, "header", "end")
	})
	t.Run("an operation", func(t *testing.T) {
		e := newEdge(t)
		e.app.operations = Operations{"/_larder/lasting": lasting{func() { panic("a mistake") }}}
		e.send("POST", "/_larder/lasting", false).want(t, 200, "\"done\"\n", "header", "end")
	})
}

func TestAnAnswerThatPanicsInItsBodyIsCutAfterTheOtherWork(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.fill("/posts/tea/", before)
	v.kv.Calls()
	v.does(func(*origin.Request) (*origin.Response, error) {
		r := v.response(201, "", "Content-Length: 5")
		r.Remainder = panics{}
		return r, nil
	})
	w := v.send("POST", "/posts/tea/", false)
	w.want(t, 201, "", "header", "cut")
	v.wantCalls("insert", 1)
}

// brokenBodies is a cache whose bodies cannot be opened.
type brokenBodies struct{ corecache.Cache }

type brokenBody struct{ corecache.Found }

func (c brokenBodies) Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error) {
	found, err := c.Cache.Lookup(key, opts)
	if err != nil {
		return nil, err
	}
	return brokenBody{found}, nil
}

func (brokenBody) Body() (io.ReadCloser, error) { panic("a mistake") }

func TestAStoredBodyThatPanicsIsAProblem(t *testing.T) {
	e := staleEdge(t) // so that a revalidation is queued
	e.useCache(brokenBodies{e.spy})
	e.says(200, after)
	w := e.send("GET", "/posts/tea/", false)
	w.want(t, 500, anything, "header", "end")
	e.wantAsked(1)
}

// A fetch that clients may stop waiting for runs by itself.
func TestAPanicInAFetchOfItsOwn(t *testing.T) {
	tests := []struct {
		name   string
		after  time.Duration
		status int
	}{
		{"a stale answer is allowed", time.Hour + 2*time.Minute, http.StatusOK},
		{"no stale answer is allowed", 25*time.Hour + 30*time.Minute, http.StatusInternalServerError},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdgeInBubble(t)
				e.says(200, before, `Etag: "a"`)
				e.get("/posts/tea/").want(200, before, anything)
				e.pass(test.after)
				e.does(func(*origin.Request) (*origin.Response, error) { panic("a mistake") })
				e.get("/posts/tea/").want(test.status, anything, anything)
				e.pass(firstBackoff)
				e.says(200, after)
				e.get("/posts/tea/").want(200, anything, anything)
			})
		})
	}
}
