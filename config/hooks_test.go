package config

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"larder/surrogate"
)

func TestAHookNeedsANameAndAProviderOnly(t *testing.T) {
	got := parse(t, minimal(`"hooks":[{"name":"blog","provider":"ghost"}],`, ``)).Hooks
	want := []Hook{{Name: "blog", Provider: "ghost", Header: "Authorization", Tolerance: 30 * time.Minute}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAGenericHookSaysEverything(t *testing.T) {
	const file = `"hooks":[{"name":"shop","provider":"generic","tolerance":"5m",
		"content":[{"type":"*","item":["{type}:{id}"],"lists":["{type}s"]}],
		"format":{"event":"event","actions":{"made":"publish"},"type":"kind","item":"data","before":"old"},
		"signature":{"header":"x-shop-signature","timestamp":"x-shop-time","prefix":"v1="}}],`
	got := parse(t, minimal(file, ``)).Hooks
	want := []Hook{{
		Name: "shop", Provider: GenericHook, Header: "Authorization", Tolerance: 5 * time.Minute,
		Content: []HookContent{{Type: AnyType, Item: []surrogate.Template{"{type}:{id}"}, Lists: []surrogate.Template{"{type}s"}}},
		Format:  &HookFormat{Event: "event", Actions: map[string]string{"made": "publish"}, Type: "kind", Item: "data", Before: "old"},
		Signature: &HookSignature{
			Header: "X-Shop-Signature", Algorithm: "sha256", Encoding: "hex", Prefix: "v1=", Timestamp: "X-Shop-Time",
		},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestHooksThatCannotWorkAreRefused(t *testing.T) {
	const tenant = `"tenant":{"query":"auth_token"},`
	generic := func(members string) string {
		return `"hooks":[{"name":"shop","provider":"generic",` + members + `}],`
	}
	const content, format = `"content":[{"type":"*","lists":["all"]}]`, `"format":{"event":"event","actions":{"made":"publish"}}`
	tests := []struct {
		name, members string
		want          []string
	}{
		{"a name with a slash", `"hooks":[{"name":"a/b","provider":"ghost"}],`, []string{
			`$.hooks[0].name: want a name of letters, digits, - and _; got "a/b"`}},
		{"a name twice", `"hooks":[{"name":"a","provider":"ghost"},{"name":"a","provider":"sanity"}],`, []string{
			`$.hooks[1].name: want a name of its own; "a" is taken by an earlier one`}},
		{"a provider that is not known", `"hooks":[{"name":"a","provider":"drupal"}],`, []string{
			`$.hooks[0].provider: want "buttercms", "contentful", "datocms", "directus", "generic", "ghost", "sanity", "strapi" or "wordpress"; got "drupal"`}},
		{"no provider", `"hooks":[{"name":"a"}],`, []string{
			`$.hooks[0].provider: want this member; it is missing`}},
		{"a header that is none", `"hooks":[{"name":"a","provider":"strapi","header":"a b"}],`, []string{
			`$.hooks[0].header: want a header's name such as "Accept-Language"; got "a b"`}},
		{"tenants where there are none", `"hooks":[{"name":"a","provider":"ghost","tenants":["anonymous"]}],`, []string{
			`$.hooks[0].tenants: want this member beside "tenant" only; the file has no tenants`}},
		{"a tenant's credential", tenant + `"hooks":[{"name":"a","provider":"ghost","tenants":["demo-token","anonymous","anonymous"]}],`, []string{
			`$.hooks[0].tenants[0]: want a tenant's ID, which has 43 characters, "anonymous" or "all"; got "demo-token"`,
			`$.hooks[0].tenants[2]: want each tenant once; got "anonymous" twice`}},
		{"a type without keys", `"hooks":[{"name":"a","provider":"strapi","content":[{"type":"article"}]}],`, []string{
			`$.hooks[0].content[0]: want keys in "item", in "lists" or in both`}},
		{"a type twice", `"hooks":[{"name":"a","provider":"strapi","content":[{"type":"b","lists":["c"]},{"type":"b","lists":["d"]}]}],`, []string{
			`$.hooks[0].content[1].type: want each type once; got "b" twice`}},
		{"a search for a variable", `"hooks":[{"name":"a","provider":"strapi","content":[{"type":"b","item":["c:{#.id}","d:{a..b}"]}]}],`, []string{
			`$.hooks[0].content[0].item[0]: want a path of member names joined by dots; got "#.id"`,
			`$.hooks[0].content[0].item[1]: want a path of member names joined by dots; got "a..b"`}},
		{"a tolerance of a week", `"hooks":[{"name":"a","provider":"ghost","tolerance":"7d"}],`, []string{
			`$.hooks[0].tolerance: want a duration from 1s to 1d; got 7d`}},
		{"a format of a known CMS", `"hooks":[{"name":"a","provider":"ghost",` + format + `}],`, []string{
			`$.hooks[0].format: want this member with provider "generic" only, as the format of ghost is known`}},
		{"a signature of a known CMS", `"hooks":[{"name":"a","provider":"strapi","signature":{"header":"X-Sig"}}],`, []string{
			`$.hooks[0].signature: want this member with provider "generic" only, as it is known what strapi signs`}},
		{"a generic hook that says nothing", `"hooks":[{"name":"a","provider":"generic"}],`, []string{
			`$.hooks[0].content: want at least one type of content; only a CMS that is known has keys by default`,
			`$.hooks[0].format: want this member with provider "generic"; it is missing`}},
		{"an action that is not known", generic(content + `,"format":{"event":"e","actions":{"made":"create"}}`), []string{
			`$.hooks[0].format.actions.made: want "publish", "edit" or "delete"; got "create"`}},
		{"no action", generic(content + `,"format":{"event":"e","actions":{}}`), []string{
			`$.hooks[0].format.actions: want at least one event's name with its action`}},
		{"paths that search", generic(content + `,"format":{"event":"e|@this","type":"*","item":"a.#","before":".b","actions":{"made":"edit"}}`), []string{
			`$.hooks[0].format.event: want a path of member names joined by dots; got "e|@this"`,
			`$.hooks[0].format.type: want a path of member names joined by dots; got "*"`,
			`$.hooks[0].format.item: want a path of member names joined by dots; got "a.#"`,
			`$.hooks[0].format.before: want a path of member names joined by dots; got ".b"`}},
		{"a signature where it cannot be", generic(content + `,` + format + `,"signature":{"header":"x-sig","timestamp":"X-Sig"}`), []string{
			`$.hooks[0].signature.timestamp: want a header of its own; X-Sig has the signature`}},
		{"a secret in a header of the connection", `"hooks":[{"name":"a","provider":"strapi","header":"host"}],`, []string{
			`$.hooks[0].header: want a header that few requests have; Host has a member of its own: "host"`}},
		{"a signature in no header", generic(content + `,` + format + `,"signature":{"algorithm":"md5"}`), []string{
			`$.hooks[0].signature.algorithm: want "sha1", "sha256" or "sha512"; got "md5"`,
			`$.hooks[0].signature.header: want this member; it is missing`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse([]byte(minimal(test.members, ``)))
			if !errors.Is(err, ErrInvalid) {
				t.Fatalf("got %v", err)
			}
			if got, want := err.Error(), strings.Join(test.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
