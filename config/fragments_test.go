package config

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"larder/surrogate"
)

// withFragments is a file with fragments, and items in its only route.
func withFragments(fragments, items string) string {
	return `{"fragments":{` + fragments + `},` + route(`"query":{"locale":null},"items":[` + items + `]`)[1:]
}

func TestFragmentsAreRulesAtThePlacesThatUseThem(t *testing.T) {
	file := withFragments(
		`"person":[{"each":"","keys":["person:{slug}"]}],
		 "post":[{"each":"","keys":["post:{slug}","{path.slug}"]},{"each":"author","use":"person"},{"each":"meta.*","keys":["{@key}"]},{"each":"","use":"person"}]`,
		`{"each":"","use":"person"},{"each":"data.#","keys":["item:{id}"],"use":"post"},{"each":"**.next","use":"post"},{"each":"last","keys":["last"]}`)
	got := parse(t, file)
	var want surrogate.Rules
	for _, line := range []string{
		": person:{slug}", "data.#: item:{id}",
		"data.#: post:{slug} {path.slug}", "data.#.author: person:{slug}", "data.#.meta.*: {@key}", "data.#: person:{slug}",
		"**.next: post:{slug} {path.slug}", "**.next.author: person:{slug}", "**.next.meta.*: {@key}", "**.next: person:{slug}",
		"last: last",
	} {
		each, keys, _ := strings.Cut(line, ": ")
		rule := surrogate.ItemRule{Each: each}
		for _, key := range strings.Fields(keys) {
			rule.Keys = append(rule.Keys, surrogate.Template(key))
		}
		want = append(want, rule)
	}
	if !reflect.DeepEqual(got.Routes[0].Items, want) {
		t.Errorf("got  %q\nwant %q", got.Routes[0].Items, want)
	}
	if got.Fragments != nil || got.Routes[0].ItemRules != nil {
		t.Error("the configuration still has what only the file needs")
	}
}

func TestMistakesInFragmentsAreReportedOnce(t *testing.T) {
	refuses(t, []refusal{
		{"what is wrong wherever it is used", withFragments(
			`"a":[{"each":"$.x","keys":["{@id}","{y[0]}","{","{z}"]},{"each":"","keys":[]},{"each":"b"},{"keys":["c"]}]`,
			`{"each":"data","use":"a"},{"each":"more","use":"a"}`), []string{
			`$.fragments.a[0].keys[2]: malformed key template: "{" opens a brace that is not closed`,
			`$.fragments.a[1].keys: want at least one element; got an empty list`,
			`$.fragments.a[3].each: want this member; it is missing`,
			`$.fragments.a[0].each: want "x": member names joined by dots, and no step for the elements of an array; got "$.x"`,
			`$.fragments.a[0].keys[0]: unknown variable {@id}; want {@key}, {@value} or a path into the item`,
			`$.fragments.a[0].keys[1]: want {y.0}: member names and numbers of elements joined by dots; got {y[0]}`,
			`$.fragments.a[2]: want "keys", or a fragment to "use", or both; got neither`}},
		{"what depends on the route", withFragments(
			`"a":[{"each":"x","keys":["{path.slug}","{path.slgu}"]}],"b":[{"each":"","keys":["{query.locale}"]}],"c":[{"each":"","keys":["{@key}"]},{"each":"**","keys":["{@key}"]}]`,
			`{"each":"data","use":"a"},{"each":"more","use":"b"},{"each":"*","use":"c"},{"each":"data","use":"c"},{"each":"**.*","use":"c"}`), []string{
			`$.routes[0].items[0].use: in fragment "a": unknown variable {path.slgu}; did you mean {path.slug}?`,
			`$.routes[0].items[1].use: in fragment "b": want request variables beside {path.NAME} in the route's own "keys"; got {query.locale}`,
			`$.routes[0].items[3].use: in fragment "c": want a "*" in "each" for {@key} to name; got "data"`,
			`$.routes[0].items[4].use: in fragment "c": want a "**" on one side only of the "*" that {@key} names, as it could be any member otherwise; got "**.*.**"`}},
		{"fragments that are unknown, unused or empty", withFragments(
			`"post":[{"each":"","keys":["a"]}],"pots":[{"each":"","use":"person"}],"none":[]`,
			`{"each":"data","use":"post"},{"each":"","use":"psot"}`), []string{
			`$.fragments.none: want at least one element; got an empty list`,
			`$.fragments.pots[0].use: unknown fragment "person"; want "none", "post" or "pots"`,
			`$.routes[0].items[1].use: unknown fragment "psot"; did you mean "post"?`,
			`$.fragments.pots: want a fragment that a route uses; nothing uses "pots"`}},
		{"a fragment in a file without any", route(`"items":[{"each":"","use":"post"}]`), []string{
			`$.routes[0].items[0].use: unknown fragment "post"; the file has no "fragments"`}},
		{"a rule that gives nothing", route(`"items":[{"each":"data"}]`), []string{
			`$.routes[0].items[0]: want "keys", or a fragment to "use", or both; got neither`}},
		{"a fragment that uses itself", withFragments(
			`"a":[{"each":"x","keys":["a"],"use":"a"}]`, `{"each":"data","use":"a"}`), []string{
			`$.fragments.a[0].use: want no fragment that uses itself; a uses a does`}},
	})
}

// Each fragment uses the next one twice.
func TestFragmentsThatMultiplyAreRefused(t *testing.T) {
	var all []string
	for i := range 40 {
		all = append(all, fmt.Sprintf(`"f%d":[{"each":"a","use":"f%d"},{"each":"b","use":"f%d"}]`, i, i+1, i+1))
	}
	all = append(all, `"f40":[{"each":"","keys":["x"]}]`)
	refuses(t, []refusal{{"forty fragments", withFragments(strings.Join(all, ","), `{"each":"","use":"f0"}`), []string{
		`$.routes[0].items: want at most 1000 rules, those of fragments included; got more`}}})
}
