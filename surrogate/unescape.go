package surrogate

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// appendUnescaped appends the text of a JSON string whose escapes are valid.
// Half a surrogate pair becomes U+FFFD, as most parsers have it.
func appendUnescaped(to, text []byte) []byte {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 {
			return append(to, text...)
		}
		to, text = append(to, text[:i]...), text[i:]
		if text[1] != 'u' {
			to, text = append(to, escapes[text[1]]), text[2:]
			continue
		}
		r, _ := codeUnit(text, 0)
		text = text[6:]
		if utf16.IsSurrogate(r) {
			low, _ := codeUnit(text, 0)
			if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
				text = text[6:]
			}
		}
		to = utf8.AppendRune(to, r)
	}
}
