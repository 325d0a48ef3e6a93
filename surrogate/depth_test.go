package surrogate

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestRulesAtAnyDepth(t *testing.T) {
	const strapi = `{"data":{"documentId":"a1","title":"Tea","cover":{"documentId":"m1","formats":{"thumb":{"url":"x"}}},
		"blocks":[{"__component":"text","id":1},{"__component":"list","links":[{"documentId":"a2","author":{"documentId":"p1"}}]}]},"meta":{"documentId":"no"}}`
	const contentful = `{"sys":{"type":"Array"},"items":[{"sys":{"type":"Entry","id":"e1","space":{"sys":{"type":"Link","linkType":"Space","id":"s"}}},
		"fields":{"cook":{"sys":{"type":"Link","linkType":"Entry","id":"e2"}},"text":{"data":{"target":{"sys":{"id":"as1","linkType":"Asset"}}}}}}],
		"includes":{"Entry":[{"fields":{},"sys":{"id":"e2","type":"Entry"}}]}}`
	tests := []struct {
		name, rule, body string
		want             []string
	}{
		{"components of Strapi", "data.**: document:{documentId}", strapi, []string{"document:a1", "document:m1", "document:a2", "document:p1"}},
		{"links of Contentful", "**: {sys.linkType}:{sys.id} {sys.type}:{sys.id}", contentful, []string{
			"Entry:e1", "Space:s", "Link:s", "Entry:e2", "Link:e2", "Asset:as1", "Entry:e2"}},
		{"a value of the outer item after the inner one", "**: {id}", `{"in":{"id":2},"id":1}`, []string{"1", "2"}},
		{"a value of the outer item before the inner one", "**: {id}", `{"id":1,"in":{"id":2}}`, []string{"1", "2"}},
		{"an inner item without a value has not that of the outer one", "**: {id}:{kind}", `{"id":1,"kind":"a","in":{"kind":"b"}}`, []string{"1:a"}},
		{"variables that are items", "**: {a.id}", `{"a":{"id":1,"a":{"id":2}}}`, []string{"1", "2"}},
		{"no step", "data.**: {id}", `{"data":{"id":1}}`, []string{"1"}},
		{"the root", "**: {id}", `{"id":1}`, []string{"1"}},
		{"elements of elements", "**: {id}", `[[{"id":1}],[[{"id":2}]]]`, []string{"1", "2"}},
		{"a name after any depth", "**.author: {slug}", `{"author":{"slug":"a"},"data":[{"author":[{"slug":"b","author":{"slug":"c"}}]}],"slug":"d"}`, []string{"a", "b", "c"}},
		{"a name in any depth of a name", "a.**.b: {@value}", `{"a":{"b":1,"c":{"b":2}},"b":3}`, []string{"1", "2"}},
		{"two stars twice are one", "**.**: {id}", `{"a":{"id":1}}`, []string{"1"}},
		{"an item that is found in two ways", "**.a.**: {id}", `{"a":{"a":{"id":1}}}`, []string{"1"}},
		{"texts", "**.tags: {@value}", `{"tags":["a"],"in":{"tags":["b",2]}}`, []string{"a", "b", "2"}},
		{"the member before the item", "**.*: {@key}={id}", `{"a":{"id":1,"b":[{"id":2}]}}`, []string{"a=1", "b=2"}},
		{"the member around the item", "**.*.in: {@key}={id}", `{"a":{"in":{"id":1,"in":{"id":2}}}}`, []string{"a=1", "in=2"}},
		{"the member before any depth", "*.**: {@key}={id}", `{"a":{"id":1,"x":{"id":2}},"b":[{"id":3}]}`, []string{"a=1", "a=2", "b=3"}},
		{"a member between two of any depth has no name", "**.*.**: {@key}={id}", `{"a":{"id":1}}`, nil},
		{"a member that is called star", `data.\*\*: {id}`, `{"data":{"**":{"id":1},"b":{"id":2}}}`, []string{"1"}},
		{"a rule beside one for any depth", "**.*.id: {@value}", `{"a":{"id":1,"b":{"id":2}},"id":3}`, []string{"1", "2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := rulesOf(t, test.rule).Keys([]byte(test.body), nil)
			if (err == nil) != (test.want != nil) || err != nil && err != ErrNoKeys {
				t.Errorf("the error is %v", err)
			}
			if !sameKeys(got, test.want) {
				t.Errorf("the keys are %q, not %q", got, test.want)
			}
		})
	}
}

// The keys of what is around come first, so that they are the last to be folded.
func TestTheKeysOfAnOuterItemComeFirst(t *testing.T) {
	keys, err := rulesOf(t, "**: {id}").Keys([]byte(`{"in":[{"in":{"id":3},"id":2}],"id":1}`), nil)
	if err != nil || !slices.Equal(keys, []string{"1", "2", "3"}) {
		t.Errorf("the keys are %q, the error is %v", keys, err)
	}
}

