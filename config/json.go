package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
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

// quote quotes s, shortened if it is long.
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
	if bytes.HasPrefix(data, []byte("\ufeff")) {
		return node{}, errors.New("line 1, column 1: want JSON; the file begins with a byte order mark: save it as UTF-8 without one")
	}
	if at := invalidUTF8(data); at >= 0 {
		return node{}, fmt.Errorf("%s: want UTF-8; got the byte 0x%02x", position(data, at), data[at])
	}
	var whole json.RawMessage
	if err := json.Unmarshal(data, &whole); err != nil {
		return node{}, syntaxError(data, err)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return readValue(d)
}

// readValue reads the next value. Unlike json.Unmarshal it sees the members of
// an object in their order, and those that are repeated.
func readValue(d *json.Decoder) (node, error) {
	token, err := d.Token()
	switch token := token.(type) {
	case string:
		return node{kind: text, text: token}, err
	case json.Number:
		return node{kind: number, text: token.String()}, err
	case bool:
		return node{kind: boolean, text: strconv.FormatBool(token)}, err
	case json.Delim:
		if token == '{' {
			return readObject(d)
		}
		return readList(d)
	}
	return node{kind: null}, err
}

func readObject(d *json.Decoder) (node, error) {
	n := node{kind: object}
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return n, err
		}
		value, err := readValue(d)
		if err != nil {
			return n, err
		}
		name, _ := token.(string) // nothing else is JSON
		n.members = append(n.members, member{name, value})
	}
	_, err := d.Token() // the closing brace
	return n, err
}

func readList(d *json.Decoder) (node, error) {
	n := node{kind: list}
	for d.More() {
		element, err := readValue(d)
		if err != nil {
			return n, err
		}
		n.elements = append(n.elements, element)
	}
	_, err := d.Token() // the closing bracket
	return n, err
}

func syntaxError(data []byte, err error) error {
	var syntax *json.SyntaxError
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
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && size == 1 {
			return at
		}
		at += size
	}
	return -1
}
