package surrogate

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
)

// rulesOf makes rules from lines like "each: key key".
func rulesOf(t testing.TB, lines ...string) Rules {
	t.Helper()
	var rules Rules
	for _, line := range lines {
		each, keys, _ := strings.Cut(line, ": ")
		rule := ItemRule{Each: each}
		for _, text := range strings.Fields(keys) {
			rule.Keys = append(rule.Keys, template(t, text))
		}
		if err := rule.Check(); err != nil {
			t.Fatal(err)
		}
		rules = append(rules, rule)
	}
	return rules
}

// postRules, pageRules and contentRules are those of larder.json.
func postRules(t testing.TB) Rules {
	return rulesOf(t,
		"data: post:{slug}", "data.author: author:{slug}", "data.categories: category:{slug}", "data.tags: tag:{slug}",
		"meta.next_post: post:{slug}", "meta.previous_post: post:{slug}")
}

func pageRules(t testing.TB) Rules {
	return rulesOf(t,
		"data: page:{path.page_type}/{slug}",
		"data.fields.*: page:{page_type}/{slug} item:{meta.id}",
		"data.fields.*.fields.*: page:{page_type}/{slug} item:{meta.id}")
}

func contentRules(t testing.TB) Rules {
	return rulesOf(t, "data.*: content:{@key} item:{@key}/{meta.id}", "data.*.*: item:{meta.id}")
}

func pathOf(variables map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		v, ok := variables[name]
		return v, ok
	}
}

