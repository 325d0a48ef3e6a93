package httpcache

import (
	"net/http"
	"slices"
	"strings"
)

// MaxVaryNames is the most request fields that an entry can vary on
// (docs.fastly.com/products/compute-resource-limits).
const MaxVaryNames = 8

// VaryNames returns the canonical names of the request fields in Vary, sorted
// and without repetitions (RFC 9111 §4.1). ok is false if Vary contains "*",
// which matches no request, or more than [MaxVaryNames] names.
func VaryNames(h http.Header) (names []string, ok bool) {
	names, star := varyNames(h)
	if star || len(names) > MaxVaryNames {
		return nil, false
	}
	return names, true
}

// varyNames treats an invalid name like "*": it must never match.
func varyNames(h http.Header) (names []string, star bool) {
	for name := range listElements(h["Vary"]) {
		if name == "*" || !isToken(name) {
			return nil, true
		}
		names = append(names, http.CanonicalHeaderKey(name))
	}
	slices.Sort(names)
	return slices.Compact(names), false
}

// varies reports whether Vary names a field.
func varies(h http.Header, name string) bool {
	names, _ := varyNames(h)
	return slices.Contains(names, name)
}

// NormalizeVaryValue returns the value of a request field in a form that is
// equal for equivalent values (RFC 9111 §4.1). name is canonical; an absent
// field has no values and returns "".
//
// The lines of a list are joined and whitespace around commas is removed. In
// the Accept fields, whitespace, case outside quotes, order, repetition and a
// weight of 1 do not matter either. Fields that are not lists stay unchanged.
func NormalizeVaryValue(name string, values []string) string {
	switch name {
	case "Authorization", "Cookie", "Host", "Origin", "Referer", "User-Agent":
		return strings.Join(values, ", ")
	case "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language":
		members := slices.Collect(listElements(values))
		for i, member := range members {
			members[i] = normalizePreference(member)
		}
		slices.Sort(members)
		return strings.Join(slices.Compact(members), ",")
	}
	return strings.Join(slices.Collect(listElements(values)), ",")
}

// normalizePreference removes whitespace and lowers case outside quotes, and
// drops a weight of 1, the default.
func normalizePreference(member string) string {
	var b strings.Builder
	quoted := false
	for i := 0; i < len(member); i++ {
		c := member[i]
		switch {
		case c == '"':
			quoted = !quoted
		case quoted && c == '\\' && i+1 < len(member):
			b.WriteByte(c)
			i++
			c = member[i]
		case quoted:
		case c == ' ' || c == '\t':
			continue
		case 'A' <= c && c <= 'Z':
			c += 'a' - 'A'
		}
		b.WriteByte(c)
	}
	preference := b.String()
	for _, weight := range [...]string{";q=1", ";q=1.0", ";q=1.00", ";q=1.000"} {
		if value, ok := strings.CutSuffix(preference, weight); ok {
			return value
		}
	}
	return preference
}

// AddVary adds a name to Vary unless it is there, in a list of its own: the
// values may be shared with a record.
func AddVary(header http.Header, name string) {
	for member := range listElements(header["Vary"]) {
		if member == "*" || strings.EqualFold(member, name) {
			return
		}
	}
	header["Vary"] = append(slices.Clone(header["Vary"]), name)
}
