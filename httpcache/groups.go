package httpcache

import (
	"net/http"

	"github.com/dunglas/httpsfv"
)

// RFC 9875 requires support for at least 32 groups of at least 32 characters.
// These limits bound the purges that one response can cause.
const (
	maxGroups      = 64
	maxGroupLength = 256
)

// CacheGroups returns the groups of a response (RFC 9875 §2) in order, without
// repetitions: at most 64, leaving out names of more than 256 bytes. A field
// that is not a list of strings is ignored.
func CacheGroups(h http.Header) []string { return groups(h["Cache-Groups"]) }

// CacheGroupInvalidation returns the groups that a response to an unsafe
// request invalidates (RFC 9875 §3), with the limits of [CacheGroups]. Call it
// only if [Invalidates] returns true. Groups belong to one origin.
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
