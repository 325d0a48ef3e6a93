package httpcache

import (
	"strings"
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	want := time.Date(1994, 11, 6, 8, 49, 37, 0, time.UTC)
	tests := []struct {
		name, date string
		ok         bool
	}{
		{"IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", true},
		{"RFC 850 format", "Sunday, 06-Nov-94 08:49:37 GMT", true},
		{"asctime format", "Sun Nov  6 08:49:37 1994", true},
		{"a time zone in lower case", "Sun, 06 Nov 1994 08:49:37 gmt", true},
		{"a time zone in mixed case", "Sun, 06 Nov 1994 08:49:37 gMt", true},
		{"a day and a month in another case", "sUN, 06 nOV 1994 08:49:37 GMT", true},
		{"RFC 850 format with a time zone in lower case", "Sunday, 06-Nov-94 08:49:37 gmt", true},
		{"a wrong day of the week", "Mon, 06 Nov 1994 08:49:37 GMT", true},
		{"several spaces", "Sun,  06  Nov  1994  08:49:37  GMT", false},
		{"a space at the end", "Sun, 06 Nov 1994 08:49:37 GMT ", false},
		{"a one-digit hour", "Sun, 06 Nov 1994 8:49:37 GMT", false},
		{"a one-digit hour after two spaces", "Sun, 06 Nov 1994  8:49:37 GMT", false},
		{"a one-digit day", "Sun, 6 Nov 1994 08:49:37 GMT", false},
		{"a two-digit year", "Sun, 06 Nov 94 08:49:37 GMT", false},
		{"a fraction of a second", "Sun, 06 Nov 1994 08:49:37.5 GMT", false},
		{"asctime format with one space before the day", "Sun Nov 6 08:49:37 1994", false},
		{"another time zone", "Sun, 06 Nov 1994 08:49:37 AEST", false},
		{"RFC 850 format with another time zone", "Sunday, 06-Nov-94 08:49:37 AEST", false},
		{"UTC", "Sun, 06 Nov 1994 08:49:37 UTC", false},
		{"dashes", "Sun, 06-Nov-1994 08:49:37 GMT", false},
		{"no comma", "Sun 06 Nov 1994 08:49:37 GMT", false},
		{"periods in the time", "Sun, 06 Nov 1994 08.49.37 GMT", false},
		{"a day that does not exist", "Thu, 31 Nov 1994 08:49:37 GMT", false},
		{"a zone alone", " GMT", false},
		{"nothing", "", false},
		{"a long text", strings.Repeat("x", 1000), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := parseTime(test.date)
			equal(t, "ok", ok, test.ok)
			if ok && !got.Equal(want) {
				t.Errorf("time is %v, not %v", got, want)
			}
		})
	}
}
