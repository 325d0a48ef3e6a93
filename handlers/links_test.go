package handlers

import (
	"strings"
	"testing"
)

func TestLinksToTheOriginLeadToTheHostOfTheRequest(t *testing.T) {
	const next = `<https://www.example.com/posts/?page=2>; rel="next"`
	for _, test := range []struct{ name, members, uri, https, http string }{
		{"a stored response", `"link_hosts": ["www.example.com"],`, "/posts/",
			`<https://edge.example/posts/?page=2>; rel="next"`, `<http://edge.example/posts/?page=2>; rel="next"`},
		{"one that passes through", `"link_hosts": ["www.example.com"],`, "/posts/?preview=1",
			`<https://edge.example/posts/?page=2>; rel="next"`, `<http://edge.example/posts/?page=2>; rel="next"`},
		{"another host", `"link_hosts": ["example.com"],`, "/posts/", next, next},
		{"no hosts", ``, "/posts/", next, next},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := newEdgeWith(t, strings.Replace(testConfig, "{", "{"+test.members, 1))
			e.says(200, before, "Link: "+next)
			for range 2 { // a miss and a hit
				for scheme, want := range map[string]string{"https": test.https, "http": test.http} {
					e.get(over(scheme, test.uri)).wantHeader("Link", want)
				}
			}
		})
	}
}
