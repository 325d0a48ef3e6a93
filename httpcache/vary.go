package httpcache

import (
	"net/http"
	"slices"
	"strings"
)

// MaxVaryNames is how many request fields the platform lets one entry vary on.
const MaxVaryNames = 8

// VaryNames are the request fields that select among the variants of a
// response (RFC 9111 §4.1): canonical, sorted, each once. ok is false if the
// response can never be selected, because Vary has "*", or if there are more
// than [MaxVaryNames], so that the platform could not tell variants apart.
func VaryNames(h http.Header) (names []string, ok bool) {
	names, star := varyNames(h)
	if star || len(names) > MaxVaryNames {
		return nil, false
	}
	return names, true
}

// varyNames reports "*" for an invalid name too: what cannot be understood
// must not be matched.
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

// NormalizeVaryValue brings the lines of a request field into a form in which
// values of the same meaning are equal (RFC 9111 §4.1). name is canonical; a
// field that is absent has no values and gives "".
//
// For lists, lines are joined and whitespace around commas goes. For the
// Accept fields whitespace, case outside of quotes, order, repetition and a
// weight of 1 have no meaning either. Other fields that are no lists keep
// their value.
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

// normalizePreference removes whitespace and lowers case outside of quotes,
// and drops a weight of 1, which is the default.
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
