package local

import (
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"
)

func TestAKilledDemoRefusesConnectionsUntilItsRestart(t *testing.T) {
	demo := startFake(t)
	address := demo.Address()
	if got := get(t, demo.URL()); got != "start 1" {
		t.Fatalf("first answer is %q, want %q", got, "start 1")
	}

	demo.Kill()
	if connection, err := net.Dial("tcp", address); err == nil {
		connection.Close()
		t.Error("a killed demo still accepts connections")
	}

	if err := demo.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if demo.Address() != address {
		t.Errorf("the demo came back on %s, want %s", demo.Address(), address)
	}
	if got := get(t, demo.URL()); got != "start 2" {
		t.Errorf("answer after the restart is %q, want %q", got, "start 2")
	}
}

func TestDemosDoNotShareAPort(t *testing.T) {
	first, second := startFake(t), startFake(t)
	if first.Address() == second.Address() {
		t.Errorf("both demos listen on %s", first.Address())
	}
}

func TestADemoThatEndsBeforeItListensIsAnErrorWithItsOutput(t *testing.T) {
	_, err := StartDemo(t.Context(), DemoOptions{Binary: thisBinary(t), Flags: []string{"-fail"}})
	if !errors.Is(err, ErrNotReady) {
		t.Fatalf("error is %v, want one that wraps ErrNotReady", err)
	}
	if !strings.Contains(err.Error(), "the pantry is empty") {
		t.Errorf("error %q does not quote the program", err)
	}
}

func TestAnAddressInUseIsNamed(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	address := taken.Addr().String()

	_, err = StartDemo(t.Context(), DemoOptions{Binary: thisBinary(t), Address: address})
	if !errors.Is(err, ErrAddressInUse) || !strings.Contains(err.Error(), address) {
		t.Errorf("demo's error is %v, want ErrAddressInUse with the address", err)
	}
	_, err = Start(t.Context(), Options{Wasm: "none.wasm", Address: address})
	if !errors.Is(err, ErrAddressInUse) || !strings.Contains(err.Error(), address) {
		t.Errorf("edge's error is %v, want ErrAddressInUse with the address", err)
	}
}

func TestClosingADemoRemovesItsContent(t *testing.T) {
	demo := startFake(t)
	dir := demo.dir
	for range 2 {
		if err := demo.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there (%v)", dir, err)
	}
}

func startFake(t *testing.T) *Demo {
	t.Helper()
	demo, err := StartDemo(t.Context(), DemoOptions{Binary: thisBinary(t), Log: t.Output()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := demo.Close(); err != nil {
			t.Error(err)
		}
	})
	return demo
}

func thisBinary(t *testing.T) string {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func get(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
