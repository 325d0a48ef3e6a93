package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"larder/corecache"
	"larder/origin"
)

// An abandoned object can still be found: it must go, or every later request
// would get a body that is cut short.
func TestALargeBodyThatBreaksOffIsNotKept(t *testing.T) {
	tests := []struct {
		name   string
		err    error
		length int
	}{
		{"the connection is reset", fmt.Errorf("%w: reset", origin.ErrTruncated), len(large)},
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
			e.pass(failureTime)
			e.saysLarge(nil, fmt.Sprintf("Content-Length: %d", len(large)))
			e.get("/files/a").want(200, large, "")
		})
	}
}

func TestALargeBodyThatBreaksOffCostsNoCopy(t *testing.T) {
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
		{"revalidated behind", func(e *edge) { e.pass(time.Hour + 30*time.Second) }, "Larder; hit; ttl=-30"},
	}
	for _, test := range tests {
		for name, line := range map[string]string{"with its length": length, "without its length": "X: y"} {
			t.Run(test.name+", "+name, func(t *testing.T) {
				e := newEdge(t)
				e.saysLarge(nil, length)
				e.get("/files/a").want(200, large, "")
				test.age(e)
				e.saysLarge(fmt.Errorf("%w: reset", origin.ErrTruncated), line)
				e.get("/files/a").want(200, large, test.status)
				e.fails(errRefused)
				e.pass(failureTime)
				e.get("/files/a").want(200, large, "")
				e.pass(failureTime)
				e.says(200, "new")
				e.get("/files/a")
				e.get("/files/a").want(200, "new", "")
			})
		}
	}
}

func TestWhatIsNotKeptCostsNoCopy(t *testing.T) {
	for name, answer := range map[string]struct {
		status int
		line   string
	}{
		"a redirection to a maintenance page": {302, "Location: /maintenance/"},
		"another one":                         {307, "Location: /maintenance/"},
		"a page with a cookie":                {200, "Set-Cookie: a=b"},
		"a page that may not be kept":         {200, "Cache-Control: no-store"},
		"a refusal":                           {403, "X: y"},
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.fill("/posts/tea/", before)
			e.pass(2 * time.Hour)
			e.says(answer.status, after, answer.line)
			e.get("/posts/tea/").want(answer.status, after, "")
			e.fails(errRefused)
			e.get("/posts/tea/").want(200, before, "")
		})
	}
}

// noRoom is a cache that refuses large bodies which are not whole yet.
type noRoom struct{ corecache.Cache }

func (c noRoom) Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error) {
	if strings.Contains(string(key), "\ncoming\n") {
		return nil, errors.New("no room")
	}
	return c.Cache.Insert(key, opts)
}

func TestACacheThatFailsCostsNoNewAnswer(t *testing.T) {
	length := fmt.Sprintf("Content-Length: %d", len(large))
	e := newEdge(t)
	e.says(200, "old")
	e.get("/files/a").want(200, "old", "")
	e.purge(`"keys":["file:a"]`)
	e.app.cache = noRoom{e.spy}
	e.saysLarge(nil, length)
	e.get("/files/a").want(200, large, `Larder; fwd=stale; fwd-status=200; detail="not-stored; cache-failed"`)
}

// full is a cache that fails while large bodies are written, wherever they go.
type full struct{ corecache.Cache }

func (c full) Insert(key []byte, opts corecache.WriteOptions) (corecache.Writer, error) {
	w, err := c.Cache.Insert(key, opts)
	return fullWriter{w}, err
}

type fullWriter struct{ corecache.Writer }

func (w fullWriter) Write(p []byte) (int, error) {
	if len(p) > 512 {
		return 0, errors.New("full")
	}
	return w.Writer.Write(p)
}

func TestACacheThatFailsOverABodyIsNoFaultOfTheOrigins(t *testing.T) {
	e := newEdge(t)
	e.app.cache = full{e.spy}
	for range 2 {
		e.does(func(*origin.Request) (*origin.Response, error) {
			r := e.response(200, large[:1025], fmt.Sprintf("Content-Length: %d", len(large)))
			r.Remainder = &rest{Reader: strings.NewReader(large[1025:])}
			return r, nil
		})
		e.get("/files/a").want(200, large, `Larder; fwd=uri-miss; fwd-status=200; detail="not-stored; cache-failed"`)
		e.pass(passTime)
	}
	for _, req := range e.asked {
		resp := e.response(200, large[:1025], fmt.Sprintf("Content-Length: %d", len(large)))
		resp.Remainder = &rest{Reader: strings.NewReader(large[1025:])}
		if err := req.Accept(resp); err != nil {
			t.Errorf("the origin is blamed: %v", err)
		}
	}
}

