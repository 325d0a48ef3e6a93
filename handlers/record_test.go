package handlers

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"larder/corecache"
	"larder/origin"
)

// What one client gets must leave the kept record as it is, for those after
// it: what is answered first and validated then, and what the vault saves once
// the client has its answer.

func TestAPartBeforeAValidationLeavesTheWholeAsItIs(t *testing.T) {
	for name, ranges := range map[string]string{"one range": "bytes=0-1", "several ranges": "bytes=0-1,4-5"} {
		t.Run(name, func(t *testing.T) {
			e := staleEdge(t, `Etag: "v1"`)
			e.does(func(*origin.Request) (*origin.Response, error) {
				r := e.response(304, "")
				delete(r.Header, "Content-Type") // as a 304 has none
				return r, nil
			})
			e.get("/posts/tea/", "Range: "+ranges).want(206, "", "")
			r := e.get("/posts/tea/")
			r.want(200, before, "Larder; hit; ttl=3600")
			r.wantHeader("Content-Type", "application/json")
			r.wantNo("Content-Range")
		})
	}
}

func TestTheAgeOfAnAnswerIsNotThatOfItsValidation(t *testing.T) {
	e := newEdge(t)
	lines := []string{"Cache-Control: max-age=100, stale-while-revalidate=1000", `Etag: "v1"`}
	e.says(200, before, lines...)
	e.get("/open/x")
	e.pass(150 * time.Second)
	e.says(304, "", lines...)
	e.get("/open/x").want(200, before, "Larder; hit; ttl=-50")
	e.wantAsked(2)
	e.get("/open/x").wantHeader("Age", "0")
	e.wantAsked(0)
}

func TestTheVaultDoesNotGetWhatOneClientGot(t *testing.T) {
	tests := []struct {
		name    string
		answer  []string
		request string
	}{
		{"a field for one client", []string{`Cache-Control: private="X-Account"`, "X-Account: alice"}, "Accept: */*"},
		{"a part", nil, "Range: bytes=0-1"},
		{"several parts", nil, "Range: bytes=0-1,4-5"},
		{"the debug header", nil, "Larder-Debug: 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := newVaulted(t, testConfig, "")
			v.says(200, before, test.answer...)
			v.get("/posts/tea/", test.request)
			v.cold()
			v.fails(errRefused)
			r := v.get("/posts/tea/")
			r.want(200, before, "")
			r.wantHeader("Content-Type", "application/json")
			r.wantNo("X-Account", "Content-Range", "Surrogate-Key")
		})
	}
}

// readings counts how often bodies are read out of the cache.
type readings struct {
	corecache.Cache
	n int
}

func (c *readings) Lookup(key []byte, opts corecache.LookupOptions) (corecache.Found, error) {
	found, err := c.Cache.Lookup(key, opts)
	if err != nil {
		return nil, err
	}
	return &reading{found, c}, nil
}

type reading struct {
	corecache.Found
	of *readings
}

func (r *reading) Body() (io.ReadCloser, error) {
	r.of.n++
	return r.Found.Body()
}

func TestABodyIsNotReadForAVaultThatDoesNotWantIt(t *testing.T) {
	v := newVaulted(t, testConfig, `"max_body": "1KiB"`)
	counted := &readings{Cache: v.spy}
	v.app.cache = counted
	large := strings.Repeat("x", 4096)
	v.does(func(*origin.Request) (*origin.Response, error) {
		r := v.response(200, large[:1024], "Content-Length: 4096", `Etag: "v1"`)
		r.Remainder = &rest{Reader: strings.NewReader(large[1024:])}
		return r, nil
	})
	v.get("/files/large").want(200, large, "")
	v.purge(`"keys":["file:large"]`)
	v.says(304, "", `Etag: "v1"`)
	counted.n = 0
	v.request(http.MethodHead, "/files/large", "").want(200, "", "")
	if counted.n != 0 {
		t.Errorf("the body is read %d times", counted.n)
	}
}
