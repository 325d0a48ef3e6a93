package local

import (
	"errors"
	"os/exec"
	"strings"
	"testing"
)

// A database server ignores an interrupt, and announces itself late.
func TestAServerOfAnotherProgramEndsAtCloseThoughItIgnoresInterrupts(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip(err)
	}
	options := ServerOptions{
		Name: "other", Path: shell, Log: t.Output(), Env: []string{"WHERE=a.sock"},
		Args: []string{"-c", `trap '' INT; trap 'echo bye; exit 0' TERM; echo starting; echo "ready at $WHERE"; while :; do sleep 0.01; done`},
		Announced: func(line string) (string, bool) {
			_, address, ok := strings.Cut(line, "ready at ")
			return address, ok
		},
	}
	server, err := StartServer(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if server.Address() != "a.sock" {
		t.Errorf("its address is %q", server.Address())
	}
	for range 2 {
		if err := server.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if !strings.Contains(server.Output(), "bye") {
		t.Errorf("it was killed; its output is %q", server.Output())
	}

	options.Args = []string{"-c", "echo no database >&2; exit 3"}
	if _, err := StartServer(t.Context(), options); !errors.Is(err, ErrNotReady) || !strings.Contains(err.Error(), "no database") {
		t.Errorf("one that ends gives %v", err)
	}
}
