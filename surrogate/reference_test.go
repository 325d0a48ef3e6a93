package surrogate

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// value is a JSON value as the reference reads it: all members, in order.
type value struct {
	kind     byte // one of { [ " 0 t n
	text     string
	members  []memberOf
	elements []value
}

type memberOf struct {
	name string
	value
}

// readValue reads one value through encoding/json.
func readValue(d *json.Decoder) value {
	token, err := d.Token()
	if err != nil {
		panic(err)
	}
	switch token := token.(type) {
	case json.Delim:
		v := value{kind: byte(token)}
		for d.More() {
			if v.kind == '[' {
				v.elements = append(v.elements, readValue(d))
				continue
			}
			name, err := d.Token()
			if err != nil {
				panic(err)
			}
			v.members = append(v.members, memberOf{name.(string), readValue(d)})
		}
		if _, err := d.Token(); err != nil {
			panic(err)
		}
		return v
	case string:
		return value{kind: '"', text: token}
	case json.Number:
		return value{kind: '0', text: token.String()}
	case bool:
		return value{kind: 't'}
	}
	return value{kind: 'n'}
}

// reference is what Rules.Keys is to find, one rule after another.
type reference struct {
	path             func(string) (string, bool)
	keys             []string
	items, emptyList bool
}

// walk follows the rest of a rule's path from a value on. member is what the last
// "*" stood for, and free says that there was a "**".
func (r *reference) walk(v value, names []string, member string, free bool, rule ItemRule) {
	switch {
	case v.kind == '[':
		r.emptyList = r.emptyList || len(v.elements) == 0 && !free
		for _, element := range v.elements {
			r.walk(element, names, member, free, rule)
		}
	case len(names) > 0 && names[0] == "#":
		r.walk(v, names[1:], member, free, rule)
	case len(names) > 0 && names[0] == "**":
		r.walk(v, names[1:], member, true, rule)
		for _, m := range v.members {
			r.walk(m.value, names, member, true, rule)
		}
	case len(names) > 0:
		name, _ := MemberName(names[0])
		for _, m := range v.members {
			if names[0] == "*" {
				r.walk(m.value, names[1:], m.name, free, rule)
			} else if m.name == name {
				r.walk(m.value, names[1:], member, free, rule)
			}
		}
	case v.kind != 'n':
		r.items = r.items || !free
		for _, key := range rule.Keys {
			if k, ok := key.Expand(func(variable string) (string, bool) { return r.variable(v, member, variable) }); ok {
				r.keys = append(r.keys, k)
			}
		}
	}
}

func (r *reference) variable(item value, member, variable string) (string, bool) {
	if name, ok := strings.CutPrefix(variable, "path."); ok {
		return r.path(name)
	}
	switch variable {
	case "@key":
		return member, true
	case "@value":
		return item.text, true
	}
	if item.kind != '{' {
		return "", false
	}
	var found string
	for _, text := range texts(item, SplitPath(variable)) {
		found = text
	}
	return found, true
}

// texts are the strings and numbers that a path into an item leads to.
func texts(v value, names []string) []string {
	if len(names) == 0 {
		if v.kind == '"' || v.kind == '0' {
			return []string{v.text}
		}
		return nil
	}
	name, _ := MemberName(names[0])
	var all []string
	for _, m := range v.members {
		if m.name == name {
			all = append(all, texts(m.value, names[1:])...)
		}
	}
	for i, element := range v.elements {
		if strconv.Itoa(i) == name {
			all = append(all, texts(element, names[1:])...)
		}
	}
	return all
}

