package local

import (
	"io"
	"strings"
	"testing"
)

func TestALogShowsACrashUnlessAnAnswerWasBrokenOffOnPurpose(t *testing.T) {
	for _, c := range []struct{ name, text, crash string }{
		{"nothing", "", ""},
		{"ordinary lines", "edge: fetch /a/: refused\n", ""},
		{"a panic", "edge: GET /a/: panic: nil map\n", "nil map"},
		{"a panic of Viceroy's own", "edge: thread 'tokio-rt-worker' panicked at src/body_tee.rs:75:14\nedge: 1: core::panicking::panic_fmt\n", ""},
		{"a trap", "edge: wasm trap: unreachable\n", "unreachable"},
		{"an answer broken off", "edge: GET /a/: the body was cut short: eof\nedge: exited with error: 1\n", ""},
		{"and then a crash", "edge: GET /a/: the body was cut short: eof\nedge: exited with error: 1\nedge: exited with error: 2\n", "exited with error: 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log Log
			io.WriteString(&log, "edge: fatal error of an earlier test\n") //nolint:errcheck // it never fails
			before := log.Size()
			io.WriteString(&log, c.text) //nolint:errcheck // as above
			if got := log.Crash(before); !strings.Contains(got, c.crash) || (got == "") != (c.crash == "") {
				t.Errorf("the crash is %q, want %q", got, c.crash)
			}
		})
	}
}
