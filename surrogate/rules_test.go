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
		{"a repeated identity counts as most parsers read it", "data: post:{slug}", `{"data":{"slug":"a","slug":"b"}}`, []string{"post:b"}},
		{"a repeated identity without a value in the end", "data: post:{slug}", `{"data":{"slug":"a","slug":null}}`, []string{"post:a"}},
		{"half a surrogate pair", "data: post:{slug}", `{"data":{"slug":"\ud83cx\ud83d\u0041"}}`, []string{"post:\ufffdx\ufffdA"}},
		{"a path into an item does not enter its lists", "data: tag:{tags.slug}", `{"data":{"tags":[{"slug":"a"}]}}`, nil},
		{"an element of a list in an item", "data: tag:{tags.1.slug}", `{"data":{"tags":[{"slug":"a"},{"slug":"b"}]}}`, []string{"tag:b"}},
		{"a member with a number for a name", "data: tag:{tags.1}", `{"data":{"tags":{"1":"a"}}}`, []string{"tag:a"}},
		{"an escaped dot in a member name", `da\.ta: post:{meta\.id}`, `{"da.ta":{"meta.id":7}}`, []string{"post:7"}},
		{"an escaped star is a member name", `data.\*: post:{\*}`, `{"data":{"*":{"*":"a"},"b":{"*":"c"}}}`, []string{"post:a"}},
		{"the value of one item is not that of the next", "data: post:{slug}", `{"data":[{"slug":"a"},{},"b",{"slug":"c"}]}`, []string{"post:a", "post:c"}},
		{"an item in an item of the same kind", "data.*: {@key}:{slug}", `{"data":{"a":{"slug":"x","a":{"slug":"y"}}}}`, []string{"a:x"}},
		{"a star and a name for the same member", "data.*: {@key} {id}", `{"data":{"a":{"id":1}}}`, []string{"a", "1"}},
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
			if (err == nil) != (test.want != nil) || err != nil && err != ErrNoKeys {
				t.Errorf("the error is %v", err)
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

func TestABodyBeyondTheBoundsSaysSo(t *testing.T) {
	nested := func(n int, core string) []byte {
		return []byte(`{"data":` + strings.Repeat("[", n) + core + strings.Repeat("]", n) + `}`)
	}
	tests := []struct {
		name string
		body []byte
		keys bool // some were found before
	}{
		{"tiny items", manyItems(`{"slug":"a"}`), true},
		{"items within items", manyItems(`{"tags":[{"slug":"a"},{"slug":"b"}]}`), true},
		{"items without keys", manyItems(`{}`), false},
		{"items that are not objects", manyItems(`0`), false},
		{"members without rules", manyItems(`{"a":0,"b":0,"c":0,"d":0}`), false},
		{"values that no rule needs", []byte(`{"other":[0` + strings.Repeat(",0", maxValues) + `]}`), false},
		{"a long key", nested(1, `{"slug":"`+strings.Repeat("x", 300<<10)+`"}`), false},
		{"long keys", manyItems(`{"slug":"` + strings.Repeat("x", 2000) + `"}`), true},
		{"lists nested nine hundred deep", nested(900, `{"slug":"a"}`), false},
		{"lists nested a hundred thousand deep", nested(100_000, `{"slug":"a"}`), false},
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

// The keys of the items so far are not all, and what comes after may still be no
// JSON.
func TestABodyWithTooManyKeysIsStillReadToItsEnd(t *testing.T) {
	body := []byte(`{"data":[` + strings.Repeat(`{"slug":"a"},`, maxSteps) + `{"slug":"a"}]}}`)
	if keys, err := postRules(t).Keys(body, nil); err != ErrNotJSON || keys != nil {
		t.Errorf("%d keys, the error is %v", len(keys), err)
	}
}

// A variable of the path is as long as a client likes, and the body repeats it.
func TestAllKeysOfABodyAreBoundedInLength(t *testing.T) {
	long := pathOf(map[string]string{"x": strings.Repeat("x", 8000)})
	keys, err := rulesOf(t, "data: {path.x}/{id}").Keys(manyItems(`{"id":1}`), long)
	if err != ErrTooManyItems {
		t.Errorf("the error is %v", err)
	}
	if size := len(strings.Join(keys, "")); size > maxKeyBytes || size < maxKeyBytes/2 {
		t.Errorf("the keys have %d bytes", size)
	}
}

func TestABodyWithoutKeysSaysSoUnlessItIsAnEmptyList(t *testing.T) {
	posts, root := postRules(t), rulesOf(t, ": post:{id}", "author: user:{@value}")
	tests := []struct {
		name  string
		rules Rules
		body  string
		want  error
	}{
		{"an empty list", posts, `{"meta":{"count":0},"data":[]}`, nil},
		{"an empty list of lists", posts, `{"data":[[],[]]}`, nil},
		{"an empty list as the root", root, `[]`, nil},
		{"an empty list under a star", contentRules(t), `{"data":{"menu":[]}}`, nil},
		{"an empty list where a longer path goes on", rulesOf(t, "data.author: author:{slug}"), `{"data":[]}`, nil},
		{"sparse items", posts, `{"data":[{"title":"A"}]}`, ErrNoKeys},
		{"sparse items with an empty list", posts, `{"data":[{"title":"A","tags":[]}]}`, ErrNoKeys},
		{"sparse items at the root", root, `[{"title":"A"}]`, ErrNoKeys},
		{"a member of another name", posts, `{"posts":[{"slug":"a"}]}`, ErrNoKeys},
		{"an empty list in a member of another name", posts, `{"posts":[]}`, ErrNoKeys},
		{"an absent reference beside a member of another name", posts, `{"posts":[{"slug":"a"}],"meta":{"next_post":null}}`, ErrNoKeys},
		{"null in place of a list", posts, `{"data":null}`, ErrNoKeys},
		{"texts in place of items", posts, `{"data":["a"]}`, ErrNoKeys},
		{"an empty list in an item's variable", rulesOf(t, "items: post:{tags.0}"), `{"items":{"tags":[]}}`, ErrNoKeys},
		{"one key among many items", posts, `{"data":[{},{"slug":"a"},{}]}`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if keys, err := test.rules.Keys([]byte(test.body), nil); err != test.want {
				t.Errorf("the error is %v, the keys are %q", err, keys)
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

func TestAMalformedPathIsRefused(t *testing.T) {
	for _, each := range []string{".", "data.", ".data", "data..author", `data.author\`} {
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

func TestABodyMayNestToAnyDepth(t *testing.T) {
	for name, body := range map[string]string{
		"in a list":        `{"a":` + strings.Repeat("[", 50_000) + strings.Repeat("]", 50_000) + `,"data":{"slug":"a"}}`,
		"in an object":     strings.Repeat(`{"a":`, 20_000) + "1" + strings.Repeat("}", 20_000-1) + `,"data":{"slug":"a"}}`,
		"brackets in text": `{"data":{"slug":"a","text":"` + strings.Repeat("[", 5000) + `\"\\"}}`,
	} {
		keys, err := rulesOf(t, "data: post:{slug}").Keys([]byte(body), nil)
		if err != nil || !slices.Equal(keys, []string{"post:a"}) {
			t.Errorf("%s: keys %q, error %v", name, keys, err)
		}
	}
	for _, body := range []string{strings.Repeat("[", 50_000), strings.Repeat("[{", 1000) + strings.Repeat("]}", 1000)} {
		if _, err := rulesOf(t, "data: post:{slug}").Keys([]byte(body), nil); err != ErrNotJSON {
			t.Errorf("%.10s…: the error is %v", body, err)
		}
	}
}
