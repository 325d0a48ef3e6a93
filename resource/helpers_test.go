package resource

import (
	"net/http"
	"strings"
	"testing"

	"larder/config"
)

const testConfig = `{
  "origins": [{"name": "primary", "host": "api.example"}],
  "tenant": {"query": "auth_token", "header": "Authorization"},
  "ignore": ["utm_*", "fbclid"],
  "routes": [
    {"name": "posts", "path": "/posts/", "query": {"tag": null, "page": "1"}, "keys": ["posts"]},
    {"name": "post", "path": "/posts/{slug}/", "query": {"locale": null}, "headers": ["Accept-Language"], "keys": ["post:{slug}"]},
    {"name": "open", "path": "/open/{path...}", "query": {"*": null}, "headers": ["*"]}
  ]
}`

func parsed(t *testing.T) *config.Config {
	t.Helper()
	cfg, err := config.Parse([]byte(testConfig))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// tester is a *testing.T or a *rapid.T.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
}

// resourceOf returns the resource of a GET for a URI. Header lines are "Name:
// value".
func resourceOf(t tester, cfg *config.Config, uri string, lines ...string) Resource {
	t.Helper()
	rawPath, rawQuery, _ := strings.Cut(uri, "?")
	path, err := NormalisePath(rawPath)
	if err != nil {
		t.Fatalf("%s: %v", uri, err)
	}
	i, vars := Match(cfg, http.MethodGet, path)
	if i < 0 {
		t.Fatalf("%s has no route", uri)
	}
	header := http.Header{}
	for _, line := range lines {
		name, value, _ := strings.Cut(line, ": ")
		header.Add(name, value)
	}
	return New(cfg, &cfg.Routes[i], vars, Request{Path: path, Query: rawQuery, Host: "edge.example", Header: header})
}
