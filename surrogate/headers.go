package surrogate

import "strings"

// SpaceSeparated returns the keys in a Surrogate-Key or xkey header, which are
// separated by whitespace. Some origins send a comma-separated list, so for a
// key with commas it returns both the whole key and its parts.
func SpaceSeparated(values []string) []string { return separated(values, isSpace, isComma) }

// CommaSeparated returns the keys in a Cache-Tag header, which are separated by
// commas. Some origins send a space-separated list, so for a key with
// whitespace it returns both the whole key and its parts.
func CommaSeparated(values []string) []string { return separated(values, isComma, isSpace) }

// separated returns the members between separators and, where a member
// contains the other separator, its parts too.
func separated(values []string, separator, other func(rune) bool) []string {
	var keys []string
	for _, v := range values {
		for _, member := range strings.FieldsFunc(v, separator) {
			member = strings.TrimFunc(member, func(r rune) bool { return isSpace(r) || isComma(r) })
			parts := strings.FieldsFunc(member, other)
			if len(parts) == 0 {
				continue
			}
			if len(parts) > 1 || parts[0] != member {
				keys = append(keys, member)
			}
			keys = append(keys, parts...)
		}
	}
	return keys
}

func isSpace(r rune) bool { return r == ' ' || r == '\t' }

func isComma(r rune) bool { return r == ',' }
