package config

import "testing"

func TestKeysThatCannotWorkAreRefused(t *testing.T) {
	refuses(t, []refusal{
		// Keys.
		{"a key with a misspelt variable", route(`"keys":["post:{slgu}"]`), []string{
			`$.routes[0].keys[0]: unknown variable {slgu}; did you mean {slug}?`}},
		{"a key with an unknown variable", route(`"query":{"locale":null},"keys":["post:{id}"]`), []string{
			`$.routes[0].keys[0]: unknown variable {id}; want one of {slug}, {query.locale}`}},
		{"a key with a parameter that is not listed", route(`"keys":["posts","page:{query.page}"]`), []string{
			`$.routes[0].keys[1]: unknown variable {query.page}; want one of {slug}`}},
		{"a key where there are no variables", routes(`{"name":"a","path":"/a","keys":["{x}"]}`), []string{
			`$.routes[0].keys[0]: unknown variable {x}; the route's path and query have none`}},
		{"a malformed key", route(`"keys":["post:{slug"]`), []string{
			`$.routes[0].keys[0]: malformed key template: "post:{slug" opens a brace that is not closed`}},
		{"a key that is not text", route(`"keys":[7]`), []string{
			`$.routes[0].keys[0]: want a key such as "post:{slug}"; got the number 7`}},
		{"an item's key with an unknown variable of the path", route(`"items":[{"each":"data","keys":["{path.slag}:{id}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: unknown variable {path.slag}; did you mean {path.slug}?`}},
		{"an item's key with a member's name and no star", route(`"items":[{"each":"data","keys":["{@key}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want a "*" in "each" for {@key} to name; got "data"`}},
		{"an item's key with the name of any of several members", route(`"items":[{"each":"**.*.**","keys":["{@key}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want a "**" on one side only of the "*" that {@key} names, as it could be any member otherwise; got "**.*.**"`}},
		{"an item's key with a member's name and only any depth", route(`"items":[{"each":"data.**","keys":["{@key}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want a "*" in "each" for {@key} to name; got "data.**"`}},
		{"an item's key with an unknown special", route(`"items":[{"each":"data","keys":["{@valeu}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: unknown variable {@valeu}; want {@key}, {@value} or a path into the item`}},
		{"an item's key with an empty member name", route(`"items":[{"each":"data","keys":["{a..b}","{a.}","{.a}","{id}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want a path of member names joined by dots; got {a..b}`,
			`$.routes[0].items[0].keys[1]: want a path of member names joined by dots; got {a.}`,
			`$.routes[0].items[0].keys[2]: want a path of member names joined by dots; got {.a}`}},
		{"an item's key with a star", route(`"items":[{"each":"data","keys":["{*}","{fields.*.id}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want a path of member names, as a "*" goes into "each"; got {*}`,
			`$.routes[0].items[0].keys[1]: want a path of member names, as a "*" goes into "each"; got {fields.*.id}`}},
		{"an item's key with a search", route(`"items":[{"each":"data","keys":["{tags.#(name==\"a..b\").slug}","{tags.#.slug}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want a path of member names, without patterns and searches and with a backslash before each of [ ] / * ? # | that is a part of a name; got {tags.#(name=="a..b").slug}`,
			`$.routes[0].items[0].keys[1]: want a path of member names, without patterns and searches and with a backslash before each of [ ] / * ? # | that is a part of a name; got {tags.#.slug}`}},
		{"an item's key with a pattern", route(`"items":[{"each":"data","keys":["{sl*g}","{a|b}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want a path of member names, without patterns and searches and with a backslash before each of [ ] / * ? # | that is a part of a name; got {sl*g}`,
			`$.routes[0].items[0].keys[1]: want a path of member names, without patterns and searches and with a backslash before each of [ ] / * ? # | that is a part of a name; got {a|b}`}},
		{"an item's key that ends in a backslash", route(`"items":[{"each":"data","keys":["{slug\\}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want a path of member names joined by dots; got {slug\}`}},
		{"an item's key with a member's name and an escaped star", route(`"items":[{"each":"data.\\*","keys":["{@key}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want a "*" in "each" for {@key} to name; got "data.\\*"`}},
		{"an item's key with a parameter of the route", route(`"query":{"locale":null},"items":[{"each":"data","keys":["post:{slug}@{query.locale}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want request variables beside {path.NAME} in the route's own "keys"; got {query.locale}`}},
		{"an item's key with one of all parameters", route(`"query":{"*":null},"items":[{"each":"data","keys":["{query.any}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want request variables beside {path.NAME} in the route's own "keys"; got {query.any}`}},
		{"items at a path that ends in a backslash", route(`"items":[{"each":"a\\","keys":["x"]}]`), []string{
			`$.routes[0].items[0].each: malformed item path: "a\\" ends in a backslash`}},
		{"items without keys", route(`"items":[{"each":"data","keys":[]}]`), []string{
			`$.routes[0].items[0].keys: want at least one element; got an empty list`}},
	})
}

// A path into an item may be unusual and still match something.
func TestParseTakesPathsIntoItems(t *testing.T) {
	tests := []struct{ name, members string }{
		{"a member of an item that is called like a parameter's prefix", `"query":{"page":"1"},"items":[{"each":"data","keys":["{query.locale}"]}]`},
		{"an element of a list", `"items":[{"each":"data","keys":["{tags.0.slug}"]}]`},
		{"a member whose name has a dot", `"items":[{"each":"data","keys":["{a\\..id}"]}]`},
		{"a member that is called star", `"items":[{"each":"data","keys":["{\\*}"]}]`},
		{"a member whose name has a special character", `"items":[{"each":"data","keys":["{a\\#b}","{\\@id}","{meta.@id}"]}]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { parse(t, route(test.members)) })
	}
}
