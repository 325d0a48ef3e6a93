package handlers

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"larder/corecache"
	"larder/origin"
)

func TestALargeBodyGoesThroughTheCache(t *testing.T) {
	length := fmt.Sprintf("Content-Length: %d", len(large))
	for name, lines := range map[string][]string{"with its length": {length}, "without its length": nil} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			r := e.saysLarge(nil, lines...)
			e.get("/files/a").want(200, large, anything)
			e.get("/files/a").want(200, large, "Larder; hit; ttl=3600")
			e.wantAsked(1)
			if !r.closed {
				t.Error("the origin's connection is left open")
			}
		})
	}
	t.Run("that may not be stored is streamed", func(t *testing.T) {
		e := newEdge(t)
		r := e.saysLarge(nil, length, "Cache-Control: private")
		e.get("/files/a").want(200, large, anything)
		if !r.closed {
			t.Error("the origin's connection is left open")
		}
	})
}

// An abandoned object can still be found, so it must be removed. Otherwise every
// later request would get a body that is cut short.
func TestALargeBodyThatBreaksOffIsNotStored(t *testing.T) {
	tests := []struct {
		name   string
		err    error
		length int
	}{
		{"the connection is reset", errReset, len(large)},
		{"it ends before its length", nil, len(large) + 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			r := e.saysLarge(test.err, fmt.Sprintf("Content-Length: %d", test.length))
			e.get("/files/a").wantProblem(503, "origin-unavailable")
			if !r.closed {
				t.Error("the origin's connection is left open")
			}
			e.pass(firstBackoff)
			e.saysLarge(nil, fmt.Sprintf("Content-Length: %d", len(large)))
			e.get("/files/a").want(200, large, anything)
		})
	}
}

func TestALargeBodyThatBreaksOffLeavesTheStoredCopy(t *testing.T) {
	length := fmt.Sprintf("Content-Length: %d", len(large))
	tests := []struct {
		name   string
		age    func(*edge)
		status string
	}{
		{"past its time", func(e *edge) { e.pass(2 * time.Hour) },
			`Larder; fwd=stale; ttl=-3600; detail="stale-if-error; origin-body-truncated"`},
		{"purged softly", func(e *edge) { e.purge(`"keys":["file:a"]`) },
			`Larder; fwd=stale; detail="stale-if-error; origin-body-truncated"`},
		{"revalidated after the answer", func(e *edge) { e.pass(time.Hour + 30*time.Second) }, "Larder; hit; ttl=-30"},
	}
	for _, test := range tests {
		for name, line := range map[string]string{"with its length": length, "without its length": "X: y"} {
			t.Run(test.name+", "+name, func(t *testing.T) {
				e := newEdge(t)
				e.saysLarge(nil, length)
				e.get("/files/a").want(200, large, anything)
				test.age(e)
				e.saysLarge(errReset, line)
				e.get("/files/a").want(200, large, test.status)
				e.fails(errRefused)
				e.pass(firstBackoff)
				e.get("/files/a").want(200, large, anything)
				e.pass(firstBackoff)
				e.says(200, "new")
				e.get("/files/a")
				e.get("/files/a").want(200, "new", anything)
			})
		}
	}
}

func TestALargeBodyThatIsPurgedAtOnceIsStillTheAnswer(t *testing.T) {
	e := newEdge(t)
	once := false
	e.useCache(&hookedCache{e.spy, func([]byte) {}, func(key []byte) {
		if !once && strings.Contains(string(key), "/files/a") {
			once = true
			e.purge(`"keys":["file:a"],"soft":false`)
		}
	}})
	e.saysLarge(nil, fmt.Sprintf("Content-Length: %d", len(large)))
	e.get("/files/a").want(200, large, anything)
	e.wantAsked(1)
	if !once {
		t.Fatal("nothing was purged")
	}
	e.get("/files/a").want(200, large, "Larder; fwd=uri-miss; fwd-status=200; stored")
	e.wantAsked(1)
}

func TestTheStandbyIsAskedAfterALargeBodyBreaksOff(t *testing.T) {
	length := fmt.Sprintf("Content-Length: %d", len(large))
	for name, announced := range map[string]string{"with its length": length, "without its length": "X: y"} {
		t.Run(name, func(t *testing.T) {
			e := newEdgeWith(t, withStandby(testConfig))
			e.does(func(*origin.Request) (*origin.Response, error) {
				resp := e.response(200, "", announced)
				resp.Remainder = &originBody{Reader: strings.NewReader(large[:len(large)/2]), err: errReset}
				return resp, nil
			})
			e.second = func(*origin.Request) (*origin.Response, error) { return e.response(200, large, announced), nil }
			e.get("/files/a").want(200, large, "Larder; fwd=uri-miss; fwd-status=200; stored")
			e.get("/files/a").want(200, large, "Larder; hit; ttl=3600")
		})
	}
}

// An endless answer must not fill the cache.
func TestABodyThatTheCacheCannotHoldIsStreamed(t *testing.T) {
	e := newEdge(t)
	body := &originBody{}
	size := corecache.MaxBody + 1000
	e.does(func(*origin.Request) (*origin.Response, error) {
		body.Reader = io.LimitReader(zeros{}, int64(size))
		resp := e.response(200, "")
		resp.Remainder = body
		return resp, nil
	})
	got := e.get("/files/a")
	if got.status != 200 || len(got.body) != size {
		t.Errorf("got status %d and %d bytes; want 200 and %d", got.status, len(got.body), size)
	}
	if want := `Larder; fwd=uri-miss; fwd-status=200; detail="not-stored; too-large"`; got.header.Get("Cache-Status") != want {
		t.Errorf("Cache-Status: got %q; want %q", got.header.Get("Cache-Status"), want)
	}
	if !body.closed {
		t.Error("the origin's connection is left open")
	}
}

// zeros has no end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
