package httpcache

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/dunglas/httpsfv"
)

// The target list (RFC 9213 §2.2), most specific first. Surrogate-Control
// predates the RFC and is read by the same rules.
const (
	fieldLarder    = "Larder-Cache-Control"
	fieldCDN       = "Cdn-Cache-Control"
	fieldSurrogate = "Surrogate-Control"
)

func targetedFields() [3]string { return [...]string{fieldLarder, fieldCDN, fieldSurrogate} }

// directivesInForce returns the directives of the first targeted field that is
// valid and not empty, otherwise those of Cache-Control. A targeted field
// overrides Cache-Control and Expires (RFC 9213 §2.2).
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

// parseTargeted reads a targeted field, which is a structured field dictionary.
// ok is false if the field must be ignored: it is malformed or empty, or a
// number of seconds is not an integer. A field with mistakes still applies if it
// says no-store or private, and so does one that says it in a parameter, as
// after a wrong separator.
func parseTargeted(lines []string) (r responseDirectives, ok bool) {
	dictionary, err := httpsfv.UnmarshalDictionary(lines)
	if err != nil {
		r.add(directive{malformed: strings.ToLower(strings.Join(lines, ","))})
		return r, r.noStore || r.private
	}
	if len(dictionary.Names()) == 0 {
		return responseDirectives{}, false
	}
	mistyped := false
	for _, name := range dictionary.Names() {
		member, _ := dictionary.Get(name) // always present
		item, isItem := member.(httpsfv.Item)
		if item.Params != nil {
			r.add(directive{malformed: strings.Join(item.Params.Names(), ",")})
		}
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
