package resource

import (
	"net/http"
	"os"
	"testing"

	"larder/config"
)

func TestPresetsDecideByQueryAndHeader(t *testing.T) {
	const (
		butter    = "../larder.json"
		wordpress = "../presets/wordpress.json"
	)
	tests := []struct {
		name, file, path, query, header string
		want                            Handling
	}{
		{"a campaign's parameters in ButterCMS", butter, "/v2/content/", "keys=menu&utm_source=mail&gclid=x", "", Cached},
		{"a parameter that ButterCMS does not know", butter, "/v2/posts/", "cb=1", "", Cached},
		{"a tenant of ButterCMS", butter, "/v2/posts/", "", "Authorization", Cached},
		{"parameters of WordPress", wordpress, "/wp-json/wp/v2/posts", "categories[]=1&per_page=5", "", Cached},
		{"a campaign's parameters in WordPress", wordpress, "/wp-json/wp/v2/posts", "per_page=5&fbclid=x", "", Cached},
		{"a plugin's parameter in WordPress", wordpress, "/wp-json/wp/v2/posts", "lang=de", "", Unlisted},
		{"an application password of WordPress", wordpress, "/wp-json/wp/v2/posts/7", "", "Authorization", Bypassed},
		{"a nonce of WordPress", wordpress, "/wp-json/wp/v2/pages", "", "X-Wp-Nonce", Bypassed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			data, err := os.ReadFile(test.file)
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := config.Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			header := http.Header{}
			if test.header != "" {
				header.Set(test.header, "x")
			}
			i, vars := Match(cfg, http.MethodGet, test.path)
			if got := Decide(cfg, &cfg.Routes[i], test.query, header); got.Handling != test.want {
				t.Errorf("got %+v, want %d", got, test.want)
			}
			if made := New(cfg, &cfg.Routes[i], vars, Request{Path: test.path, Query: "fbclid=x&utm_id=1", Header: header}); made.Query != "" {
				t.Errorf("the key has the query %q", made.Query)
			}
		})
	}
}
