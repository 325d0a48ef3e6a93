package handlers

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"larder/accesslog"
	"larder/config"
	"larder/purge"
)

// accessLog makes an edge write its access log, and returns what reads the next
// lines.
func accessLog(t *testing.T, e *edge) (next func() []map[string]any) {
	t.Helper()
	var out bytes.Buffer
	e.use(func(p *Parts) {
		p.AccessLog = accesslog.New(config.Logs{Access: "a", FreshHits: 1, Slow: time.Second}, accesslog.About{POP: "FRA"},
			func(string) io.Writer { return &out }, nil)
	})
	return func() (lines []map[string]any) {
		t.Helper()
		for _, credential := range []string{"secret-token"} {
			if strings.Contains(out.String(), credential) {
				t.Errorf("the access log has a credential: %s", &out)
			}
		}
		for d := json.NewDecoder(&out); ; {
			var line map[string]any
			if err := d.Decode(&line); err == io.EOF {
				out.Reset()
				return lines
			} else if err != nil {
				t.Fatal(err)
			}
			lines = append(lines, line)
		}
	}
}

// wantLine compares the members that matter; nil wants a member to be absent.
func wantLine(t *testing.T, lines []map[string]any, want map[string]any) {
	t.Helper()
	if len(lines) != 1 {
		t.Fatalf("%d lines, want one: %v", len(lines), lines)
	}
	for name, value := range want {
		if got := lines[0][name]; got != value {
			t.Errorf("%s is %v, want %v", name, got, value)
		}
	}
}

func TestEachRequestHasALineInTheAccessLog(t *testing.T) {
	e := newEdgeWith(t, tenantsConfig)
	next := accessLog(t, e)
	e.says(200, before)
	e.get("/posts/tea/?auth_token=secret-token")
	lines := next()
	wantLine(t, lines, map[string]any{
		"time": "2026-11-23T12:00:00Z", "pop": "FRA", "method": "GET", "route": "post", "path": "/posts/tea/", "status": 200.0,
		"cache": "uri-miss", "stored": true, "fwd_status": 200.0, "origin": "primary", "attempts": 1.0, "bytes": float64(len(before)), "age": 0.0,
		"stale": nil, "purged": nil, "sample": 1.0,
	})
	tenant := lines[0]["tenant"]
	if id, _ := tenant.(string); len(id) != 43 {
		t.Errorf("the tenant is %v, want a hash", tenant)
	}

	e.pass(10 * time.Second)
	e.get("/posts/tea/?auth_token=secret-token")
	wantLine(t, next(), map[string]any{"cache": "hit", "age": 10.0, "ttl": 3590.0, "tenant": tenant, "origin": nil, "attempts": nil, "fwd_status": nil})

	e.purge(`"keys":["post:tea"],"credentials":["secret-token"]`)
	wantLine(t, next(), map[string]any{"path": "/_larder/purge", "method": "POST", "cache": "none", "route": nil})

	e.fails(errRefused)
	e.get("/posts/tea/?auth_token=secret-token")
	wantLine(t, next(), map[string]any{"cache": "stale", "stale": "stale-if-error", "purged": true, "status": 200.0, "attempts": nil})

	e.says(201, "{}")
	e.get("/posts/tea/?preview=1&auth_token=secret-token")
	wantLine(t, next(), map[string]any{"cache": "bypass", "route": "post", "origin": "primary", "tenant": tenant, "status": 201.0})
}

func TestAProblemNamesItsLineInTheAccessLog(t *testing.T) {
	e := newEdge(t)
	next := accessLog(t, e)
	r := e.get("/nowhere/")
	lines := next()
	wantLine(t, lines, map[string]any{"cache": "none", "status": 404.0, "path": "/nowhere/", "origin": nil})
	if id := r.header.Get("Larder-Request-Id"); id == "" || lines[0]["id"] != id {
		t.Errorf("the response names %q, and the line %v", id, lines[0]["id"])
	}
	e.says(200, before)
	if id := e.get("/posts/tea/").header.Get("Larder-Request-Id"); id != "" {
		t.Errorf("a response that is no problem has the ID %q", id)
	}
}

func TestAPurgeHasOneIDInItsAnswerAndInTheAccessLog(t *testing.T) {
	for body, status := range map[string]int{`{"keys":["post:tea"]}`: 200, `{"keys":[]}`: 400} {
		e := newEdge(t)
		next := accessLog(t, e)
		r := e.request(http.MethodPost, purge.Path, body, "Authorization: Bearer operator")
		lines := next()
		if id := r.header.Get("Larder-Request-Id"); r.status != status || id != "request-1" || lines[0]["id"] != id {
			t.Errorf("%s: %d, the response names %q, and the line %v", body, r.status, id, lines[0]["id"])
		}
	}
}
