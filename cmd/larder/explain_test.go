package main

import (
	"bytes"
	"strings"
	"testing"
)

const explained = `{
  "origins": [{"name": "a"}],
  "tenant": {"query": "auth_token"},
  "unmatched": "reject",
  "lifetimes": {"ttl": "1h"},
  "ignore": ["utm_*"],
  "routes": [
    {"name": "posts", "path": "/posts/", "query": {"page": "1", "locale": null, "tag": null}, "filters": ["tag"],
     "keys": ["posts", "tag:{query.tag}", "page:{query.page}"], "items": [{"each": "data", "keys": ["post:{slug}"]}]},
    {"name": "post", "path": "/posts/{slug}/", "bypass": {"preview": "*", "draft": "1"}, "keys": ["post:{slug}"],
     "lifetimes": {"ttl": "origin"}},
    {"name": "page", "path": "/pages/", "query": {"page": "1"}, "bypass": {"preview": "*"}, "unlisted": "pass"},
    {"name": "feed", "path": "/feed/", "query": {"page": "1"}, "unlisted": "reject"},
    {"name": "search", "path": "/search/", "methods": ["QUERY"], "keys": ["search"]},
    {"name": "content", "path": "/content", "query": {"*": null, "page": "1"},
     "keys": ["content:{query.keys}"], "items": [{"each": "data", "keys": ["item:{id}"]}]},
    {"name": "files", "path": "/files/{path...}", "query": {"*": null},
     "lifetimes": {"ttl": "origin"}}
  ]
}`

