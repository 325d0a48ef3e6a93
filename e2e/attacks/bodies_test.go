package attacks

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// bodies cost CPU time and memory, of which a request has little. Tenants of a
// CMS write them.
func bodies() []attack {
	const limit = 1 << 20 // of limits.tagged_body
	fill := func(before, part, after string) string {
		n := (limit - len(before) - len(after)) / (len(part) + 1)
		return before + strings.TrimSuffix(strings.Repeat(part+",", n), ",") + after
	}
	nested := func(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
	items := func(n int, slug func(i int) string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = `{"slug":"` + slug(i) + `"}`
		}
		return `{"data":[` + strings.Join(parts, ",") + `]}`
	}
	number := func(i int) string { return fmt.Sprint(i) }
	const shelf = "/shelves/tea/"
	var all []attack
	for _, c := range []struct{ name, target, body string }{
		{"1 MiB of nested arrays", shelf, fill(`{"data":[`, nested(900), `]}`)},
		{"1 MiB of nested objects", shelf, fill(`{"data":[`, strings.Repeat(`{"data":`, 300)+"1"+strings.Repeat("}", 300), `]}`)},
		{"1 MiB of fields in fields", shelf, fill(`{"data":[`, `{"fields":{"a":{"slug":"x","meta":{"id":1},"fields":{"b":{"slug":"y","meta":{"id":2}}}}}}`, `]}`)},
		{"1 MiB of empty arrays", shelf, fill(`{"data":[`, `[]`, `]}`)},
		{"1 MiB of empty objects", shelf, fill(`{"data":[`, `{}`, `]}`)},
		{"1 MiB of members", shelf, fill(`{"data":{`, `"a":1`, `}}`)},
		{"1 MiB of members that match", shelf, fill(`{"data":{"x":{`, `"a":{"meta":{"id":1}}`, `}}}`)},
		{"1 MiB of data, again and again", shelf, fill(`{`, `"data":{"slug":"x"}`, `}`)},
		{"1 MiB of numbers", shelf, fill(`{"data":[`, `1`, `]}`)},
		{"1 MiB of one number", shelf, `{"data":{"slug":"x","n":` + strings.Repeat("9", limit-100) + `}}`},
		{"1 MiB of white space", shelf, strings.Repeat(" ", limit-50) + `{"data":{"slug":"tea"}}`},
		{"1 MiB of one slug", shelf, `{"data":{"slug":"` + strings.Repeat("a", limit-100) + `"}}`},
		{"escaped slugs", shelf, fill(`{"data":[`, `{"slug":"\u0061\u0062\u0063\u0064\u0065\u0066"}`, `]}`)},
		{"one escaped slug", shelf, `{"data":{"slug":"` + strings.Repeat(`\u0061`, limit/6-20) + `"}}`},
		{"slugs of surrogate pairs", shelf, fill(`{"data":[`, `{"slug":"\ud83c\udf4b\ud83c\udf4b"}`, `]}`)},
		{"escaped member names", shelf, fill(`{"data":[`, `{"\u0073\u006c\u0075\u0067":"x"}`, `]}`)},
		{"55,000 items", shelf, items(55_000, number)},
		{"items and a path variable of 8 KB", "/shelves/" + strings.Repeat("a", 8000) + "/", items(10_000, number)},
		{"slugs that must be encoded", shelf, fill(`{"data":[`, `{"slug":"味噌 味噌 味噌"}`, `]}`)},
		{"a million open brackets", shelf, strings.Repeat("[", limit-10)},
		{"a million open objects", shelf, strings.Repeat(`{"data":`, limit/8-10)},
		{"no UTF-8", shelf, `{"data":{"slug":"` + strings.Repeat("\xff\xfe", 1000) + `"}}`},
		{"1 MiB in the shipped configuration", "/v2/pages/landing/", fill(`{"data":[`, `{"slug":"x","fields":{"a":{"slug":"y","page_type":"p","meta":{"id":1},"fields":{"b":{"meta":{"id":2}}}}}}`, `]}`)},
		{"nested arrays in the shipped configuration", "/v2/pages/landing/", fill(`{"data":[`, nested(900), `]}`)},
		{"collections in the shipped configuration", "/v2/content/?keys=a", fill(`{"data":{`, `"a":[{"meta":{"id":1}}]`, `}}`)},
		{"55,000 items in WordPress", "/wp-json/wp/v2/posts", fill(`[`, `{"id":1,"author":2}`, `]`)},
		{"terms in WordPress", "/wp-json/wp/v2/posts", fill(`[`, `{"id":1,"_embedded":{"wp:term":[[{"taxonomy":"t","id":1}]]}}`, `]`)},
	} {
		edge := strict
		switch {
		case strings.HasPrefix(c.target, "/v2/"):
			edge = shipped
		case strings.HasPrefix(c.target, "/wp-json/"):
			edge = open
		}
		all = append(all, attack{c.name, edge, respond(200, c.body), steps{{get(c.target), must(status(200, 503))}}})
	}
	// found wants that a purge of the item reaches a response with this body.
	found := func(name, body, key string) attack {
		return attack{name, strict, respond(200, body), steps{
			{get(shelf), must(status(200))},
			{get(shelf), must(hit)},
			{purge(`{"keys":["` + key + `"],"anonymous":true}`), must(status(200))},
			{get(shelf), must(notHit)},
		}}
	}
	long := func(i int) string { return fmt.Sprintf("%0900d", i) }
	return append(all, []attack{
		{"300 MiB in 300 KB of gzip", strict, bomb(300 << 20), steps{{get(shelf), must(status(200, 502, 503))}}},
		{"gzip in gzip", strict, gzipped(strings.Repeat("\x1f\x8b\x08\x00", 100)), steps{{get(shelf), must(status(200, 503))}}},
		found("an item past the limit of the keys", items(500, long), "thing:"+long(499)),
		found("an item past the limit of the body", items(200_000, number), "thing:199999"),
		found("the last of 50,000 items", items(50_000, number), "thing:49999"),
		found("an item behind nested arrays", fill(`{"data":[`, nested(900), `,{"slug":"tea"}]}`), "thing:tea"),
		found("an escaped slug", `{"data":{"slug":"\u0074\u0065\u0061"}}`, "thing:tea"),
		found("an escaped member name", `{"\u0064ata":{"sl\u0075g":"tea"}}`, "thing:tea"),
		found("the first of two members", `{"data":{"slug":"tea"},"data":{"slug":"milk"}}`, "thing:tea"),
		found("the second of two members", `{"data":{"slug":"tea"},"data":{"slug":"milk"}}`, "thing:milk"),
		found("no item at all", `{"meta":{}}`, "shelf:tea"),
		{"a slug that names Larder's own keys", strict, respond(200, `{"data":{"slug":"larder-all larder-lease"}}`), steps{
			{get(shelf), must(status(200))},
			{get(shelf), must(hit)},
		}},
		{"a slug with line ends", strict, respond(200, `{"data":{"slug":"a\r\nX-Evil: yes"}}`), steps{{get(shelf), must(status(200), headerLacks("X-Evil", ""))}}},
	}...)
}

// bomb answers with white space of this length, compressed, in which an item is
// hidden. It is compressed when it is first wanted.
func bomb(size int) behaviour {
	compressed := sync.OnceValue(func() string {
		var b bytes.Buffer
		z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		if err != nil {
			panic(err)
		}
		part := bytes.Repeat([]byte(" "), 1<<20)
		for range size / len(part) {
			z.Write(part) //nolint:errcheck // a buffer takes everything
		}
		if err := z.Close(); err != nil {
			panic(err)
		}
		return b.String()
	})
	return func(w http.ResponseWriter, r *http.Request, body string, n int) {
		respond(http.StatusOK, compressed(), "Content-Encoding: gzip")(w, r, body, n)
	}
}
