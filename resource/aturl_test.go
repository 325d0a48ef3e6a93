package resource

import (
	"fmt"
	"slices"
	"testing"

	"larder/config"
)

func TestAURLStandsForTheResourcesOfEachRouteThatCachesIt(t *testing.T) {
	cfg, err := config.Parse([]byte(`{"origins": [{"name": "primary", "host": "api.example"}], "routes": [
		{"name": "query", "path": "/search/", "methods": ["QUERY"], "query": {"a": null}},
		{"name": "get", "path": "/search/", "query": {"b": null}},
		{"name": "head", "path": "/head/", "methods": ["HEAD"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][]string{
		"/search/": {"get /search/?b=2", "get /search/?b=2", "query /search/?a=1"}, // GET, HEAD and QUERY
		"/head/":   {"head /head/?"},
		"/other/":  nil,
	} {
		var got []string
		for i, r := range AtURL(cfg, Request{Path: path, Query: "a=1&b=2", Host: "edge.example"}) {
			got = append(got, fmt.Sprintf("%s %s?%s", cfg.Routes[i].Name, r.Path, r.Query))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
	for range AtURL(cfg, Request{Path: "/search/"}) {
		break // which must not go on
	}
}
