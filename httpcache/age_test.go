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
		{"without Age and an old Date the age is zero", nil, 0, 0},
		{"Age is used", []string{"Age: 30"}, 0, 30 * time.Second},
		{"the response delay is added to Age", []string{"Age: 30"}, 5 * time.Second, 35 * time.Second},
		{"an old Date gives the apparent age", []string{"Date: " + httpDate(-time.Hour)}, 0, time.Hour},
		{"the greater of apparent and received age is used", []string{"Age: 30", "Date: " + httpDate(-time.Hour)}, 0, time.Hour},
		{"a Date in the future gives no age", []string{"Date: " + httpDate(time.Hour)}, 0, 0},
		{"the first member of a list is used", []string{"Age: 0, 7200"}, 0, 0},
		{"the first member of a list is used even if it is greater", []string{"Age: 7200,0"}, 0, 2 * time.Hour},
		{"the first line is used", []string{"Age: 7200", "Age: 0"}, 0, 2 * time.Hour},
		{"an invalid value is ignored", []string{"Age: abc"}, 0, 0},
		{"a negative value is ignored", []string{"Age: -7200"}, 0, 0},
		{"a decimal is ignored", []string{"Age: 7200.0"}, 0, 0},
		{"a huge value is clamped to 2^31 seconds", []string{"Age: 99999999999999999999"}, 0, maxDelta},
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
