package surrogate

import "strings"

// SpaceSeparated returns the keys of a Surrogate-Key or xkey header's values,
// which white space separates. A key with commas in it counts whole, and its
// parts do too, because some origins send a list with commas there.
func SpaceSeparated(values []string) []string { return separated(values, isSpace, isComma) }

// CommaSeparated returns the keys of a Cache-Tag header's values, which commas
// separate. A key with white space in it counts whole, and its parts do too,
// because some origins send a list with spaces there.
func CommaSeparated(values []string) []string { return separated(values, isComma, isSpace) }

// separated returns the members between separators, and the parts of those
// that the other separator divides.
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