func TestRulesOnResponsesOfACMS(t *testing.T) {
	tests := []struct {
		name, file string
		rules      Rules
		path       map[string]string
		want       []string
	}{
		{"a post with its neighbours", "post.json", postRules(t), nil, []string{
			"post:onions", "post:leeks", "post:garlic", "author:ada", "category:roots", "category:soups", "tag:winter"}},
		{"a list of posts", "posts.json", postRules(t), nil, []string{
			"post:garlic", "author:ada", "category:roots", "tag:winter", "tag:quick", "post:crème-brûlée", "author:noor"}},
		{"a list without posts", "posts-empty.json", postRules(t), nil, nil},
		{"pages with references", "pages.json", pageRules(t), map[string]string{"page_type": "landing"}, []string{
			"page:landing/home", "page:product/kettle", "item:31", "item:32", "page:landing/about", "page:team/ada"}},
		{"collections", "content.json", contentRules(t), nil, []string{
			"content:menu", "item:menu/11", "item:77", "content:menu", "item:menu/12", "content:suppliers", "item:suppliers/9007199254740993"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			body, err := os.ReadFile("testdata/" + test.file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := test.rules.Keys(body, pathOf(test.path))
			if err != nil {
				t.Fatal(err)
			}
			if !sameKeys(got, test.want) {
				t.Errorf("the keys are %q, not %q", got, test.want)
			}
		})
	}
}

// sameKeys compares keys in any order, since rules are walked as a tree.
func sameKeys(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func TestRulesOnHostileJSON(t *testing.T) {
	deep := func(n int, core string) string {
		return `{"data":` + strings.Repeat("[", n) + core + strings.Repeat("]", n) + "}"
	}
	tests := []struct {
		name, rule, body string
		want             []string
	}{
		{"an object instead of a list", "data: post:{slug}", `{"data":{"slug":"a"}}`, []string{"post:a"}},
		{"a list instead of an object", "data.author: author:{slug}", `{"data":{"author":[{"slug":"a"},{"slug":"b"}]}}`, []string{"author:a", "author:b"}},
		{"a list of lists", "data: post:{slug}", `{"data":[[{"slug":"a"}],[[{"slug":"b"}]]]}`, []string{"post:a", "post:b"}},
		{"a list as the root", ": post:{slug}", `[{"slug":"a"},{"slug":"b"}]`, []string{"post:a", "post:b"}},
		{"lists nested thirty deep", "data: post:{slug}", deep(30, `{"slug":"a"}`), []string{"post:a"}},
		{"items that are not objects", "data: post:{slug}", `{"data":[null,true,false,7,"a",[],{},{"slug":"b"}]}`, []string{"post:b"}},
		{"no data", "data: post:{slug}", `{"meta":{}}`, nil},
		{"data that is null", "data: post:{slug}", `{"data":null}`, nil},
		{"a string as the root", "data: post:{slug}", `"data"`, nil},
		{"a number as an identity", "data: post:{id}", `{"data":{"id":12}}`, []string{"post:12"}},
		{"a number too large for a float", "data: post:{id}", `{"data":{"id":90071992547409931234}}`, []string{"post:90071992547409931234"}},
		{"a negative fraction as an identity", "data: post:{id}", `{"data":{"id":-1.50}}`, []string{"post:-1.50"}},
		{"an identity that is null", "data: post:{slug}", `{"data":{"slug":null}}`, nil},
		{"an identity that is true", "data: post:{slug}", `{"data":{"slug":true}}`, nil},
		{"an identity that is an object", "data: post:{slug}", `{"data":{"slug":{"a":1}}}`, nil},
		{"an identity that is a list", "data: post:{slug}", `{"data":{"slug":["a"]}}`, nil},
		{"an identity that is empty", "data: post:{slug}", `{"data":{"slug":""}}`, nil},
		{"an escaped identity", "data: post:{slug}", `{"data":{"slug":"a\u002fb\"c"}}`, []string{`post:a/b"c`}},
		{"an identity in another script", "data: post:{slug}", `{"data":{"slug":"寿司"}}`, []string{"post:寿司"}},
		{"a surrogate pair", "data: post:{slug}", `{"data":{"slug":"\ud83c\udf5c"}}`, []string{"post:🍜"}},
		{"an escaped member name in the path", "data: post:{slug}", `{"d\u0061ta":{"slug":"a"}}`, []string{"post:a"}},
		{"a repeated member in the path", "data: post:{slug}", `{"data":{"slug":"a"},"data":{"slug":"b"}}`, []string{"post:a", "post:b"}},
		{"a member name with a dot is not a path", "data.x: post:{slug}", `{"data.x":{"slug":"a"}}`, nil},
		{"the empty member name is not the root", "data: post:{slug}", `{"":{"data":{"slug":"a"}}}`, nil},
		{"white space between everything", "data: post:{slug}", " \n{ \"data\" :\t[ { \"slug\" : \"a\" } ] }\r\n", []string{"post:a"}},
		{"strings as items", "data.tags: tag:{@value}", `{"data":{"tags":["a","b",3,null]}}`, []string{"tag:a", "tag:b", "tag:3"}},
		{"a star over an object", "data.*: content:{@key}", `{"data":{"a":[{}],"b":{}}}`, []string{"content:a", "content:b"}},
		{"a star over a list is each element's members", "data.*: content:{@key}", `{"data":[{"a":{}},{"b":{}}]}`, []string{"content:a", "content:b"}},
		{"an escaped key under a star", "data.*: content:{@key}", `{"data":{"cr\u00e8me":{}}}`, []string{"content:crème"}},
		{"a hash is optional", "data.#.author: author:{slug}", `{"data":[{"author":{"slug":"a"}}]}`, []string{"author:a"}},
		{"two keys of an item", "data: post:{slug} by:{author.slug}", `{"data":{"slug":"a","author":{"slug":"b"}}}`, []string{"post:a", "by:b"}},
		{"a path variable without a route path", "data: page:{path.page_type}/{slug}", `{"data":{"slug":"a"}}`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := rulesOf(t, test.rule).Keys([]byte(test.body), nil)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("the keys are %q, not %q", got, test.want)
			}
		})
	}
}

func TestALeadingByteOrderMarkIsSkipped(t *testing.T) {
	const mark = "\xef\xbb\xbf"
	rules := rulesOf(t, "data: post:{slug}")
	keys, err := rules.Keys([]byte(mark+`{"data":{"slug":"a"}}`), nil)
	if err != nil || !slices.Equal(keys, []string{"post:a"}) {
		t.Errorf("the keys are %q, the error is %v", keys, err)
	}
	for _, body := range []string{mark, mark + mark + "{}", "{}" + mark, mark[:2] + "{}"} {
		if _, err := rules.Keys([]byte(body), nil); !errors.Is(err, ErrNotJSON) {
			t.Errorf("%q: the error is %v", body, err)
		}
	}
}

// manyItems is a body with as many repetitions of an item as fit into 2 MiB.
func manyItems(item string) []byte {
	item += ","
	items := strings.Repeat(item, 2<<20/len(item))
	return []byte(`{"data":[` + strings.TrimSuffix(items, ",") + `]}`)
}

