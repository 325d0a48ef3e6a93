package resource

import (
	"fmt"
	"strings"
	"testing"
)

func TestDroppedParametersAreListed(t *testing.T) {
	var many []string
	for i := range 1000 {
		many = append(many, fmt.Sprintf("x%03d", i))
	}
	tests := []struct{ name, path, query, want string }{
		{"none", "/posts/", "tag=a&page=1&auth_token=s", ""},
		{"an unlisted and an ignored one, without their values", "/posts/", "lang=de&tag=a&utm_source=mail", "lang, utm_source"},
		{"each once", "/posts/", "lang=de&l%61ng=fr&x&lang", "lang, x"},
		{"one without a name", "/posts/", "=1&x=2", "x"},
		{"characters that no header may have", "/posts/", "a%0d%0ab=1&x,y=2&%C3%A9=3", "a%0D%0Ab, x%2Cy, %C3%A9"},
		{"an ignored one on a route that lists all", "/open/a", "lang=de&fbclid=1", "fbclid"},
		{"too many", "/posts/", strings.Join(many, "&"), strings.Join(many[:167], ", ") + ", +833"},
		{"a long one", "/posts/", strings.Repeat("x", 3000), strings.Repeat("x", 98)},
	}
	cfg := parsed(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			i, _ := Match(cfg, "GET", test.path)
			if got := Dropped(cfg, &cfg.Routes[i], test.query); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
