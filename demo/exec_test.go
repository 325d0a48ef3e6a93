package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

// run starts the program and returns its address and a function that stops it.
func run(t *testing.T, args ...string) (addr string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		err := exec(ctx, append([]string{"-addr", "127.0.0.1:0"}, args...), in, io.Discard)
		in.CloseWithError(io.EOF)
		ended <- err
	}()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("no address: %v (%v)", err, <-ended)
	}
	var printed struct{ Addr string }
	if err := json.Unmarshal([]byte(line), &printed); err != nil {
		t.Fatalf("%v in %q", err, line)
	}
	return printed.Addr, func() error {
		cancel()
		return <-ended
	}
}

// get fetches a URL.
func get(t *testing.T, address string) (*http.Response, string) {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, string(body)
}

func TestProgramServesAndStops(t *testing.T) {
	addr, stop := run(t)
	for path, want := range map[string]string{
		"/v2/posts/?auth_token=demo-token": `"count":62`,
		"/site/":                           "Notes from the larder",
		"/site/app.js":                     "Cache-Status",
		"/_demo/faults":                    `"delay_ms":0`,
	} {
		if response, body := get(t, "http://"+addr+path); response.StatusCode != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d, %.100s", path, response.StatusCode, body)
		}
	}
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
}

func TestProgramStopsWhileRequestsHang(t *testing.T) {
	addr, stop := run(t, "-standby")
	request, err := http.NewRequest("PUT", "http://"+addr+"/_demo/faults", strings.NewReader(`{"hang":true}`))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	response.Body.Close()
	if got := response.Header.Get("X-Origin"); got != "standby" {
		t.Errorf("X-Origin %q", got)
	}
	ended := make(chan error, 1)
	go func() {
		response, err := http.Get("http://" + addr + "/v2/posts/")
		if err == nil {
			response.Body.Close()
		}
		ended <- err
	}()
	if err := stop(); err != nil {
		t.Errorf("stopped with %v", err)
	}
	if err := <-ended; err == nil {
		t.Error("a hanging request was answered")
	}
}

func TestProgramRefusesInvalidArguments(t *testing.T) {
	for name, args := range map[string][]string{
		"an unknown flag":                {"-port", "1"},
		"an argument":                    {"8080"},
		"a header without a value":       {"-webhook-header", "X-Secret"},
		"an invalid address":             {"-addr", "nowhere"},
		"a database in a missing folder": {"-addr", "127.0.0.1:0", "-db", t.TempDir() + "/a/b"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := exec(t.Context(), args, io.Discard, io.Discard); err == nil {
				t.Error("it ran")
			}
		})
	}
}

func TestTargets(t *testing.T) {
	s, err := parse([]string{"-purge-url", "http://a/", "-purge-url", "http://b/", "-purge-token", "p",
		"-webhook-url", "http://c/", "-webhook-header", "X-Secret: abc"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	targets := s.targets()
	if len(targets) != 3 || targets[1].URL != "http://b/" || targets[1].TenantParameter != "auth_token" {
		t.Fatalf("%+v", targets)
	}
	if got := targets[0].Header.Get("Authorization"); got != "Bearer p" {
		t.Errorf("purge header %q", got)
	}
	if got := targets[2].Header.Get("X-Secret"); got != "abc" {
		t.Errorf("webhook header %q", got)
	}
}
