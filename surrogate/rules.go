package surrogate

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

var (
	// ErrEach is wrapped by errors about an item rule's path.
	ErrEach = errors.New("malformed item path")
	// ErrNotJSON means that the body is not exactly one JSON value.
	ErrNotJSON = errors.New("the body is not JSON")
	// ErrTooManyItems means that the walk of the body ended early.
	ErrTooManyItems = errors.New("the body has too many items")
)

// ItemRule gives keys to the items at one place of a JSON body. Its tags name
// the members that package config reads it from.
type ItemRule struct {
	// Each leads to the items: member names joined by dots, where "*" stands
	// for every member of an object, an array is walked element by element
	// wherever one is met ("#" may say so), and "" is the body's root.
	Each string `larder:"each,required,empty"`
	// Keys of each item. A variable is a gjson path from the item, or
	// "@value" (the item itself, if it is a string or a number), "@key" (the
	// member name that a "*" stood for), or "path.NAME" (a variable of the
	// route's path).
	Keys []Template `larder:"keys,required,some"`
}

// Check returns an error that wraps [ErrEach] if the rule's path is malformed.
func (r ItemRule) Check() error {
	if r.Each != "" && slices.Contains(strings.Split(r.Each, "."), "") {
		return fmt.Errorf("%w: %q has an empty member name", ErrEach, r.Each)
	}
	return nil
}

// Rules are the item rules of a route, each of which [ItemRule.Check] accepts.
// Without any no body has keys.
type Rules []ItemRule

// node is a JSON path of the body: the keys that its items get, and the nodes
// of its members.
type node struct {
	keys    []Template
	members map[string]*node
	any     *node
}

// tree joins the rules, so that a body is walked once for all of them.
func (r Rules) tree() *node {
	root := &node{}
	for _, rule := range r {
		at := root
		for name := range strings.SplitSeq(rule.Each, ".") {
			at = at.child(name)
		}
		at.keys = append(at.keys, rule.Keys...)
	}
	return root
}

// child returns the node that one name of an [ItemRule]'s path leads to.
func (n *node) child(name string) *node {
	switch {
	case name == "" || name == "#":
		return n
	case name == "*":
		if n.any == nil {
			n.any = &node{}
		}
		return n.any
	case n.members[name] == nil:
		if n.members == nil {
			n.members = make(map[string]*node)
		}
		n.members[name] = &node{}
	}
	return n.members[name]
}

// Empty reports whether the rules give no keys to any body.
func (r Rules) Empty() bool { return len(r) == 0 }

// Keys returns the keys of every item in body, in the body's order and with
// repetitions. An item without a value for a template's variable makes no key
// from it; a body with an unexpected structure simply has no items. path
// returns the variables of the route's path and may be nil.
//
// The error is [ErrNotJSON] or [ErrTooManyItems]. The latter comes with the
// keys found before the walk ended: call [Set.AddAllBuckets] then, so that no
// purge misses an item.
//
// A leading byte order mark is skipped, as most parsers do (RFC 8259 §8.1).
func (r Rules) Keys(body []byte, path func(variable string) (string, bool)) ([]string, error) {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if tooDeep(body) || !gjson.ValidBytes(body) {
		return nil, ErrNotJSON
	}
	if len(r) == 0 {
		return nil, nil
	}
	w := walk{path: path, steps: maxSteps}
	if !w.visit(gjson.ParseBytes(body), r.tree(), "", 0) {
		return w.keys, ErrTooManyItems
	}
	return w.keys, nil
}

const (
	// maxSteps bounds the walk of one body to about half of a request's CPU
	// time. Every visited value and every key takes a step; a 2 MiB list of
	// posts takes two thirds of them. With more keys than that, most would be
	// folded into buckets anyway.
	maxSteps = 50_000
	// stepBytes is the length for which a value takes an additional step, since
	// values are read repeatedly.
	stepBytes = 512
	// maxDepth bounds the recursion into arrays of arrays.
	maxDepth = 64
)

// maxNesting is how deep a body may nest. Validation is recursive, and a stack
// overflow ends the sandbox.
const maxNesting = 1000

// tooDeep reports whether a JSON body nests deeper than maxNesting.
func tooDeep(body []byte) bool {
	depth := 0
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '"':
			i = stringEnd(body, i+1)
		case '[', '{':
			if depth++; depth > maxNesting {
				return true
			}
		case ']', '}':
			depth--
		}
	}
	return false
}

// stringEnd returns the index of the quote that ends the string containing i.
func stringEnd(body []byte, i int) int {
	for {
		n := bytes.IndexByte(body[i:], '"')
		if n < 0 {
			return len(body)
		}
		i += n
		escapes := 0
		for body[i-1-escapes] == '\\' {
			escapes++
		}
		if escapes%2 == 0 {
			return i
		}
		i++
	}
}

type walk struct {
	keys  []string
	path  func(variable string) (string, bool)
	steps int // remaining
}

// visit collects the keys of a value and its children. at is nil if no rule
// applies. It returns false if the walk exceeds its bounds.
func (w *walk) visit(value gjson.Result, at *node, member string, depth int) bool {
	if at == nil {
		return true
	}
	if depth > maxDepth || !w.step(value) {
		return false
	}
	complete := true
	if value.IsArray() {
		value.ForEach(func(_, element gjson.Result) bool {
			complete = w.visit(element, at, member, depth+1)
			return complete
		})
		return complete
	}
	for _, key := range at.keys {
		if !w.step(value) {
			return false
		}
		if k, ok := key.Expand(func(variable string) (string, bool) {
			return w.lookUp(value, member, variable)
		}); ok {
			w.keys = append(w.keys, k)
		}
	}
	if !value.IsObject() || at.members == nil && at.any == nil {
		return true
	}
	value.ForEach(func(key, child gjson.Result) bool {
		w.steps--
		complete = w.steps >= 0 &&
			w.visit(child, at.members[key.Str], member, depth+1) &&
			w.visit(child, at.any, key.Str, depth+1)
		return complete
	})
	return complete
}

// step subtracts the steps for reading a value, and reports whether enough were
// left.
func (w *walk) step(value gjson.Result) bool {
	w.steps -= 1 + len(value.Raw)/stepBytes
	return w.steps >= 0
}

func (w *walk) lookUp(item gjson.Result, member, variable string) (string, bool) {
	switch {
	case variable == "@key":
		return member, member != ""
	case variable == "@value":
		return scalar(item)
	case strings.HasPrefix(variable, "path."):
		if w.path == nil {
			return "", false
		}
		return w.path(variable[len("path."):])
	case !item.IsObject():
		return "", false
	}
	return scalar(item.Get(variable))
}

// scalar returns a string, or a number as it is written in the body. Other
// values (null, true, an object) do not identify an item.
func scalar(v gjson.Result) (string, bool) {
	switch v.Type {
	case gjson.String:
		return v.Str, true
	case gjson.Number:
		return v.Raw, true
	}
	return "", false
}
