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
		{"tiny items with other slugs", posts, "", numbered(size)},
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
		{"not JSON after the last item", posts, "", append(list(`{"slug":"a"}`), '}')},
		{"not JSON after empty lists", posts, "", append(list(`[]`), '}')},
	}
}

// repeated is as many pieces as fit, with separators between them.
func repeated(before, piece, separator, after string, size int) []byte {
	n := max((size-len(before)-len(after))/(len(piece)+len(separator)), 1)
	return []byte(before + strings.TrimSuffix(strings.Repeat(piece+separator, n), separator) + after)
}

// numbered is a list of posts with the shortest slugs that all differ.
func numbered(size int) []byte {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
	body := []byte(`{"data":[{"slug":""}`)
	for i := 0; len(body) < size-32; i++ {
		body = append(body, `,{"slug":"`...)
		for n := i; n > 0; n /= len(digits) {
			body = append(body, digits[n%len(digits)])
		}
		body = append(body, `"}`...)
	}
	return append(body, `]}`...)
}