// Whatever the rules and the body, one pass finds what walking the decoded body
// for one rule after another finds.
func TestOnePassFindsWhatEachRuleFindsAlone(t *testing.T) {
	path := pathOf(map[string]string{"type": "landing", "none": ""})
	rapid.Check(t, func(t *rapid.T) {
		rules, body := drawRules(t), drawValue(t, 5)
		d := json.NewDecoder(strings.NewReader(body))
		d.UseNumber()
		root, want := readValue(d), reference{path: path}
		for _, rule := range rules {
			names := SplitPath(rule.Each)
			if rule.Each == "" {
				names = nil
			}
			want.walk(root, names, "", false, rule)
		}
		var wantErr error
		if len(want.keys) == 0 && (want.items || !want.emptyList) {
			wantErr = ErrNoKeys
		}
		keys, err := rules.Keys([]byte(body), path)
		if slices.ContainsFunc(rules, func(r ItemRule) bool { return strings.Contains(r.Each, "**") }) {
			// It may lead to the same item in several ways.
			keys, want.keys = distinct(keys), distinct(want.keys)
		}
		if !sameKeys(keys, want.keys) || err != wantErr {
			t.Fatalf("%s\n%+q\nkeys %q, error %v\nwant %q, error %v", body, rules, keys, err, want.keys, wantErr)
		}
		cut := rapid.IntRange(0, len(body)).Draw(t, "cut")
		broken := body[:cut] + rapid.SampledFrom([]string{"", "]", "}", `"`, ",", "0", "\n", "\\", "\x00", "t"}).Draw(t, "inserted") + body[cut:]
		if _, err := rules.Keys([]byte(broken), path); errors.Is(err, ErrNotJSON) == json.Valid([]byte(broken)) {
			t.Fatalf("%q: the error is %v", broken, err)
		}
	})
}

func distinct(keys []string) []string { return slices.Compact(slices.Sorted(slices.Values(keys))) }

// Few names, so that rules and bodies often meet.
var drawnNames = []string{"a", "b", "slug", "0", "1", "a.b", "é", "*", ""}

func drawRules(t *rapid.T) Rules {
	pathName := rapid.SampledFrom([]string{"a", "b", "slug", "0", "1", `a\.b`, "é", `\*`})
	each := rapid.SliceOfN(rapid.OneOf(pathName, rapid.SampledFrom([]string{"*", "*", "**", "**", "#"})), 0, 4)
	variable := rapid.OneOf(
		rapid.Map(rapid.SliceOfN(pathName, 1, 3), func(names []string) string { return strings.Join(names, ".") }),
		rapid.SampledFrom([]string{"@key", "@value", "path.type", "path.none", "path.unknown"}))
	var rules Rules
	for range rapid.IntRange(1, 6).Draw(t, "rules") {
		rule := ItemRule{Each: strings.Join(each.Draw(t, "each"), ".")}
		for i, variables := range rapid.SliceOfN(rapid.SliceOfN(variable, 0, 2), 1, 3).Draw(t, "keys") {
			text := fmt.Sprint("k", i)
			for _, v := range variables {
				if v == "@key" && !rule.NamesKey() {
					v = "@value"
				}
				text += ":{" + v + "}"
			}
			rule.Keys = append(rule.Keys, Template(text))
		}
		rules = append(rules, rule)
	}
	return rules
}

// drawValue draws the text of a value that nests at most depth levels.
func drawValue(t *rapid.T, depth int) string {
	space := rapid.SampledFrom([]string{"", "", "", " ", "\n\t", "\r"})
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	if depth == 0 {
		kind %= 4
	}
	switch kind {
	case 0:
		return rapid.SampledFrom([]string{"true", "false", "null"}).Draw(t, "literal")
	case 1:
		return rapid.SampledFrom([]string{"0", "-1", "12.50", "1e9", "-0.1E+20", "123456789012345678901"}).Draw(t, "number")
	case 2, 3:
		return drawText(t)
	case 4, 5, 6:
		var elements []string
		for range rapid.IntRange(0, 3).Draw(t, "elements") {
			elements = append(elements, space.Draw(t, "space")+drawValue(t, depth-1))
		}
		return "[" + strings.Join(elements, ",") + space.Draw(t, "space") + "]"
	}
	var members []string
	for range rapid.IntRange(0, 4).Draw(t, "members") {
		name, _ := json.Marshal(rapid.SampledFrom(drawnNames).Draw(t, "name"))
		if slices.Contains([]string{`"a"`, `"b"`}, string(name)) && rapid.Bool().Draw(t, "escape") {
			name = []byte(fmt.Sprintf(`"\u00%x"`, name[1]))
		}
		members = append(members, string(name)+space.Draw(t, "space")+":"+space.Draw(t, "space")+drawValue(t, depth-1))
	}
	return "{" + strings.Join(members, space.Draw(t, "space")+",") + "}"
}

func drawText(t *rapid.T) string {
	piece := rapid.SampledFrom([]string{"a", "é", "寿", "🍜", " ", `\n`, `\"`, `\\`, `\/`, `\u00e9`, `\u0000`, `\ud83c\udf5c`, `\ud83c`, `\udf5c`, `\u0041`, "long enough for a word", "[{"})
	return `"` + strings.Join(rapid.SliceOfN(piece, 0, 5).Draw(t, "text"), "") + `"`
}
