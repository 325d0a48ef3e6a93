package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// kind is a type of JSON value.
type kind uint8

const (
	null kind = iota
	boolean
	number
	text
	list
	object
)

// node is a JSON value as it was written: members keep their order and their
// duplicates, which a decoding into Go types would lose.
type node struct {
	kind     kind
	text     string // of a string, or a number, or a boolean
	elements []node
	members  []member
}

type member struct {
	name  string
	value node
}

// got describes the value for the second half of a message.
func (n node) got() string {
	switch n.kind {
	case null:
		return "null"
	case boolean:
		return n.text
	case number:
		return "the number " + n.text
	case text:
		return quote(n.text)
	case list:
		return "a list"
	default:
		return "an object"
	}
}

// quote quotes s, shortened to what is enough to find it.
func quote(s string) string {
	const enough = 60
	if len(s) <= enough {
		return strconv.Quote(s)
	}
	end := enough
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return strconv.Quote(s[:end] + "…")
}

// readTree reads one JSON value and nothing after it. Its errors give line
// and column.
func readTree(data []byte) (node, error) {
	if at := invalidUTF8(data); at >= 0 {
		return node{}, fmt.Errorf("%s: want UTF-8; got the byte 0x%02x", position(data, at), data[at])
	}
	// What is known to be valid can be read without a second look at the
	// syntax, in a fraction of the time of a general token reader.
	if !json.Valid(data) {
		return node{}, syntaxError(data)
	}
	r := reader{rest: string(data)}
	return r.value(), nil
}

// reader takes valid JSON apart.
type reader struct{ rest string }

const space = " \t\r\n"

// next skips white space and the given punctuation, and returns the byte
// that follows.
func (r *reader) next(punctuation string) byte {
	r.rest = strings.TrimLeft(r.rest, space+punctuation)
	return r.rest[0]
}

func (r *reader) value() node {
	switch r.next("") {
	case '{':
		return r.object()
	case '[':
		return r.list()
	case '"':
		return node{kind: text, text: r.text()}
	}
	literal := r.rest
	if end := strings.IndexAny(r.rest, ",]}"+space); end >= 0 {
		literal = r.rest[:end]
	}
	r.rest = r.rest[len(literal):]
	switch literal {
	case "null":
		return node{kind: null}
	case "true", "false":
		return node{kind: boolean, text: literal}
	default:
		return node{kind: number, text: literal}
	}
}

func (r *reader) object() node {
	n := node{kind: object}
	for r.rest = r.rest[1:]; r.next(",") != '}'; {
		name := r.text()
		r.next(":")
		n.members = append(n.members, member{name: name, value: r.value()})
	}
	r.rest = r.rest[1:]
	return n
}

func (r *reader) list() node {
	n := node{kind: list}
	for r.rest = r.rest[1:]; r.next(",") != ']'; {
		n.elements = append(n.elements, r.value())
	}
	r.rest = r.rest[1:]
	return n
}

func (r *reader) text() string {
	end := 1
	for r.rest[end] != '"' {
		if r.rest[end] == '\\' {
			end++
		}
		end++
	}
	quoted := r.rest[:end+1]
	r.rest = r.rest[end+1:]
	plain := quoted[1:end]
	if strings.IndexByte(plain, '\\') < 0 {
		return plain
	}
	var unescaped string
	if err := json.Unmarshal([]byte(quoted), &unescaped); err != nil {
		return plain // cannot be: the text is valid
	}
	return unescaped
}

func syntaxError(data []byte) error {
	var whole json.RawMessage
	var syntax *json.SyntaxError
	err := json.Unmarshal(data, &whole)
	if !errors.As(err, &syntax) {
		return fmt.Errorf("want JSON; %w", err)
	}
	if len(bytes.TrimSpace(data)) == 0 {
		return errors.New("line 1, column 1: want a JSON object; got an empty file")
	}
	at := int(syntax.Offset) - 1 // Offset counts the offending byte
	return fmt.Errorf("%s: want JSON; %w", position(data, at), err)
}

// position returns the line and column, both from 1, of the byte at offset.
// Columns count characters, as editors do.
func position(data []byte, offset int) string {
	before := data[:min(offset, len(data))]
	line := 1 + bytes.Count(before, []byte("\n"))
	column := 1 + utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:])
	return fmt.Sprintf("line %d, column %d", line, column)
}

// invalidUTF8 returns the offset of the first byte that is not UTF-8, or -1.
func invalidUTF8(data []byte) int {
	if utf8.Valid(data) {
		return -1
	}
	for at := 0; ; {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size < 2 {
			return at
		}
		at += size
	}
}
