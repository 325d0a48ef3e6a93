package httpcache

import (
	"slices"
	"testing"
)

func TestLinksOfKnownHostsAreMoved(t *testing.T) {
	hosts := []string{"www.example.com", "localhost:8080"}
	for _, test := range []struct{ name, value, want string }{
		{"two links", `<https://www.example.com/a?page=1>; rel="prev", <https://www.example.com/a?page=3>; rel="next"`,
			`<http://edge.test/a?page=1>; rel="prev", <http://edge.test/a?page=3>; rel="next"`},
		{"a host in capitals, with a port", `<HTTP://LocalHost:8080/a>`, `<http://edge.test/a>`},
		{"no path", `<https://www.example.com>; rel=a, <https://www.example.com?b>`, `<http://edge.test>; rel=a, <http://edge.test?b>`},
		{"other hosts", `<https://example.com/>, <https://www.example.com.evil.test/>, <https://www.example.com:444/>, <https://u@www.example.com/>`,
			`<https://example.com/>, <https://www.example.com.evil.test/>, <https://www.example.com:444/>, <https://u@www.example.com/>`},
		{"relative targets and other schemes", `</a>, <//www.example.com/a>, <ftp://www.example.com/a>`, `</a>, <//www.example.com/a>, <ftp://www.example.com/a>`},
		{"a target in a parameter", `</a>; title="<https://www.example.com/>\" <https://www.example.com/>"`, `</a>; title="<https://www.example.com/>\" <https://www.example.com/>"`},
		{"one that does not end", `<https://www.example.com/a`, `<https://www.example.com/a`},
		{"a quotation that does not end", `</a>; title="b\`, `</a>; title="b\`},
	} {
		values := []string{test.value, ""}
		got := MoveLinks(values, hosts, "http", "edge.test")
		if !slices.Equal(got, []string{test.want, ""}) || values[0] != test.value {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}
