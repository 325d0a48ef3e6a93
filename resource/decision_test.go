package resource

import (
	"net/http"
	"strings"
	"testing"

	"larder/config"
)

func TestWhatAQueryMeansForItsRoute(t *testing.T) {
	const file = `{
	  "origins": [{"name": "a"}],
	  "tenant": {"query": "auth_token"},
	  "ignore": ["utm_*"],
	  "unlisted": "UNLISTED",
	  "routes": [
	    {"name": "posts", "path": "/posts/", "query": {"tag": null, "page": "1"}, "bypass": {"preview": "*", "draft": "1"}},
	    {"name": "all", "path": "/all/", "query": {"*": null, "page": "1"}, "bypass": {"preview": "*"}},
	    {"name": "own", "path": "/own/", "unlisted": "drop"}
	  ]
	}`
	cached := Decision{}
	by := func(h Handling, name, value string) Decision { return Decision{Handling: h, Name: name, Value: value} }
	tests := []struct {
		name, path, query string
		pass, reject      Decision // with this word for unlisted parameters
	}{
		{"no query", "/posts/", "", cached, cached},
		{"listed parameters", "/posts/", "tag=a&p%61ge=1&tag=b", cached, cached},
		{"an ignored parameter", "/posts/", "utm_source=mail&%75tm_id", cached, cached},
		{"the credential", "/posts/", "auth_token=s&tag=a&auth_token=t", cached, cached},
		{"empty pairs", "/posts/", "&&tag=a&", cached, cached},
		{"an unlisted parameter", "/posts/", "tag=a&l%61ng=d%20e&x=1", by(Unlisted, "lang", "d e"), by(Rejected, "lang", "d e")},
		{"a listed parameter in another case", "/posts/", "Tag=a", by(Unlisted, "Tag", "a"), by(Rejected, "Tag", "a")},
		{"a parameter without a name", "/posts/", "=1", by(Unlisted, "", "1"), by(Rejected, "", "1")},
		{"a condition with any value", "/posts/", "preview", by(Bypassed, "preview", ""), by(Bypassed, "preview", "")},
		{"a condition beside an unlisted parameter", "/posts/", "x=1&draft=1", by(Bypassed, "draft", "1"), by(Bypassed, "draft", "1")},
		{"a condition's parameter with another value", "/posts/", "draft=0", by(Unlisted, "draft", "0"), by(Rejected, "draft", "0")},
		{"any parameter where all are listed", "/all/", "lang=de", cached, cached},
		{"a condition where all are listed", "/all/", "preview=1", by(Bypassed, "preview", "1"), by(Bypassed, "preview", "1")},
		{"a route with a word of its own", "/own/", "lang=de", cached, cached},
	}
	for _, word := range []string{"drop", "pass", "reject"} {
		cfg, err := config.Parse([]byte(strings.Replace(file, "UNLISTED", word, 1)))
		if err != nil {
			t.Fatal(err)
		}
		for _, test := range tests {
			t.Run(word+", "+test.name, func(t *testing.T) {
				want := map[string]Decision{"pass": test.pass, "reject": test.reject}[word]
				if word == "drop" && test.pass.Handling == Bypassed {
					want = test.pass
				}
				i, _ := Match(cfg, "GET", test.path)
				if got := Decide(cfg, &cfg.Routes[i], test.query, http.Header{}); got != want {
					t.Errorf("got %+v, want %+v", got, want)
				}
			})
		}
	}
}

func TestAHeaderMakesARequestPassThrough(t *testing.T) {
	cfg, err := config.Parse([]byte(`{
	  "origins": [{"name": "a"}], "unlisted": "reject", "bypass_headers": ["authorization"],
	  "routes": [
	    {"name": "posts", "path": "/posts/", "bypass_headers": ["X-WP-Nonce"]},
	    {"name": "other", "path": "/{path...}", "headers": ["*"], "query": {"*": null}}
	  ]
	}`))
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, path, query, header, want string }{
		{"the file's", "/posts/", "", "Authorization", "Authorization"},
		{"the route's", "/posts/", "", "X-Wp-Nonce", "X-Wp-Nonce"},
		{"the file's on a route without its own", "/other", "", "Authorization", "Authorization"},
		{"another route's", "/other", "", "X-Wp-Nonce", ""},
		{"another header", "/posts/", "", "Cookie", ""},
		{"one beside a parameter that is not accepted", "/posts/", "lang=de", "Authorization", "Authorization"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			i, _ := Match(cfg, "GET", test.path)
			want := Decision{}
			if test.want != "" {
				want = Decision{Handling: Bypassed, Header: test.want}
			}
			for _, value := range []string{"x", ""} {
				if got := Decide(cfg, &cfg.Routes[i], test.query, http.Header{test.header: {value}}); got != want {
					t.Errorf("got %+v, want %+v", got, want)
				}
			}
		})
	}
}

func TestAPrintableNameIsPlainAndShort(t *testing.T) {
	tests := []struct{ name, want string }{
		{"lang", "lang"},
		{"fields[a],\"é\n", "fields%5Ba%5D%2C%22%C3%A9%0A"},
		{strings.Repeat("x", 8000), strings.Repeat("x", 98)},
		{strings.Repeat("\x00", 8000), strings.Repeat("%00", 33)},
		{"", ""},
	}
	for _, test := range tests {
		if got := PrintableName(test.name); got != test.want {
			t.Errorf("%.50q becomes %q, not %q", test.name, got, test.want)
		}
	}
}
