package httpcache

import (
	"net/http"

	"github.com/dunglas/httpsfv"
)

// RFC 9875 asks for at least 32 groups of at least 32 characters each. These
// bounds keep an origin from making purges without end.
const (
	maxGroups      = 64
	maxGroupLength = 256
)

// CacheGroups are the groups that a response belongs to (RFC 9875 §2), in
// their order, each once: at most 64, those of more than 256 bytes left out.
// A field that is no list of strings is ignored.
func CacheGroups(h http.Header) []string { return groups(h["Cache-Groups"]) }

// CacheGroupInvalidation are the groups that an answer to an unsafe request
// makes invalid (RFC 9875 §3), under the same rules. Ask only if
// [Invalidates]; groups belong to one origin.
func CacheGroupInvalidation(h http.Header) []string { return groups(h["Cache-Group-Invalidation"]) }

func groups(lines []string) []string {
	if len(lines) == 0 {
		return nil
	}
	list, err := httpsfv.UnmarshalList(lines)
	if err != nil {
		return nil
	}
	var names []string
	seen := make(map[string]bool, len(list))
	for _, member := range list {
		item, _ := member.(httpsfv.Item) // an inner list becomes an item that is no string
		name, ok := item.Value.(string)
		if !ok {
			return nil
		}
		if seen[name] || len(name) > maxGroupLength || len(names) == maxGroups {
			continue
		}
		seen[name] = true
		names = append(names, name)
	}
	return names
}
