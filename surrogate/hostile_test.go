package surrogate

import (
	"strings"
	"testing"
)

// hostileBody is a response made to cost as much as possible under its rules.
type hostileBody struct {
	name  string
	rules Rules
	path  string // the value of every variable of the route's path
	body  []byte
}

func (h hostileBody) pathVariable(string) (string, bool) { return h.path, h.path != "" }

// hostileBodies have at most size bytes each.
func hostileBodies(t testing.TB, size int) []hostileBody {
	posts := postRules(t)
	var many Rules // all at the same items, and each with a variable of its own
	for _, name := range strings.Fields("a b c d e f g h i j k l m n o p q r s t") {
		many = append(many, rulesOf(t, "data: "+name+":{"+name+"} x:{"+name+".x} {a}/{"+name+"}/{t}")...)
	}
	wide := rulesOf(t, "*: {@key} {@value}", "*.*: {@key} {@value}", "*.*.*: {@key} {@value}", "data.*.a: {@key}", "*.a.*: {@key}", "*.*.b: {@key}")
	deep := rulesOf(t, "**: {sys.linkType}:{sys.id} {sys.type}:{sys.id}")
	deepMany := rulesOf(t, "data.**: document:{documentId} {id}", "**.author: {slug} {id}", "**.*: {@key}:{id}", "*.**.a.*.b: {@key}:{@value}")
	deepWide := rulesOf(t, "**.a.*.*.*.*.*.*.*.*.*.*.*.*: {@key} {id}", "**.b.**.c: {id} {a.b.c}", "**: {@value}")
	list := func(item string) []byte { return repeated(`{"data":[`, item, `,`, `]}`, size) }
	nested := func(n int, core string) []byte {
		return []byte(`{"data":` + strings.Repeat("[", n) + core + strings.Repeat("]", n) + `}`)
	}
	text := func(piece string) string { return string(repeated(`"`, piece, ``, `"`, size-1024)) }
	long := func(piece string) []byte { return []byte(`{"data":[{"slug":` + text(piece) + `}]}`) }
	return []hostileBody{
		{"lists nested 900 deep around a long text", posts, "", nested(900, text("x"))},
		{"lists nested 60 deep around a long text", posts, "", nested(60, text("x"))},
		{"lists nested as deep as possible", posts, "", nested(size/2-8, "")},
		{"objects nested as deep as possible", posts, "", repeated("", `{"":`, "", "", size)},
		{"lists nested 900 deep, again and again", posts, "", list(strings.Repeat("[", 900) + strings.Repeat("]", 900))},
		{"empty lists", posts, "", list(`[]`)},
		{"empty items", posts, "", list(`{}`)},
		{"numbers as items", posts, "", list(`0`)},
		{"white space", posts, "", list("0 \n\t\r        ")},
		{"tiny items", posts, "", list(`{"slug":"a"}`)},
		{"tiny items with other slugs", posts, "", numbered(size, `{"slug":"`, `"}`)},
		{"items with escaped slugs", posts, "", list(`{"slug":"\u0061\u0062\u0063"}`)},
		{"a slug of escapes", posts, "", long(`\u00e9`)},
		{"a slug of short escapes", posts, "", long(`\n`)},
		{"a slug of surrogate pairs", posts, "", long(`\ud83c\udf5c`)},
		{"a slug of unpaired surrogates", posts, "", long(`\ud83c`)},
		{"slugs of two kilobytes", posts, "", list(`{"slug":"` + strings.Repeat(`\u00e9`, 340) + `"}`)},
		{"slugs that must be encoded", posts, "", list(`{"slug":"ééééééé%c3"}`)},
		{"escaped member names", posts, "", list(`{"\u0073lug":"a"}`)},
		{"almost the right member names", posts, "", list(`{"slut":"a","slu":"b","sluh":0,"aaaa":0,"data":0,"tags":0}`)},
		{"repeated members", posts, "", []byte(string(repeated(`{"data":{"slug":"b"`, `,"slug":"a"`, ``, `}}`, size)))},
		{"many members", posts, "", []byte(string(repeated(`{"data":{"slug":"b"`, `,"":0`, ``, `}}`, size)))},
		{"long numbers", rulesOf(t, "data: {@value}"), "", list(strings.Repeat("1", 2000))},
		{"a very long number", rulesOf(t, "data: {@value}"), "", list(strings.Repeat("1", size-64))},
		{"fractions", rulesOf(t, "data: {@value}"), "", list(`-1.5e+9`)},
		{"keys of 8 KB from the path", rulesOf(t, "data: {path.x}/{id}"), strings.Repeat("x", 8000), list(`{"id":1}`)},
		{"keys of 8 KB from a member's name", wide, "", list(`{"` + strings.Repeat("k", 8000) + `":{"a":1,"b":{},"c":[{}]}}`)},
		{"a wide star", wide, "", []byte(string(repeated(`{"data":{"a":0`, `,"b":0`, ``, `}}`, size)))},
		{"stars within stars", wide, "", list(`{"a":{"a":{},"b":{"c":{}}}}`)},
		{"sixty templates for empty items", many, "", list(`{}`)},
		{"sixty templates for texts", many, "", list(`""`)},
		{"sixty templates for half of their values", many, "", list(`{"a":1,"b":2,"t":{"x":3}}`)},
		{"sixty templates and unknown members", many, "", list(`{"u":1,"v":{"x":1},"w":[]}`)},
		{"sixty templates and long values", many, "", list(`{"a":"` + strings.Repeat("v", 1000) + `","t":"` + strings.Repeat("w", 1000) + `"}`)},
		{"a member name that is very long", posts, "", []byte(`{"data":{` + text(`\"`) + `:1}}`)},
		{"links at any depth", deep, "", list(`{"sys":{"id":"a","linkType":"E"}}`)},
		{"links at any depth, all different", deep, "", numbered(size, `{"sys":{"id":"`, `","type":"E"}}`)},
		{"empty objects at any depth", deep, "", list(`{}`)},
		{"objects at any depth with half of the values", deep, "", list(`{"sys":{"id":""}}`)},
		{"escaped values at any depth", deep, "", list(`{"s\u0079s":{"type":"\u0061","id":"\u0062"}}`)},
		{"texts at any depth", deepWide, "", list(`""`)},
		{"numbers at any depth", deepWide, "", list(`0`)},
		{"objects sixty deep, again and again", deep, "", list(strings.Repeat(`{"sys":`, 30) + "1" + strings.Repeat("}", 30))},
		{"many rules for any depth", deepMany, "", list(`{"a":{"b":{}},"author":{}}`)},
		{"many rules for any depth and members of every name", deepMany, "", list(`{"author":{"a":{"b":{"author":{"documentId":{}}}}},"id":{}}`)},
		{"many rules for any depth and values", deepMany, "", list(`{"id":1,"author":{"slug":"a","id":2}}`)},
		{"as many states as possible", deepWide, "", states(size)},
		{"not JSON after the last item", posts, "", append(list(`{"slug":"a"}`), '}')},
		{"not JSON after empty lists", posts, "", append(list(`[]`), '}')},
	}
}

// repeated is as many pieces as fit, with separators between them.
func repeated(before, piece, separator, after string, size int) []byte {
	n := max((size-len(before)-len(after))/(len(piece)+len(separator)), 1)
	return []byte(before + strings.TrimSuffix(strings.Repeat(piece+separator, n), separator) + after)
}

// numbered is a list of items with the shortest texts that all differ.
func numbered(size int, before, after string) []byte {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
	body := []byte(`{"data":[` + before + after)
	for i := 0; len(body) < size-len(before+after)-16; i++ {
		body = append(append(body, ','), before...)
		for n := i; n > 0; n /= len(digits) {
			body = append(body, digits[n%len(digits)])
		}
		body = append(body, after...)
	}
	return append(body, `]}`...)
}

// states is a list of objects that nest sixteen deep, with the member a or b on
// each level, in every combination that fits.
func states(size int) []byte {
	const depth = 16
	body := []byte("[0")
	for i := 0; len(body) < size-8*depth; i++ {
		body = append(body, ',')
		for level := range depth {
			body = append(body, `{"`...)
			body = append(body, "ab"[i>>level&1])
			body = append(body, `":`...)
		}
		body = append(append(body, '0'), strings.Repeat("}", depth)...)
	}
	return append(body, ']')
}