// purges counts them.
type purges struct {
	corecache.Cache
	n int
}

func (p *purges) Purge(key string, soft bool) error {
	p.n++
	return p.Cache.Purge(key, soft)
}

func TestWhatIsNotKeptPurgesNothingAgainAndAgain(t *testing.T) {
	for name, age := range map[string]time.Duration{"fresh": time.Minute, "in its window": time.Hour + 30*time.Second, "stale": 2 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.fill("/posts/tea/", before)
			counted := &purges{Cache: e.spy}
			e.app.cache = counted
			e.pass(age)
			e.says(302, "", "Location: /login/")
			for range 20 {
				e.get("/posts/tea/")
				e.pass(passTime)
			}
			if counted.n > 1 {
				t.Errorf("%d purges", counted.n)
			}
		})
	}
}

// inserting is a cache in which something happens just after an entry was
// inserted for the first time.
type inserting struct {
	corecache.Cache
	then func()
}

func (c *inserting) Transact(key []byte, opts corecache.LookupOptions) (corecache.Transaction, error) {
	tx, err := c.Cache.Transact(key, opts)
	return insertion{tx, c}, err
}

type insertion struct {
	corecache.Transaction
	of *inserting
}

func (i insertion) Insert(opts corecache.WriteOptions) (corecache.Writer, error) {
	w, err := i.Transaction.Insert(opts)
	if then := i.of.then; then != nil {
		i.of.then = nil
		then()
	}
	return w, err
}

func TestALargeBodyThatIsPurgedAtOnceIsStillTheAnswer(t *testing.T) {
	e := newEdge(t)
	e.app.cache = &inserting{e.spy, func() { e.purge(`"keys":["file:a"],"soft":false`) }}
	e.saysLarge(nil, fmt.Sprintf("Content-Length: %d", len(large)))
	e.get("/files/a").want(200, large, "")
	e.wantAsked(1)
	e.get("/files/a")
	e.wantAsked(1)
}

// senders are origins by the names of their backends.
type senders map[string]func(*origin.Request) (*origin.Response, error)

func (s senders) Send(_ context.Context, backend string, req *origin.Request) (*origin.Response, error) {
	return s[backend](req)
}

func TestTheStandbyHasTheWholeOfALargeBody(t *testing.T) {
	length := fmt.Sprintf("Content-Length: %d", len(large))
	for name, announced := range map[string]string{"with its length": length, "without its length": "X: y"} {
		t.Run(name, func(t *testing.T) {
			e := newEdgeWith(t, withStandby(testConfig))
			answer := func(broken error) func(*origin.Request) (*origin.Response, error) {
				return func(*origin.Request) (*origin.Response, error) {
					r := e.response(200, "", announced)
					r.Body, r.Remainder = nil, &rest{Reader: strings.NewReader(large), err: broken}
					if broken != nil {
						r.Remainder = &rest{Reader: strings.NewReader(large[:len(large)/2]), err: broken}
					}
					return r, nil
				}
			}
			e.origins(answer(fmt.Errorf("%w: reset", origin.ErrTruncated)), answer(nil))
			e.get("/files/a").want(200, large, "Larder; fwd=uri-miss; fwd-status=200; stored")
			e.get("/files/a").want(200, large, "Larder; hit; ttl=3600")
		})
	}
}

// The cache fails while it takes in a body, and the origin is asked once more.
func TestWhatIsFetchedPastTheCacheStaysWithinTheLimits(t *testing.T) {
	e := newEdgeWith(t, withStandby(queryConfig))
	e.app.cache = full{e.spy}
	sent := 0
	good := func(r *origin.Request) (*origin.Response, error) {
		sent++
		e.pass(4 * time.Second)
		if r.Method == methodQuery {
			if content, err := io.ReadAll(r.Body); string(content) != "a question" {
				t.Errorf("the origin is asked %q, %v", content, err)
			}
		}
		resp := e.response(200, "", fmt.Sprintf("Content-Length: %d", len(large)))
		resp.Body, resp.Remainder = nil, &rest{Reader: strings.NewReader(large)}
		return resp, nil
	}
	e.origins(func(*origin.Request) (*origin.Response, error) {
		sent++
		e.pass(3 * time.Second)
		return nil, errRefused
	}, good)
	began := e.clock()
	e.get("/files/a").wantProblem(503, "origin-unavailable")
	if took := e.clock().Sub(began); sent > 4 || took > e.app.config.Deadline {
		t.Errorf("%d requests in %v", sent, took)
	}
	e.origins(good, good)
	e.request("QUERY", "/ask/", "a question", "Content-Type: text/plain").want(200, large, "")
}
