package handlers

import (
	"fmt"
	"strings"
	"testing"

	"larder/origin"
)

// A gzip'd body has no length that the guest could know in advance.
func TestABodyOfUnknownLengthIsStoredUpToABound(t *testing.T) {
	const bound = 16 << 20
	tests := []struct {
		name      string
		length    int
		announced bool
		status    string
	}{
		{"at the bound", bound, false, "Larder; fwd=uri-miss; fwd-status=200; stored"},
		{"beyond the bound", bound + 1, false, `Larder; fwd=uri-miss; fwd-status=200; detail="not-stored; too-large"`},
		{"far beyond the bound", 3 * bound, false, `Larder; fwd=uri-miss; fwd-status=200; detail="not-stored; too-large"`},
		{"beyond the bound, with its length", bound + 1, true, "Larder; fwd=uri-miss; fwd-status=200; stored"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			whole := strings.Repeat("0123456789abcdef", test.length/16+1)[:test.length]
			body := &originBody{Reader: strings.NewReader(whole)}
			e.does(func(*origin.Request) (*origin.Response, error) {
				resp := e.response(200, "")
				if test.announced {
					resp.Header.Set("Content-Length", fmt.Sprint(test.length))
				}
				resp.Remainder = body
				return resp, nil
			})
			got := e.get("/files/a")
			if got.body != whole || got.header.Get("Cache-Status") != test.status {
				t.Errorf("%d bytes of %d, %s", len(got.body), len(whole), got.header.Get("Cache-Status"))
			}
			if !body.closed {
				t.Error("the origin's connection is left open")
			}
			e.wantAsked(1)
		})
	}
}

func TestABodyBeyondTheBoundThatBreaksOffIsNoWholeResponse(t *testing.T) {
	e := newEdge(t)
	e.does(func(*origin.Request) (*origin.Response, error) {
		resp := e.response(200, "")
		resp.Remainder = &originBody{Reader: strings.NewReader(strings.Repeat("x", 17<<20)), err: errReset}
		return resp, nil
	})
	e.get("/files/a")
	if log := strings.Join(e.logged, "\n"); !strings.Contains(log, "the body was cut short") {
		t.Errorf("the client was told that the body is complete; the log has %q", log)
	}
}
