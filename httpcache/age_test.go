package httpcache

import (
	"testing"
	"time"
)

func TestInitialAge(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		delay time.Duration
		want  time.Duration
	}{
		{"nothing says that it is old", nil, 0, 0},
		{"Age counts", []string{"Age: 30"}, 0, 30 * time.Second},
		{"the time on the way is added to Age", []string{"Age: 30"}, 5 * time.Second, 35 * time.Second},
		{"an old Date counts (apparent age)", []string{"Date: " + httpDate(-time.Hour)}, 0, time.Hour},
		{"the greater of Date and Age counts", []string{"Age: 30", "Date: " + httpDate(-time.Hour)}, 0, time.Hour},
		{"a Date in the future is no age", []string{"Date: " + httpDate(time.Hour)}, 0, 0},
		{"the first of a list counts", []string{"Age: 0, 7200"}, 0, 0},
		{"the first of a list counts, when old too", []string{"Age: 7200,0"}, 0, 2 * time.Hour},
		{"the first line counts", []string{"Age: 7200", "Age: 0"}, 0, 2 * time.Hour},
		{"an invalid value is ignored", []string{"Age: abc"}, 0, 0},
		{"a negative value is ignored", []string{"Age: -7200"}, 0, 0},
		{"a decimal is ignored", []string{"Age: 7200.0"}, 0, 0},
		{"a huge value is 2^31 seconds", []string{"Age: 99999999999999999999"}, 0, maxDelta},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resp := received(200, test.lines...)
			resp.RequestTime = now.Add(-test.delay)
			equal(t, "age", initialAge(resp), test.want)
		})
	}
}

func TestFormatAge(t *testing.T) {
	equal(t, "age", FormatAge(1999*time.Millisecond), "1")
	equal(t, "negative age", FormatAge(-time.Hour), "0")
}
