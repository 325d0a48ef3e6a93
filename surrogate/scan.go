package surrogate

import (
	"encoding/binary"
	"math/bits"
)

// span is a string or a number in the body: its bytes, without quotes.
type span struct {
	start, end int
	// escaped says that it is a string with escapes.
	escaped bool
}

// maxValues bounds the values of a body, members and elements at any depth: what
// comes after so many is not read.
const maxValues = 100_000

// scan reads a body once, passes m the values that its rules need, and reports
// whether the body is exactly one JSON value (RFC 8259), as far as it is read. It
// does not recurse, and takes one bit of memory for each level, so a body may nest
// to any depth.
func scan(body []byte, m *matcher) bool {
	var levels nesting
	object := false // the innermost level is an object
	for i, values := skipSpace(body, 0), 0; ; values++ {
		if values == maxValues {
			m.exceed()
			return true
		}
		// A member or an element of the innermost level begins at i, or the
		// body's own value.
		var name span
		if object {
			if i >= len(body) || body[i] != '"' {
				return false
			}
			name.start = i + 1
			if name.end, name.escaped = stringEnd(body, i+1); name.end < 0 {
				return false
			}
			if i = skipSpace(body, name.end+1); i >= len(body) || body[i] != ':' {
				return false
			}
			i = skipSpace(body, i+1)
		}
		if i >= len(body) {
			return false
		}
		var at *state // nil if the rules do not need the value, as is usual
		if m.depth == levels.depth {
			if object {
				at = m.member(name)
			} else {
				at = m.element()
			}
		}
		switch c := body[i]; c {
		case '"':
			end, escaped := stringEnd(body, i+1)
			if end < 0 {
				return false
			}
			if at != nil {
				m.scalar(at, span{i + 1, end, escaped})
			}
			i = end + 1
		case '{', '[':
			object = c == '{'
			levels.push(object)
			if at != nil {
				m.open(at, object)
			}
			if i = skipSpace(body, i+1); i >= len(body) || body[i] != c+2 {
				continue
			}
			if at != nil && !object { // "[]", which ends below as "{}" does
				m.emptyArray(at)
			}
		case 't', 'f', 'n':
			end := i + len(literals[c])
			if end > len(body) || string(body[i:end]) != literals[c] {
				return false
			}
			if at != nil && c != 'n' {
				m.boolean(at)
			}
			i = end
		default:
			end := numberEnd(body, i)
			if end < 0 {
				return false
			}
			if at != nil {
				m.scalar(at, span{i, end, false})
			}
			i = end
		}
		// A value has ended before i.
		for {
			i = skipSpace(body, i)
			if levels.depth == 0 {
				return i == len(body)
			}
			if i >= len(body) {
				return false
			}
			if c := body[i]; c == ',' {
				break
			} else if c == '}' != object || c == ']' == object {
				return false
			}
			if m.depth == levels.depth {
				m.close()
			}
			object = levels.pop()
			i++
		}
		i = skipSpace(body, i+1)
	}
}

var literals = [256]string{'t': "true", 'f': "false", 'n': "null"}

// nesting records for each level whether it is an object or an array.
type nesting struct {
	bits  []uint64
	depth int
}

func (n *nesting) push(object bool) {
	word, bit := n.depth>>6, uint64(1)<<(n.depth&63)
	if word == len(n.bits) {
		n.bits = append(n.bits, 0)
	}
	n.bits[word] &^= bit
	if object {
		n.bits[word] |= bit
	}
	n.depth++
}

// pop ends the innermost level, and reports whether the one around it is an
// object.
func (n *nesting) pop() (object bool) {
	n.depth--
	return n.depth > 0 && n.bits[(n.depth-1)>>6]>>((n.depth-1)&63)&1 != 0
}

// skipSpace returns the index of the first byte from i on that is no white
// space, or the body's length.
func skipSpace(body []byte, i int) int {
	for i < len(body) && body[i] <= ' ' && 1<<body[i]&uint64(1<<' '|1<<'\t'|1<<'\n'|1<<'\r') != 0 {
		i++
	}
	return i
}

// every has a byte in each byte of a word.
const every = 0x0101010101010101

// stringEnd returns the index of the quote that ends the string containing i,
// and whether the string has escapes. The index is negative if it is malformed.
func stringEnd(body []byte, i int) (end int, escaped bool) {
	for {
		// Eight bytes at a time: the lowest marked one is the first quote,
		// backslash or control character.
		for i+8 <= len(body) {
			word := binary.LittleEndian.Uint64(body[i:])
			quote, backslash := word^every*'"', word^every*'\\'
			marks := ((quote-every)&^quote | (backslash-every)&^backslash | (word-every*' ')&^word) & (every << 7)
			if marks != 0 {
				i += bits.TrailingZeros64(marks) >> 3
				break
			}
			i += 8
		}
		for i < len(body) && body[i] != '"' && body[i] != '\\' && body[i] >= ' ' {
			i++
		}
		if i >= len(body) || body[i] < ' ' {
			return -1, false
		}
		if body[i] == '"' {
			return i, escaped
		}
		if i++; i >= len(body) || escapes[body[i]] == 0 {
			return -1, false
		}
		if body[i] != 'u' {
			i++
		} else if _, ok := codeUnit(body, i-1); ok {
			i += 5
		} else {
			return -1, false
		}
		escaped = true
	}
}

// escapes are the characters after a backslash and what they stand for, except
// for "u".
var escapes = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'u': 'u',
}

// codeUnit returns the UTF-16 code unit of the "\uXXXX" at i.
func codeUnit(text []byte, i int) (unit rune, ok bool) {
	if i+6 > len(text) || text[i] != '\\' || text[i+1] != 'u' {
		return 0, false
	}
	var invalid byte
	for _, c := range text[i+2 : i+6] {
		digit := hexDigits[c]
		invalid |= digit
		unit = unit<<4 | rune(digit&15)
	}
	return unit, invalid&notHex == 0
}

const notHex = 0x80

// hexDigits are the values of hexadecimal digits; other bytes have notHex.
var hexDigits = func() (table [256]byte) {
	for c := range table {
		table[c] = notHex
	}
	for i, c := range "0123456789" {
		table[c] = byte(i)
	}
	for i := range 6 {
		table['a'+i], table['A'+i] = byte(10+i), byte(10+i)
	}
	return table
}()

// numberEnd returns the index after the number that begins at i, or a negative
// one if there is none (RFC 8259 §6).
func numberEnd(body []byte, i int) int {
	if body[i] == '-' {
		i++
	}
	if i < len(body) && body[i] == '0' {
		i++
	} else if i = digitsEnd(body, i); i < 0 {
		return -1
	}
	if i < len(body) && body[i] == '.' {
		if i = digitsEnd(body, i+1); i < 0 {
			return -1
		}
	}
	if i < len(body) && body[i]|' ' == 'e' {
		if i++; i < len(body) && (body[i] == '+' || body[i] == '-') {
			i++
		}
		return digitsEnd(body, i)
	}
	return i
}

// digitsEnd returns the index after the digits that begin at i, or a negative
// one if there are none.
func digitsEnd(body []byte, i int) int {
	start := i
	for i < len(body) && body[i]-'0' <= 9 {
		i++
	}
	if i == start {
		return -1
	}
	return i
}
