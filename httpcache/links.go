package httpcache

import (
	"slices"
	"strings"
)

// MoveLinks returns the values of Link (RFC 8288 §3) with the targets whose
// host, with a port if they have one, is among hosts moved to another scheme and
// host. The hosts are in lower case. Relative targets, and all parameters, stay
// as they are. The values are not changed.
func MoveLinks(values, hosts []string, scheme, host string) []string {
	moved := make([]string, len(values))
	for i, value := range values {
		moved[i] = moveLinks(value, hosts, scheme, host)
	}
	return moved
}

func moveLinks(value string, hosts []string, scheme, host string) string {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(value); i++ {
		c := value[i]
		b.WriteByte(c)
		switch {
		case quoted && c == '\\' && i+1 < len(value):
			i++
			b.WriteByte(value[i])
		case c == '"':
			quoted = !quoted
		case c == '<' && !quoted:
			target, _, closed := strings.Cut(value[i+1:], ">")
			if !closed {
				b.WriteString(target)
				return b.String()
			}
			b.WriteString(moveTarget(target, hosts, scheme, host))
			i += len(target)
		}
	}
	return b.String()
}

func moveTarget(target string, hosts []string, scheme, host string) string {
	from, rest, ok := strings.Cut(target, "://")
	if !ok || !strings.EqualFold(from, "http") && !strings.EqualFold(from, "https") {
		return target
	}
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	if !slices.Contains(hosts, strings.ToLower(rest[:end])) {
		return target
	}
	return scheme + "://" + host + rest[end:]
}