func TestTheWalkEndsAtItsBounds(t *testing.T) {
	nested := func(n int, core string) []byte {
		return []byte(`{"data":` + strings.Repeat("[", n) + core + strings.Repeat("]", n) + `}`)
	}
	tests := []struct {
		name string
		body []byte
		keys bool // some were found before the walk ended
	}{
		{"tiny items", manyItems(`{"slug":"a"}`), true},
		{"items within items", manyItems(`{"tags":[{"slug":"a"},{"slug":"b"}]}`), true},
		{"items without keys", manyItems(`{}`), false},
		{"items that are not objects", manyItems(`0`), false},
		{"empty lists", manyItems(`[]`), false},
		{"members without rules", manyItems(`{"a":0,"b":0,"c":0,"d":0}`), false},
		{"a long string in lists of lists", nested(60, `"`+strings.Repeat("x", 1<<20)+`"`), false},
		{"lists nested nine hundred deep", nested(900, `{"slug":"a"}`), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			keys, err := postRules(t).Keys(test.body, nil)
			if err != ErrTooManyItems {
				t.Errorf("the error is %v", err)
			}
			if len(keys) > 0 != test.keys || len(keys) > maxSteps {
				t.Errorf("it has %d keys", len(keys))
			}
		})
	}
}

func TestALargeListOfPostsIsWalkedToItsEnd(t *testing.T) {
	var list struct{ Data []json.RawMessage }
	if err := json.Unmarshal(listOfPosts(t), &list); err != nil {
		t.Fatal(err)
	}
	posts, err := json.Marshal(list.Data)
	if err != nil {
		t.Fatal(err)
	}
	posts = bytes.Trim(posts, "[]")
	body := manyItems(string(posts))
	keys, err := postRules(t).Keys(body, nil)
	if want := 7 * 100 * (len(body) / len(posts)); err != nil || len(keys) != want {
		t.Errorf("%d keys of %d, the error is %v", len(keys), want, err)
	}
}

func TestABodyThatIsNotJSONIsRefused(t *testing.T) {
	for name, body := range map[string]string{
		"nothing":                         "",
		"white space":                     "  \n",
		"a page":                          "<html></html>",
		"cut short":                       `{"data":[{"slug":"a"}`,
		"two values":                      `{"data":{}} {"data":{}}`,
		"a trailing comma":                `{"data":[1,]}`,
		"a bare word":                     "data",
		"single quotes":                   `{'data':{}}`,
		"a control character in a string": "{\"data\":\"a\nb\"}",
		"binary":                          "\x00\x01\xff",
	} {
		t.Run(name, func(t *testing.T) {
			for _, rules := range []Rules{{}, rulesOf(t, "data: post:{slug}")} {
				got, err := rules.Keys([]byte(body), nil)
				if !errors.Is(err, ErrNotJSON) || got != nil {
					t.Errorf("the keys are %q, the error is %v", got, err)
				}
			}
		})
	}
}

func TestAPathWithAnEmptyMemberNameIsRefused(t *testing.T) {
	for _, each := range []string{".", "data.", ".data", "data..author"} {
		t.Run("the path "+each, func(t *testing.T) {
			if err := (ItemRule{Each: each}).Check(); !errors.Is(err, ErrEach) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

func TestNoRulesGiveNoKeys(t *testing.T) {
	var rules Rules
	if !rules.Empty() {
		t.Error("no rules count as some")
	}
	if keys, err := rules.Keys([]byte(`{"data":{"slug":"a"}}`), nil); err != nil || keys != nil {
		t.Errorf("the keys are %q, the error is %v", keys, err)
	}
	if rulesOf(t, "data: a").Empty() {
		t.Error("rules with one rule count as empty")
	}
}

func TestADeeplyNestedBodyIsRefusedBeforeTheWalk(t *testing.T) {
	rules := rulesOf(t, "data: post:{slug}")
	for _, body := range []string{
		strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		strings.Repeat(`{"a":`, 2000) + "1" + strings.Repeat("}", 2000),
		`{"data":` + strings.Repeat("[", 10_000) + `{"slug":"a"}` + strings.Repeat("]", 10_000) + `}`,
	} {
		if _, err := rules.Keys([]byte(body), nil); !errors.Is(err, ErrNotJSON) {
			t.Errorf("%.20s…: error is %v, want %v", body, err, ErrNotJSON)
		}
	}
	keys, err := rules.Keys([]byte(`{"data":{"slug":"a","text":"`+strings.Repeat("[", 5000)+`\"\\"}}`), nil)
	if err != nil || !slices.Equal(keys, []string{"post:a"}) {
		t.Errorf("brackets in a string: keys %q, error %v", keys, err)
	}
}
