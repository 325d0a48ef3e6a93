package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"larder/internal/local"
)

// TestMain makes the test binary double as the command, so that a test can
// interrupt it like a terminal.
func TestMain(m *testing.M) {
	if os.Getenv("LARDER_TEST_SERVE") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestEverythingRunsUntilAnInterruptAndThenStops(t *testing.T) {
	var ports []string
	env := os.Environ()
	for _, variable := range []string{"LARDER_EDGE_PORT", "LARDER_ORIGIN_PORT", "LARDER_STANDBY_PORT"} {
		address, err := local.FreeAddress()
		if err != nil {
			t.Fatal(err)
		}
		ports = append(ports, address)
		_, port, _ := net.SplitHostPort(address)
		env = append(env, variable+"="+port)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(env, "LARDER_TEST_SERVE=1")
	cmd.Stderr = t.Output()
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}

	try := commandToTry(t, output)
	for range 2 {
		response, err := http.Get(try)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || len(body) == 0 {
			t.Errorf("%s: %s, %d bytes, %v", try, response.Status, len(body), err)
		}
	}

	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after an interrupt the command ended with: %v", err)
	}
	for _, address := range ports {
		if err := local.CheckFree(address); err != nil {
			t.Errorf("a process is still running: %v", err)
		}
	}
}

// commandToTry reads the command's output to the end of its greeting and
// returns the URL of the first command to try. The rest goes into the log.
func commandToTry(t *testing.T, output io.Reader) string {
	t.Helper()
	url := ""
	scanner := bufio.NewScanner(output)
	for scanner.Scan() {
		line := scanner.Text()
		t.Log(line)
		if _, quoted, ok := strings.Cut(line, "curl -i '"); ok && url == "" {
			url = strings.TrimSuffix(quoted, "'")
		}
		if strings.Contains(line, "the Enter key") {
			go func() { _, _ = io.Copy(io.Discard, output) }()
			return url
		}
	}
	t.Fatalf("the command ended before its greeting: %v", scanner.Err())
	return ""
}

func TestPorts(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	_, port, _ := net.SplitHostPort(taken.Addr().String())

	for _, c := range []struct {
		name string
		port string
		want string
	}{
		{"a port in use is named with the variable that changes it", port, "port " + port + " is taken\nhint: stop the program that listens there, or use one that is free: make serve LARDER_EDGE_PORT="},
		{"a word is not a port", "http", "LARDER_EDGE_PORT=http: want a port"},
		{"port 0 is refused", "0", "LARDER_EDGE_PORT=0: want a port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := chooseAddresses(func(variable string) string {
				if variable == "LARDER_EDGE_PORT" {
					return c.port
				}
				return ""
			})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q in it", err, c.want)
			}
		})
	}
}
