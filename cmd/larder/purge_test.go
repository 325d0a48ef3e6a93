package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPurgeSaysWhatWasPurged(t *testing.T) {
	var path, token, sent, answer string
	status := http.StatusOK
	edge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // a body that is cut off fails the comparison
		path, token, sent = r.Method+" "+r.RequestURI, r.Header.Get("Authorization"), string(body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, answer) // the client notices
	}))
	defer edge.Close()
	for _, c := range []struct {
		name, query  string
		args         []string
		status       int
		answer       string
		path, sent   string
		out, message string
	}{
		{"a dry run", "/?auth_token=k", []string{"--key", "post:tea", "--dry-run"}, 200,
			`{"status":"dry_run","id":"x","soft":true,"keys":["@fEPvWuIdQ84:post:tea","@fEPvWuIdQ84:~87"]}`,
			"POST /_larder/purge?auth_token=k", `{"keys":["post:tea"],"soft":true,"dry_run":true}`,
			"nothing was purged: a dry run\nsoft    post:tea of tenant fEPvWuIdQ84\n        ~87 of tenant fEPvWuIdQ84  (bucket)\n", ""},
		{"some softly, some hard", "", []string{"--key", "posts", "--hard-key", "post:tea", "--tenant", "all"}, 200,
			`{"status":"ok","id":"x","soft":true,"keys":["posts","~f3"],"hard":["post:tea","@:0d7y"]}`,
			"POST /_larder/purge", `{"keys":["posts"],"hard":["post:tea"],"soft":true,"tenants":["all"]}`,
			"purged  (request x)\nsoft    posts\n        ~f3  (bucket)\nhard    post:tea\n        @:0d7y  (shared by all tenants)\n", ""},
		{"everything, hard", "", []string{"--all", "--vault", "--hard"}, 200,
			`{"status":"ok","id":"x","soft":false,"keys":["larder-all"]}`,
			"POST /_larder/purge", `{"soft":false,"all":true,"vault":true}`,
			"purged  (request x)\nhard    larder-all\n", ""},
		{"a refusal", "", []string{"--key", "a"}, 400,
			`{"type":"urn:larder:problem:no-tenant","title":"Whose?","detail":"Name the tenant."}`,
			"POST /_larder/purge", `{"keys":["a"],"soft":true}`, "", "no-tenant: Name the tenant."},
		{"another server", "", []string{"--key", "a"}, 404, `<html>`, "POST /_larder/purge", `{"keys":["a"],"soft":true}`,
			"", "has the status 404 and is not Larder's"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(tokenVariable, "s3cret")
			status, answer = c.status, c.answer
			var out bytes.Buffer
			err := exec(t.Context(), append([]string{"purge", edge.URL + c.query}, c.args...), nil, &out, t.Output())
			if (err == nil) != (c.message == "") || err != nil && !strings.Contains(err.Error(), c.message) {
				t.Errorf("got the error %v, want %q", err, c.message)
			}
			if out.String() != c.out {
				t.Errorf("got\n%s\nwant\n%s", &out, c.out)
			}
			if path != c.path || sent != c.sent || token != "Bearer s3cret" {
				t.Errorf("sent %s with %s and %q", path, sent, token)
			}
		})
	}
}

func TestPurgeIsNotSentWhereItCannotWork(t *testing.T) {
	for _, c := range []struct{ name, token, url, message string }{
		{"no token", "", "https://cdn.example.com", tokenVariable + " is not set"},
		{"a host alone", "x", "cdn.example.com", "is not the address of an edge"},
		{"in clear", "x", "http://cdn.example.com", "in clear"},
		{"in clear to an address", "x", "http://192.0.2.1:80/", "in clear"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv(tokenVariable, c.token)
			err := exec(t.Context(), []string{"purge", c.url, "--key", "a"}, nil, io.Discard, t.Output())
			if err == nil || !strings.Contains(err.Error(), c.message) {
				t.Errorf("got the error %v, want %q", err, c.message)
			}
		})
	}
}