func TestExplanations(t *testing.T) {
	tests := []struct{ name, url, want string }{
		{"listed parameters are sorted and passed, the rest is dropped",
			"/posts/?utm=x&tag=jam&page=1&locale=en", `
route   posts (/posts/)
fetches /posts/?locale=en&tag=jam
drops   page=1 (the default), utm=x
keys    posts posts:filtered tag:jam tag:jam:filtered page:1 page:1:filtered
        and those of the items in the answer
fresh   for 1h0m0s
`},
		{"ignored parameters are dropped where the query stays as it is",
			"/files/a?b=2&utm_source=mail&a=%7e&%75tm_id=1", `
route   files (/files/{path...})
fetches /files/a?b=2&a=%7e
drops   %75tm_id=1 (ignored), utm_source=mail (ignored)
keys    none
fresh   as long as the origin says
`},
		{"a default is dropped where all parameters pass too",
			"/content?page=1&x=2", `
route   content (/content)
fetches /content?x=2
drops   page=1 (the default)
keys    those of the items in the answer
fresh   for 1h0m0s
`},
		{"a value with commas gives a key for the whole and for each",
			"/content?keys=menu,suppliers", `
route   content (/content)
fetches /content?keys=menu,suppliers
keys    content:menu,suppliers content:menu content:suppliers
        and those of the items in the answer
fresh   for 1h0m0s
`},
		{"a parameter with several values gives a key for each",
			"/posts/?tag=tea&tag=jam&tag=tea", `
route   posts (/posts/)
fetches /posts/?tag=tea&tag=jam
drops   tag=tea (a repetition)
keys    posts posts:filtered tag:tea tag:tea:filtered tag:jam tag:jam:filtered page:1 page:1:filtered
        and those of the items in the answer
fresh   for 1h0m0s
`},
		{"a query that gives too many keys is in every bucket",
			"/posts/?page=2&tag=" + strings.Repeat("a,", 256), `
route   posts (/posts/)
fetches /posts/?page=2&tag=` + strings.Repeat("a,", 256) + `
keys    posts posts:filtered page:2 page:2:filtered
        and all bucket keys, as the request gives too many
        and those of the items in the answer
fresh   for 1h0m0s
`},
		{"what need not be encoded is decoded, and the slash is put back",
			"/posts/%61/?x=%61", `
route   post (/posts/{slug}/)
fetches /posts/a/
drops   x=%61
keys    post:a
fresh   as long as the origin says
`},
		{"another spelling of a listed parameter",
			"/posts?%74ag=a+b", `
route   posts (/posts/)
fetches /posts/?tag=a%20b
keys    posts posts:filtered tag:a%20b tag:a%20b:filtered page:1 page:1:filtered
        and those of the items in the answer
fresh   for 1h0m0s
`},
		{"an equals sign in a name is not one before the value",
			"/posts/?tag=x%3Dy&tag%3Dx=y", `
route   posts (/posts/)
fetches /posts/?tag=x%3Dy
drops   tag%3Dx=y
keys    posts posts:filtered tag:x=y tag:x=y:filtered page:1 page:1:filtered
        and those of the items in the answer
fresh   for 1h0m0s
`},
		{"the credential is never shown",
			"/posts/?auth_token=secret&auth_token=other&a", `
route   posts (/posts/)
fetches /posts/
drops   a
keys    posts page:1
        and those of the items in the answer
fresh   for 1h0m0s
`},
		{"a default beside another value of its name passes",
			"/posts/?page=2&page=1", `
route   posts (/posts/)
fetches /posts/?page=2&page=1
keys    posts page:2 page:1
        and those of the items in the answer
fresh   for 1h0m0s
`},
		{"where the operator says nothing about the query it stays as it is",
			"/files/a/b?b=2&a=%7e&b=2&auth_token=secret", `
route   files (/files/{path...})
fetches /files/a/b?b=2&a=%7e&b=2
keys    none
fresh   as long as the origin says
`},
		{"a whole URL without a path, and a fragment, which no client sends",
			"https://edge.example#top", `
route   none: the request is rejected with 404
`},
		{"a preview",
			"/posts/jam/?preview=a%0ab", `
route   post (/posts/{slug}/)
cached  no: preview=a%0Ab passes through
`},
		{"an unlisted parameter that passes the request",
			"/pages/?page=2&utm_id=1&la%6Eg=d%20e", `
route   page (/pages/)
cached  no: lang=d%20e passes through (unlisted)
`},
		{"an ignored parameter does not pass the request",
			"/pages/?page=2&utm_id=1&auth_token=s", `
route   page (/pages/)
fetches /pages/?page=2
drops   utm_id=1 (ignored)
keys    none
fresh   for 1h0m0s
`},
		{"an unlisted parameter that is rejected",
			"/feed/?page=2&lang=de", `
route   feed (/feed/)
refused 400 unlisted-parameter: lang=de
`},
		{"a parameter that has another value than a preview's",
			"/posts/jam/?draft=0", `
route   post (/posts/{slug}/)
fetches /posts/jam/
drops   draft=0
keys    post:jam
fresh   as long as the origin says
`},
		{"a route that caches another method",
			"/search/", `
route   search (/search/)
cached  no: GET passes through
`},
		{"a dot segment", "/posts/x/..", `
refused 400 bad-path: the path is not acceptable: it has a dot segment
`},
		{"an encoded control character", "/posts/%00", `
refused 400 bad-path: the path is not acceptable: it has a control character
`},
		{"a broken encoding", "/posts/%zz", `
refused 400 bad-path: the path is not acceptable: a % is not followed by two hexadecimal digits
`},
		{"a URL that is too long", "/posts/?tag=" + strings.Repeat("a", 8192), `
refused 414 url-too-long: path and query have 8204 bytes, and 8192 is the most
`},
		{"the longest URL", "/files/" + strings.Repeat("a", 8184), `
route   files (/files/{path...})
fetches /files/` + strings.Repeat("a", 8184) + `
keys    none
fresh   as long as the origin says
`},
		{"an endpoint of Larder's own", "/%5flarder/purge?x", `
route   none: what is under /_larder/ is Larder's own
`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var out, complaints bytes.Buffer
			err := exec(t.Context(), []string{"explain", "-", test.url}, strings.NewReader(explained), &out, &complaints)
			if err != nil || complaints.Len() > 0 {
				t.Fatalf("%v\n%s", err, &complaints)
			}
			if got := "\n" + out.String(); got != test.want {
				t.Errorf("got%s\nwant%s", got, test.want)
			}
		})
	}
}
