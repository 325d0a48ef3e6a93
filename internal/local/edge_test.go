package local

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"larder/bench/hello"
)

func TestAnEdgeAnswersUntilItIsClosed(t *testing.T) {
	wasm, err := Build(t.Context(), BuildOptions{Package: "./bench/hello/servemany", Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	edge, err := Start(t.Context(), Options{Wasm: wasm, Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(get(t, edge.URL()+"/")); got != hello.BodySize {
		t.Errorf("answer has %d bytes, want %d", got, hello.BodySize)
	}
	if strings.Contains(edge.Output(), "Listening") {
		t.Error("the line with the address is in the log")
	}
	for range 2 {
		if err := edge.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if connection, err := net.Dial("tcp", edge.Address()); err == nil {
		connection.Close()
		t.Error("a closed edge still accepts connections")
	}
	if _, err := os.Stat(edge.dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there (%v)", edge.dir, err)
	}
}

func TestAFileThatIsNotWasmIsAnError(t *testing.T) {
	wasm := filepath.Join(t.TempDir(), "main.wasm")
	if err := os.WriteFile(wasm, []byte("not wasm"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Start(t.Context(), Options{Wasm: wasm}); !errors.Is(err, ErrNotReady) {
		t.Errorf("error is %v, want one that wraps ErrNotReady", err)
	}
}

func TestAFailedBuildQuotesTheCompiler(t *testing.T) {
	_, err := Build(t.Context(), BuildOptions{Package: "./no/such/package", Dir: t.TempDir()})
	if err == nil || !strings.Contains(err.Error(), "no/such/package") {
		t.Errorf("error is %v, want one that names the package", err)
	}
}