// Every object may be an item, so one without a key says nothing.
func TestAtAnyDepthABodyWithoutKeysSaysSoUnlessItIsAnEmptyList(t *testing.T) {
	tests := []struct {
		name  string
		rules []string
		body  string
		want  error
	}{
		{"an empty list", []string{"data.**: {id}"}, `{"data":[],"meta":{"count":0}}`, nil},
		{"an empty list as the root", []string{"**: {id}"}, `[]`, nil},
		{"an empty list of lists", []string{"data.**: {id}"}, `{"data":[[],[]]}`, nil},
		{"an empty list of another member", []string{"data.**: {id}"}, `{"items":[]}`, ErrNoKeys},
		{"an empty list further inside", []string{"data.**: {id}"}, `{"data":{"tags":[]}}`, ErrNoKeys},
		{"an empty list further inside the root", []string{"**: {id}"}, `{"items":[]}`, ErrNoKeys},
		{"an empty list of a name after any depth", []string{"**.items: {id}"}, `{"items":[]}`, ErrNoKeys},
		{"an empty list in an element", []string{"data.**: {id}"}, `{"data":[{"tags":[]}]}`, ErrNoKeys},
		{"sparse items", []string{"data.**: {id}"}, `{"data":[{"title":"A"}]}`, ErrNoKeys},
		{"one object with a key", []string{"data.**: {id}"}, `{"data":[{"title":"A"},{"b":{"id":1}}]}`, nil},
		{"an empty list beside a rule for fixed items", []string{"data: {id}", "**: {sys.id}"}, `{"data":[]}`, nil},
		{"a fixed item without a key", []string{"meta: {id}", "data.**: {id}"}, `{"data":[],"meta":{}}`, ErrNoKeys},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if keys, err := rulesOf(t, test.rules...).Keys([]byte(test.body), nil); err != test.want {
				t.Errorf("the error is %v, the keys are %q", err, keys)
			}
		})
	}
}

func TestTheBoundsHoldAtAnyDepth(t *testing.T) {
	rules := rulesOf(t, "**: {id} {a}:{b}")
	objects := func(n int, object string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(object+",", n), ",") + "]"
	}
	nested := func(n int) string {
		return strings.Repeat(`{"in":`, n-1) + `{"id":1}` + strings.Repeat("}", n-1)
	}
	for name, body := range map[string]string{
		"keys":               objects(maxSteps+1, `{"id":1}`),
		"objects without":    objects(maxTries/2+1, `{}`),
		"levels":             nested(maxDepth + 1),
		"bytes of keys":      objects(maxKeyBytes/1000+1, `{"id":"`+strings.Repeat("x", 1000)+`"}`),
		"values of one body": objects(maxValues, `0`),
	} {
		if _, err := rules.Keys([]byte(body), nil); err != ErrTooManyItems {
			t.Errorf("too many %s: the error is %v", name, err)
		}
	}
	for name, body := range map[string]string{
		"keys":            objects(maxSteps, `{"id":1}`),
		"objects without": objects(maxTries/2-2, `{}`)[:1] + `{"id":1},` + objects(maxTries/2-2, `{}`)[1:],
		"levels":          nested(maxDepth),
	} {
		if keys, err := rules.Keys([]byte(body), nil); err != nil || len(keys) == 0 {
			t.Errorf("as many %s as may be: %d keys, the error is %v", name, len(keys), err)
		}
	}
}

// With several steps after a "**", a body can lead to sets of places without end.
func TestStatesAreBounded(t *testing.T) {
	rules := rulesOf(t, "**.a"+strings.Repeat(".*", 14)+": {id}")
	var b strings.Builder
	for i := range 1 << 14 {
		text := strconv.FormatInt(int64(1<<14|i), 2)[1:]
		for _, c := range text {
			b.WriteString(map[rune]string{'0': `{"b":`, '1': `{"a":`}[c])
		}
		b.WriteString("0" + strings.Repeat("}", len(text)) + ",")
	}
	body := "[" + strings.TrimSuffix(b.String(), ",") + "]"
	m := newMatcher(rules, nil, []byte(body))
	scan([]byte(body), m)
	if !m.exceeded || m.made != maxStates {
		t.Errorf("%d states, exceeded is %v", m.made, m.exceeded)
	}
}

func TestNamesKey(t *testing.T) {
	for each, want := range map[string]bool{
		"": false, "data": false, "**": false, `\*`: false,
		"*": true, "data.*": true, "*.data": true, "*.*.#.data": true, "**.*": true, "*.**": true, "**.*.data.*": true, "*.**.data": true,
		"**.*.**": false, "a.**.*.b.**": false, "*.**.*.**": false,
	} {
		if got := (ItemRule{Each: each}).NamesKey(); got != want {
			t.Errorf("%q: %v", each, got)
		}
	}
}
