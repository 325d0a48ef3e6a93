package httpcache

import (
	"net/http"
	"strings"
	"time"
)

// timeField reads the first line of a field that holds an HTTP date.
func timeField(h http.Header, name string) (t time.Time, ok bool) {
	lines := h[name]
	if len(lines) == 0 {
		return time.Time{}, false
	}
	return parseTime(lines[0])
}

// maxDate is longer than any HTTP date.
const maxDate = 64

// parseTime reads an HTTP date in any of its three formats (RFC 9110 §5.6.7).
// Case does not matter, nor does the day of the week. ok is false for any other
// deviation from the grammar.
func parseTime(s string) (t time.Time, ok bool) {
	if len(s) > maxDate {
		return time.Time{}, false
	}
	if date, found := cutSuffixFold(s, " GMT"); found {
		s = date + " GMT" // http.ParseTime wants upper case
	}
	t, err := http.ParseTime(s)
	if err != nil {
		return time.Time{}, false
	}
	// http.ParseTime also takes repeated spaces, one-digit hours, fractions of
	// a second and other time zones. None of these survive formatting.
	for _, layout := range [...]string{http.TimeFormat, "Monday, 02-Jan-06 15:04:05 GMT", time.ANSIC} {
		if strings.EqualFold(afterWeekday(t.Format(layout)), afterWeekday(s)) {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// afterWeekday returns what follows the day of the week.
func afterWeekday(date string) string { return date[max(0, strings.IndexAny(date, ", ")):] }

func cutSuffixFold(s, suffix string) (before string, found bool) {
	i := len(s) - len(suffix)
	if i < 0 || !strings.EqualFold(s[i:], suffix) {
		return s, false
	}
	return s[:i], true
}
