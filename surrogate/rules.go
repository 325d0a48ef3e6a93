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
	// ErrEach is wrapped by errors about the path of an item rule.
	ErrEach = errors.New("malformed item path")
	// ErrNotJSON is returned for a body that is not one JSON value.
	ErrNotJSON = errors.New("the body is not JSON")
	// ErrTooManyItems is returned for a body of which not all items were
	// looked at.
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

// Keys returns the keys of every item in body, in the order of the body, with
// repetitions. Items that lack what a template needs give no key. A body that
// is not JSON is [ErrNotJSON]; one of another shape than the rules expect just
// has no items. With [ErrTooManyItems] come the keys that were found until the
// walk was given up: call [Set.AddAllBuckets] then, so that no item is lost to
// purges.
//
// A byte order mark in front is skipped, as most parsers do (RFC 8259 §8.1).
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
	// maxSteps bounds the walk of one body to about half of the CPU time that
	// the platform gives to a request. Every value on the way and every key
	// takes one; a list of posts of 2 MiB takes two thirds of them. Where there
	// are more, most keys would be folded into buckets anyway.
	maxSteps = 50_000
	// stepBytes of a value take another step, because they are read again.
	stepBytes = 512
	// maxDepth bounds the recursion into arrays of arrays.
	maxDepth = 64
)

// maxNesting is how deep a body may nest. Its validation recurses, and a stack
// that overflows ends the sandbox.
const maxNesting = 1000

// tooDeep reports whether a body nests deeper than maxNesting, if it is JSON.
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

// stringEnd returns where the string ends that i is inside of.
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
	steps int // that are left
}

// visit collects the keys of a value and of what is in it, at a place that may
// be none. It reports false where it gave up.
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

// step takes the steps that reading a value costs, and reports whether there
// were as many.
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

// scalar returns what identifies an item: a string, or a number as the body
// writes it. Anything else (null, true, an object) identifies nothing.
func scalar(v gjson.Result) (string, bool) {
	switch v.Type {
	case gjson.String:
		return v.Str, true
	case gjson.Number:
		return v.Raw, true
	}
	return "", false
}
