package resource

import (
	"errors"
	"fmt"
	"strings"

	"larder/internal/uri"
)

// ErrPath is wrapped by every reason for which a path is refused.
var ErrPath = errors.New("the path is not acceptable")

// NormalisePath returns the normal form of a percent-encoded path, see
// [uri.NormalisePath]. An empty path becomes "/".
//
// The error wraps [ErrPath] for control characters (encoded or not), invalid
// encodings, and every segment that [uri.CheckSegment] refuses, because an origin
// may take it for another one. Such segments are not resolved, since edge and
// origin might resolve them differently; clients that follow RFC 3986 do not send
// them.
func NormalisePath(raw string) (string, error) {
	if raw == "" {
		return "/", nil
	}
	if raw[0] != '/' {
		return "", fmt.Errorf("%w: it does not begin with a slash", ErrPath)
	}
	normal, err := uri.NormalisePath(raw)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrPath, err)
	}
	for segment := range strings.SplitSeq(normal, "/") {
		if err := uri.CheckSegment(segment); err != nil {
			return "", fmt.Errorf("%w: %w", ErrPath, err)
		}
	}
	return normal, nil
}

// Unescape decodes a path variable or a query component. Invalid encodings stay
// unchanged. It never fails.
func Unescape(s string, plusIsSpace bool) string {
	if strings.IndexByte(s, '%') < 0 && !(plusIsSpace && strings.IndexByte(s, '+') >= 0) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if c, ok := uri.Decode(s, i); ok {
			b.WriteByte(c)
			i += 2
			continue
		}
		if s[i] == '+' && plusIsSpace {
			b.WriteByte(' ')
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}
