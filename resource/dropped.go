package resource

import (
	"strconv"
	"strings"

	"larder/config"
	"larder/internal/uri"
)

// maxDropped bounds what [Dropped] returns, in bytes, without the number at its
// end.
const maxDropped = 1000

// Dropped lists, for a header field, the names of the query parameters that count
// for nothing in a cached request: those that the route ignores or does not list.
// Each is there once, as [PrintableName] writes it. Names that are too many are
// counted at the end, as in "a, b, +12".
func Dropped(cfg *config.Config, route *config.Route, rawQuery string) string {
	var b strings.Builder
	credential := credentialName(cfg)
	seen, left := map[string]bool{}, 0
	for _, p := range parseQuery(rawQuery) {
		if p.name == "" || seen[p.name] || reaches(route, p.name) || p.name == credential && credential != "" {
			continue
		}
		seen[p.name] = true
		name := PrintableName(p.name)
		if left > 0 || b.Len()+len(", ")+len(name) > maxDropped {
			left++
			continue
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name)
	}
	if left > 0 {
		b.WriteString(", +" + strconv.Itoa(left))
	}
	return b.String()
}

// longestName bounds what [PrintableName] returns, in bytes.
const longestName = 100

// PrintableName returns a parameter's name for a header or a message:
// percent-encoded, and cut off if it is long.
func PrintableName(name string) string {
	var b strings.Builder
	for i := 0; i < len(name) && b.Len() <= longestName-len("%00"); i++ {
		if uri.Unreserved(name[i]) {
			b.WriteByte(name[i])
		} else {
			uri.Encode(&b, name[i])
		}
	}
	return b.String()
}
