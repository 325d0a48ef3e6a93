package httpcache

import (
	"iter"
	"net/http"
	"strings"
	"time"
)

// maxDelta is the largest delta-seconds value; larger ones count as maxDelta
// (RFC 9111 §1.2.2).
const (
	maxDeltaSeconds = 1 << 31
	maxDelta        = maxDeltaSeconds * time.Second
)

// parseDelta reads delta-seconds, which are digits only.
func parseDelta(s string) (d time.Duration, ok bool) {
	if s == "" {
		return 0, false
	}
	var seconds int64
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		// Clamping at every step prevents overflow, however many digits follow.
		seconds = min(seconds*10+int64(s[i]-'0'), maxDeltaSeconds)
	}
	return time.Duration(seconds) * time.Second, true
}

// directive is one member of Cache-Control, its name in lower case and its
// value unquoted.
type directive struct {
	name, value      string
	hasValue, quoted bool
	// malformed is the text of a member that is not a directive (RFC 9111 §5.2),
	// in lower case. It may hold several directives, after a wrong separator or a
	// quotation mark that is never closed.
	malformed string
}

// directives yields the members of Cache-Control lines.
func directives(lines []string) iter.Seq[directive] {
	return func(yield func(directive) bool) {
		for element := range listElements(lines) {
			if !yield(parseDirective(element)) {
				return
			}
		}
	}
}

func parseDirective(element string) directive {
	name, value, hasValue := strings.Cut(element, "=")
	d := directive{name: strings.ToLower(name), value: value, hasValue: hasValue}
	if content, ok := unquote(value); ok {
		d.value, d.quoted = content, true
	}
	if !isToken(name) || hasValue && !d.quoted && !isToken(value) {
		d.malformed = strings.ToLower(element)
	}
	return d
}

// mentions reports whether a malformed member holds the name of a directive as
// a word of its own.
func (d directive) mentions(name string) bool {
	for text, i := d.malformed, 0; ; {
		at := strings.Index(text[i:], name)
		if at < 0 {
			return false
		}
		begin := i + at
		i = begin + len(name)
		if (begin == 0 || !isWordByte(text[begin-1])) && (i == len(text) || !isWordByte(text[i])) {
			return true
		}
	}
}

func isWordByte(c byte) bool {
	return c == '-' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9'
}

// delta is a directive's number of seconds. An invalid value, or two different
// values, counts as zero, which makes the response stale (RFC 9111 §4.2.1).
type delta struct {
	present, invalid bool
	seconds          time.Duration
}

func (d *delta) set(value string) {
	seconds, ok := parseDelta(value)
	if !ok || d.present && d.seconds != seconds {
		d.invalid = true
	}
	d.present, d.seconds = true, seconds
}

func (d delta) duration() time.Duration {
	if d.invalid {
		return 0
	}
	return d.seconds
}

func (d delta) optional() Optional[time.Duration] {
	return Optional[time.Duration]{Value: d.duration(), Valid: d.present}
}

// responseDirectives are the directives of RFC 9111 §5.2.2 and RFC 5861.
// Unknown ones have no effect (RFC 9111 §5.2.3).
type responseDirectives struct {
	noStore, noCache, private, public bool
	mustRevalidate, proxyRevalidate   bool
	mustUnderstand                    bool
	maxAge, sMaxAge                   delta
	staleWhileRevalidate              delta
	staleIfError                      delta
	// omitted are the canonical names of the fields that a qualified no-cache
	// or private excludes from the stored response.
	omitted []string
}

// add adds a directive. A malformed one counts if it forbids something, and never
// permits anything, because its meaning is uncertain.
func (r *responseDirectives) add(d directive) {
	if d.malformed != "" {
		r.noStore = r.noStore || d.mentions("no-store")
		r.noCache = r.noCache || d.mentions("no-cache")
		r.private = r.private || d.mentions("private")
		r.mustRevalidate = r.mustRevalidate || d.mentions("must-revalidate")
		r.proxyRevalidate = r.proxyRevalidate || d.mentions("proxy-revalidate")
		if !isSeconds(d.name) { // an invalid number of seconds counts as zero
			return
		}
	}
	switch d.name {
	case "no-store":
		r.noStore = true
	case "no-cache":
		r.noCache = !r.omit(d) || r.noCache
	case "private":
		r.private = !r.omit(d) || r.private
	case "public":
		r.public = true
	case "must-revalidate":
		r.mustRevalidate = true
	case "proxy-revalidate":
		r.proxyRevalidate = true
	case "must-understand":
		r.mustUnderstand = true
	case "max-age":
		r.maxAge.set(d.value)
	case "s-maxage":
		r.sMaxAge.set(d.value)
	case "stale-while-revalidate":
		r.staleWhileRevalidate.set(d.value)
	case "stale-if-error":
		r.staleIfError.set(d.value)
	}
}

// omit records the field names of a qualified no-cache or private (RFC 9111
// §5.2.2.4, §5.2.2.7). It returns false for the unqualified form and for
// malformed ones, which are treated as unqualified because that forbids more.
func (r *responseDirectives) omit(d directive) bool {
	if !d.quoted {
		return false
	}
	var names []string
	for name := range listElements([]string{d.value}) {
		if !isToken(name) {
			return false
		}
		names = append(names, http.CanonicalHeaderKey(name))
	}
	r.omitted = append(r.omitted, names...)
	return len(names) > 0
}

func cacheControl(h http.Header) responseDirectives {
	var r responseDirectives
	for d := range directives(h["Cache-Control"]) {
		r.add(d)
	}
	return r
}
