package local

import (
	"fmt"
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	for _, c := range []struct {
		name  string
		write []string
		log   string
		found string
	}{
		{"each line gets the prefix", []string{"a\nb\n"}, "x: a\nx: b\n", ""},
		{"a line may come in pieces", []string{"a", "b\nc", "\n"}, "x: ab\nx: c\n", ""},
		{"only the first announcement is removed", []string{"at=1\nat=2\n"}, "x: at=2\n", "1"},
		{"carriage returns are dropped", []string{"a\r\n"}, "x: a\n", ""},
		{"a line without an end is not written yet", []string{"a"}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log strings.Builder
			output := newLines("x: ", &log, func(line string) (string, bool) {
				return strings.CutPrefix(line, "at=")
			})
			for _, piece := range c.write {
				fmt.Fprint(output, piece)
			}
			found := ""
			select {
			case found = <-output.found:
			default:
			}
			if log.String() != c.log || found != c.found {
				t.Errorf("log %q, found %q; want %q, %q", log.String(), found, c.log, c.found)
			}
		})
	}
}

func TestLinesRemembersTheLastOnesAndBoundsEach(t *testing.T) {
	output := newLines("", nil, nil)
	for i := range tailLines + 5 {
		fmt.Fprintln(output, i)
	}
	if tail := output.tail(); !strings.HasPrefix(tail, "5\n6\n") {
		t.Errorf("tail is %q, want it to begin with line 5", tail)
	}
	fmt.Fprint(output, strings.Repeat("x", 2*maxLine))
	if n := len(output.partial); n >= maxLine {
		t.Errorf("%d bytes of an endless line are buffered", n)
	}
}
