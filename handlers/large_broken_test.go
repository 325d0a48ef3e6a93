package handlers

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"larder/corecache"
)

// An abandoned object can still be found: it must go, or every later request
// would get a body that is cut short.
func TestALargeBodyThatBreaksOffIsNotKept(t *testing.T) {
	tests := []struct {
		name   string
		err    error
		length int
	}{
		{"the connection is reset", errors.New("reset"), len(large)},
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
			`Larder; fwd=stale; fwd-status=200; ttl=-3600; detail="stale-if-error; origin-body-truncated"`},
		{"purged softly", func(e *edge) { e.purge(`"keys":["file:a"]`) },
			`Larder; fwd=stale; fwd-status=200; detail="stale-if-error; origin-body-truncated"`},
		{"revalidated behind", func(e *edge) { e.pass(time.Hour + 30*time.Second) }, "Larder; hit; ttl=-30"},
	}
	for _, test := range tests {
		for name, line := range map[string]string{"with its length": length, "without its length": "X: y"} {
			t.Run(test.name+", "+name, func(t *testing.T) {
				e := newEdge(t)
				e.saysLarge(nil, length)
				e.get("/files/a").want(200, large, "")
				test.age(e)
				e.saysLarge(errors.New("reset"), line)
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
