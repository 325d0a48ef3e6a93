package attacks

import "strings"

// alias is a spelling of a path that some origins take for the canonical one.
// Purging the item must reach what is stored under it.
func alias(name, edge, canonical, spelling, purged string) attack {
	return attack{name, edge, folding, steps{
		{get(canonical), must(status(200))},
		{get(spelling), nil},
		{purge(purged), must(status(200))},
		{get(spelling), must(notHit)},
		{get(canonical), must(differs(0))},
	}}
}

// paths that mean something else to an origin than to the edge.
func paths() []attack {
	var all []attack
	for _, p := range []struct{ name, target string }{
		{"dots", "/things/../admin/"}, {"encoded dots", "/things/%2e%2e/admin/"}, {"half encoded dots", "/things/.%2E/admin/"},
		{"one dot", "/./things/tea/"}, {"dots over the root", "/../../../etc/passwd"},
		{"dots behind encoded slashes", "/things/..%2F..%2Fadmin/"}, {"an encoded slash", "/things/tea%2F/"}, {"in lower case", "/things/a%2fb/"},
		{"an encoded slash between segments", "/things%2Ftea/"}, {"an encoded backslash", "/things/a%5Cb/"}, {"encoded backslashes and dots", "/things/..%5c..%5cadmin/"},
		{"a dot at the end", "/things/tea./"}, {"an encoded dot at the end", "/things/tea%2E/"}, {"a space at the end", "/things/tea%20/"},
		{"dots and spaces at the end", "/things/tea%20.%20/"}, {"a segment of a space", "/things/%20/"},
		{"an encoded NUL", "/things/tea%00/"}, {"an encoded line end", "/things/%0d%0aX-Evil:%20yes/"}, {"an encoded tab", "/things/tea%09/"},
		{"a broken encoding", "/things/%zz/"}, {"an encoding cut short", "/things/%e5%9"},
	} {
		all = append(all, attack{p.name, strict, mirror, steps{
			{get(p.target), must(status(400), problem("bad-path"), originGot(0), headerLacks("X-Evil", ""))},
		}})
	}
	for _, p := range []struct{ name, target string }{
		{"a backslash", `/things/..\admin/`}, {"slashes in front", "//things/tea/"}, {"an empty segment", "/things//"},
		{"upper case in the route", "/THINGS/tea/"}, {"a doubly encoded slash in the route", "/things%252Ftea/"}, {"an unmatched path", "/admin/"},
		{"no slash in front", "things/tea/"}, {"an asterisk", "*"}, {"a raw NUL", "/things/\x00/"}, {"a raw control character", "/things/\x07/"},
		{"a fragment", "/admin#/things/tea/"}, {"a query in place of a path", "?/things/tea/"}, {"a user in the authority", "http://things@evil.example/admin/"},
	} {
		all = append(all, attack{p.name, strict, mirror, steps{{get(p.target), must(refused, originGot(0))}}})
	}
	const home, homePurge = "/v2/pages/landing/home/", `{"hard":["page:landing/home"],"anonymous":true}`
	return append(all, []attack{
		{"a URL of 8 KB", strict, mirror, steps{{get("/things/" + strings.Repeat("a", 8200) + "/"), must(status(414), originGot(0))}}},
		{"a doubly encoded slash in a slug", strict, mirror, steps{{get("/things/..%252Fadmin/"), must(originNever("..%2f"))}}},
		{"an overlong encoding of dots", strict, mirror, steps{{get("/things/%c0%ae%c0%ae/"), must(originNever(".."))}}},
		{"an encoded slash where unmatched paths pass", shipped, mirror, steps{{get("/v2/pages/landing%2Fhome/"), must(problem("bad-path"), originGot(0))}}},
		{"dots where unmatched paths pass", shipped, mirror, steps{{get("/v2/..%2f..%2fadmin/"), must(problem("bad-path"), originGot(0))}}},
		{"a semicolon and dots", shipped, mirror, steps{{get("/v2/..;/admin/"), must(problem("bad-path"), originGot(0))}}},
		alias("an alias in upper case", strict, "/things/home/", "/things/HOME/", `{"hard":["thing:home"],"anonymous":true}`),
		alias("an alias with a path parameter", strict, "/things/home/", "/things/home;x/", `{"hard":["thing:home"],"anonymous":true}`),
		alias("an alias without need encoded", strict, "/things/home/", "/things/h%6Fme/", `{"hard":["thing:home"],"anonymous":true}`),
		alias("an alias without the last slash", strict, "/things/home/", "/things/home", `{"hard":["thing:home"],"anonymous":true}`),
		alias("a page's slug in upper case", shipped, home, "/v2/pages/landing/HOME/", homePurge),
		alias("a page's slug in mixed case", shipped, home, "/v2/pages/landing/Home/", homePurge),
		alias("a page's type in upper case", shipped, home, "/v2/pages/LANDING/home/", homePurge),
		alias("a page with a path parameter", shipped, home, "/v2/pages/landing/home;x/", homePurge),
		alias("a page with a space", shipped, home, "/v2/pages/landing/home%20/", homePurge),
		alias("a page with a dot", shipped, home, "/v2/pages/landing/home./", homePurge),
		alias("a post in upper case", shipped, "/v2/posts/hello/", "/v2/posts/HELLO/", `{"hard":["post:hello"],"anonymous":true}`),
		alias("an author in upper case", shipped, "/v2/authors/jo/", "/v2/authors/JO/", `{"hard":["author:jo"],"anonymous":true}`),
		alias("a category in upper case", shipped, "/v2/categories/tea/", "/v2/categories/TEA/", `{"hard":["category:tea"],"anonymous":true}`),
		alias("a tag in upper case", shipped, "/v2/tags/tea/", "/v2/tags/TEA/", `{"hard":["tag:tea"],"anonymous":true}`),
		alias("a WordPress ID with a zero", open, "/wp-json/wp/v2/posts/1", "/wp-json/wp/v2/posts/01", `{"hard":["post:1"]}`),
		alias("a WordPress ID with a zero, without its fields", open, "/wp-json/wp/v2/posts/1", "/wp-json/wp/v2/posts/01?_fields=title", `{"hard":["post:1"]}`),
		alias("a WordPress page with a zero", open, "/wp-json/wp/v2/pages/1", "/wp-json/wp/v2/pages/01", `{"hard":["page:1"]}`),
	}...)
}
