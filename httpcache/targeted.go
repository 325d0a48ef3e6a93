package httpcache

import (
	"net/http"
	"strconv"

	"github.com/dunglas/httpsfv"
)

// The target list (RFC 9213 §2.2), most specific first. Surrogate-Control is
// older than that RFC; it is read by the same rules.
const (
	fieldLarder    = "Larder-Cache-Control"
	fieldCDN       = "Cdn-Cache-Control"
	fieldSurrogate = "Surrogate-Control"
)

// targetedFields returns the target list.
func targetedFields() [3]string { return [...]string{fieldLarder, fieldCDN, fieldSurrogate} }

// directivesInForce returns the directives that count: those of the first
// targeted field that is valid and not empty, or else Cache-Control's. With a
// targeted field, Cache-Control and Expires are ignored (RFC 9213 §2.2).
func directivesInForce(h http.Header) (d responseDirectives, targeted bool) {
	for _, name := range targetedFields() {
		lines := h[name]
		if len(lines) == 0 {
			continue
		}
		if d, ok := parseTargeted(lines); ok {
			return d, true
		}
	}
	return cacheControl(h), false
}

// parseTargeted reads a targeted field, a dictionary of structured fields. ok
// is false where the field must be ignored: it is no such dictionary, it is
// empty, or a number of seconds has another type than integer. A field of the
// last kind still counts if it forbids to store.
func parseTargeted(lines []string) (r responseDirectives, ok bool) {
	dictionary, err := httpsfv.UnmarshalDictionary(lines)
	if err != nil || len(dictionary.Names()) == 0 {
		return responseDirectives{}, false
	}
	mistyped := false
	for _, name := range dictionary.Names() {
		member, _ := dictionary.Get(name) // it is one of the dictionary's own names
		item, isItem := member.(httpsfv.Item)
		d := directive{name: name}
		switch value := item.Value.(type) {
		case bool:
			if !value {
				continue
			}
		case int64:
			d.value, d.hasValue = strconv.FormatInt(value, 10), true
		case string:
			d.value, d.hasValue, d.quoted = value, true, true
		}
		if _, isInteger := item.Value.(int64); isSeconds(name) && !(isItem && isInteger) {
			mistyped = true
		}
		r.add(d)
	}
	return r, !mistyped || r.noStore || r.private
}

func isSeconds(name string) bool {
	switch name {
	case "max-age", "s-maxage", "stale-while-revalidate", "stale-if-error":
		return true
	}
	return false
}
