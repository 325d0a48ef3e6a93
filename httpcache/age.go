package httpcache

import (
	"net/http"
	"strconv"
	"time"
)

// FormatAge writes an age for the Age field (RFC 9111 §5.1): whole seconds,
// rounded down, zero or more.
func FormatAge(age time.Duration) string {
	return strconv.FormatInt(int64(max(0, age)/time.Second), 10)
}

// initialAge is the corrected_initial_age of RFC 9111 §4.2.3.
func initialAge(resp *Response) time.Duration {
	apparent := clampDelta(resp.ResponseTime.Sub(dateOf(resp)))
	delay := clampDelta(resp.ResponseTime.Sub(resp.RequestTime))
	return clampDelta(max(apparent, ageValue(resp.Header)+delay))
}

// ageValue reads the Age field. RFC 9111 §5.1: in a list the first member
// counts, and an invalid value is ignored.
func ageValue(h http.Header) time.Duration {
	for member := range listElements(h["Age"]) {
		age, _ := parseDelta(member) // an invalid Age is ignored: zero
		return age
	}
	return 0
}

// dateOf returns the response's Date, or the time of receipt if Date is absent
// or invalid (RFC 9110 §6.6.1).
func dateOf(resp *Response) time.Time {
	if date, ok := timeField(resp.Header, "Date"); ok {
		return date
	}
	return resp.ResponseTime
}
