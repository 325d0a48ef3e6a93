package config

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Every message has the same form: what is wanted, a semicolon, what was found.

// ErrInvalid is wrapped by every error of [Parse].
var ErrInvalid = errors.New("invalid configuration")

// ErrPattern is wrapped by every error of [ParsePattern].
var ErrPattern = errors.New("malformed path pattern")

// Error is one mistake in a larder.json.
type Error struct {
	// Path is where the mistake is: a JSON path such as
	// "$.routes[3].lifetimes.ttl". It is "$" for a file that is not JSON.
	Path string
	// Message says what is wrong and what would be right.
	Message string
}

// Error returns the path and the message on one line.
func (e Error) Error() string { return e.Path + ": " + e.Message }

// Unwrap returns [ErrInvalid].
func (e Error) Unwrap() error { return ErrInvalid }

// Errors are all mistakes of one larder.json; never empty when returned as an
// error.
type Errors []Error

// Error returns one line for each mistake.
func (es Errors) Error() string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = e.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the mistakes one by one for [errors.Is] and [errors.As].
func (es Errors) Unwrap() []error {
	all := make([]error, len(es))
	for i, e := range es {
		all[i] = e
	}
	return all
}

// report collects mistakes. Only the first one at a JSON path counts: later
// ones are nearly always a consequence of it.
type report struct {
	errors Errors
	seen   map[string]bool // JSON paths
}

func (r *report) fail(at *jsonPath, format string, args ...any) {
	path := at.String()
	if r.seen[path] {
		return
	}
	if r.seen == nil {
		r.seen = map[string]bool{}
	}
	r.seen[path] = true
	message := strings.Map(oneLine, fmt.Sprintf(format, args...))
	r.errors = append(r.errors, Error{Path: path, Message: message})
}

// reported says whether there is a mistake at a JSON path.
func (r *report) reported(at *jsonPath) bool { return r.seen[at.String()] }

// oneLine replaces control characters, so that a message stays on one line.
func oneLine(r rune) rune {
	if r < ' ' || r == 0x7f {
		return '\uFFFD'
	}
	return r
}

// jsonPath is a position in the file, a linked list whose text is needed only
// for a mistake. Nil is the root.
type jsonPath struct {
	in    *jsonPath
	name  string
	index int // of a list's element; -1 for an object's member
}

// top returns the path of a member of the file itself.
func top(name string) *jsonPath { return (*jsonPath)(nil).member(name) }

func (p *jsonPath) member(name string) *jsonPath { return &jsonPath{in: p, name: name, index: -1} }

func (p *jsonPath) element(index int) *jsonPath { return &jsonPath{in: p, index: index} }

// String returns the JSON path. A name that is not a plain word is written in
// brackets and quotes.
func (p *jsonPath) String() string {
	if p == nil {
		return "$"
	}
	parent := p.in.String()
	if p.index >= 0 {
		return parent + "[" + strconv.Itoa(p.index) + "]"
	}
	if consists(p.name, "_$-") {
		return parent + "." + p.name
	}
	return parent + "[" + strconv.Quote(p.name) + "]"
}

// members returns the names of the members that lead to p, without indexes.
func (p *jsonPath) members() []string {
	if p == nil {
		return nil
	}
	if p.index >= 0 {
		return p.in.members()
	}
	return append(p.in.members(), p.name)
}
