package surrogate

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
)

var (
	// ErrEach is wrapped by errors about an item rule's path.
	ErrEach = errors.New("malformed item path")
	// ErrNotJSON means that the body is not exactly one JSON value.
	ErrNotJSON = errors.New("the body is not JSON")
	// ErrTooManyItems means that the body exceeds a bound: it has too many values
	// or keys, too long keys, or items nested too deep.
	ErrTooManyItems = errors.New("the body has too many items")
	// ErrNoKeys means that the body has no key although it is not an empty
	// list: the rules do not fit it, or it lacks the members that they name.
	ErrNoKeys = errors.New("the body has no item with a key")
)

// ItemRule gives keys to the items at one place of a JSON body.
type ItemRule struct {
	// Each is the path to the items (see [SplitPath]). "*" stands for every
	// member of an object, "**" for any number of members and elements, including
	// none, arrays are walked element by element ("#" may mark one), and "" is the
	// body's root.
	Each string
	// Keys of each item. A variable is a path from the item, in which a number
	// may name an element of an array; or "@value", the item itself if it is a
	// string or a number; "@key", the member name that the last "*" stood for; or
	// "path.NAME", a variable of the route's path. See also [ItemRule.NamesKey].
	Keys []Template
}

// Check returns an error that wraps [ErrEach] if the rule's path is malformed.
func (r ItemRule) Check() error {
	if r.Each == "" {
		return nil
	}
	names := SplitPath(r.Each)
	if slices.Contains(names, "") {
		return fmt.Errorf("%w: %q has an empty member name", ErrEach, r.Each)
	}
	if _, ok := MemberName(names[len(names)-1]); !ok {
		return fmt.Errorf("%w: %q ends in a backslash", ErrEach, r.Each)
	}
	return nil
}

// Rules are the item rules of a route, each of which [ItemRule.Check] accepts.
// Without any no body has keys.
type Rules []ItemRule

// Empty reports whether the rules give no keys to any body.
func (r Rules) Empty() bool { return len(r) == 0 }

// Keys returns the keys of every item in body, in the body's order and with
// repetitions. An item without a value for a template's variable makes no key
// from it; of a repeated member the last string or number counts. path returns
// the variables of the route's path and may be nil.
//
// The error is [ErrNotJSON], [ErrTooManyItems] or [ErrNoKeys]. With
// ErrTooManyItems some of the keys are returned. After that and ErrNoKeys a purge
// of an item might miss the body: call [Set.AddAllBuckets]. Having no key is no
// error if an empty array is where the rules look for items, and there is no item
// anywhere. For a rule with a "**" that place is where it begins: whatever is
// further inside may be an item or not.
//
// A leading byte order mark is skipped, as most parsers do (RFC 8259 §8.1).
func (r Rules) Keys(body []byte, path func(variable string) (string, bool)) ([]string, error) {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	m := newMatcher(r, path, body)
	if !scan(body, m) {
		return nil, ErrNotJSON
	}
	keys := m.keys()
	switch {
	case m.exceeded:
		return keys, ErrTooManyItems
	case len(keys) == 0 && len(r) > 0 && (m.items || !m.emptyList):
		return nil, ErrNoKeys
	}
	return keys, nil
}
