package config

import (
	"fmt"
	"strconv"
	"testing"
)

func TestPathsOfOtherLanguagesAreTranslated(t *testing.T) {
	const unknown = "want a path of member names, without patterns and searches and with a backslash before each of [ ] / * ? # | that is a part of a name"
	tests := []struct {
		each string
		want string // what to write; unknown is the beginning of the message
	}{
		{`$`, ``}, {`$.data`, `data`}, {`$.data[*]`, `data`}, {`$['data'].items`, `data.items`}, {`$.data[0].author`, `data.author`},
		{`data[*]`, `data`}, {`data[0]`, `data`}, {`data[]`, `data`}, {`data[*].author`, `data.author`}, {`[*]`, ``}, {`[0].id`, `id`},
		{`data["a.b"]`, `data.a\.b`}, {`$..author`, `**.author`}, {`$..*`, `**.*`}, {`data..author`, `data.**.author`}, {`a..b`, `a.**.b`}, {`..`, `**`},
		{`/`, ``}, {`/data`, `data`}, {`/data/0`, `data`}, {`/data/0/author`, `data.author`}, {`data/items`, `data.items`}, {`$/data`, `data`},
		{`.`, ``}, {`.data`, `data`}, {`.data[]`, `data`}, {`data.`, `data`}, {`$ref`, `\$ref`}, {`$ref.x[0]`, `\$ref.x`},
		{`data[?(@.id==1)]`, unknown}, {`data[0:2]`, unknown}, {`data[`, unknown}, {`data]`, unknown}, {`data.#(id==1).x`, unknown}, {`sl*g`, unknown},
		{`***`, unknown}, {`a|b`, unknown}, {`a?`, unknown}, {`data.application/json`, unknown},
	}
	var cases []refusal
	for _, test := range tests {
		message := fmt.Sprintf("want %q: member names joined by dots, and no step for the elements of an array", test.want)
		if test.want == unknown {
			message = unknown
		}
		cases = append(cases, refusal{test.each, route(`"items":[{"each":` + strconv.Quote(test.each) + `,"keys":["x"]}]`), []string{
			fmt.Sprintf("$.routes[0].items[0].each: %s; got %q", message, test.each)}})
	}
	for _, test := range []struct{ variable, want string }{
		{`items[0].id`, `items.0.id`}, {`$.id`, `id`}, {`/id`, `id`}, {`/items/0/id`, `items.0.id`}, {`items['a'].id`, `items.a.id`}, {`[0]`, `0`}, {`$id`, `\$id`},
		{`$`, unknown}, {`items[*].id`, unknown}, {`items[].id`, unknown}, {`items[-1].id`, unknown},
	} {
		message := fmt.Sprintf("want {%s}: member names and numbers of elements joined by dots", test.want)
		if test.want == unknown {
			message = unknown
		}
		cases = append(cases, refusal{"{" + test.variable + "}", route(`"items":[{"each":"data","keys":["x:{` + test.variable + `}"]}]`), []string{
			fmt.Sprintf("$.routes[0].items[0].keys[0]: %s; got {%s}", message, test.variable)}})
	}
	refuses(t, cases)
}

func TestNamesMayHaveSpecialCharactersBehindABackslash(t *testing.T) {
	for _, each := range []string{
		"", "data", "*", "**", "#", "data.*.#.**", `\$`, `\$ref`, `data.$ref`, `a\[0\]`, `application\/json`, `\*\*`, `a\.b`, `a\?\#\|`, "_embedded.wp:term", "@id", "0",
	} {
		parse(t, route(`"items":[{"each":`+strconv.Quote(each)+`,"keys":["x"]}]`))
	}
	for _, variable := range []string{"id", "tags.0", `\$id`, `a\[0\]`, `a\/b`, "meta.$id", "a:b"} {
		parse(t, route(`"items":[{"each":"data","keys":[`+strconv.Quote("{"+variable+"}")+`]}]`))
	}
}
