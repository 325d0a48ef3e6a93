package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"larder/internal/local"
)

const ownConfiguration = `{
  "origins": [{"name": "shop", "host": "shop.example"}],
  "lifetimes": {"ttl": "1h"},
  "routes": [{"name": "teas", "path": "/teas/", "keys": ["teas"]%s}]
}`

// A developer's own configuration is served before the developer's own API, and
// again whenever its file changes.
func TestOwnConfigurationIsServedAndWatched(t *testing.T) {
	hosts := make(chan string, 100)
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hosts <- r.Host
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"query":%q}`, r.URL.RawQuery)
	}))
	defer api.Close()
	file := filepath.Join(t.TempDir(), "shop.json")
	write(t, file, fmt.Sprintf(ownConfiguration, ""))
	address, err := local.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(address)
	env := map[string]string{"CONFIG": file, "ORIGIN": api.URL, "LARDER_EDGE_PORT": port}

	ctx, stop := context.WithCancel(t.Context())
	reader, writer := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- run(ctx, func(name string) string { return env[name] }, strings.NewReader(""), writer)
		writer.Close()
	}()
	output := bufio.NewScanner(reader)
	await := func(part string) {
		t.Helper()
		for output.Scan() {
			t.Log(output.Text())
			if strings.Contains(output.Text(), part) {
				return
			}
		}
		t.Fatalf("the command ended before it said %q", part)
	}

	await("explain")
	base := "http://" + address
	if got := get(t, base+"/teas/?colour=green"); got != `{"query":""}` {
		t.Errorf("a response has %s, want no parameter of the query to have reached the API", got)
	}
	for len(hosts) > 1 {
		<-hosts // Viceroy's own request
	}
	if host := <-hosts; host != strings.TrimPrefix(api.URL, "http://") {
		t.Errorf("the API is asked as %s, want its own address", host)
	}
	get(t, base+"/coffees/")
	await("no route matches GET /coffees/")

	write(t, file, fmt.Sprintf(ownConfiguration, `, "quarry": {}`))
	await(`unknown member "quarry"; did you mean "query"?`)
	if got := get(t, base+"/teas/"); got != `{"query":""}` {
		t.Errorf("after a mistake the edge answers %s", got)
	}
	write(t, file, fmt.Sprintf(ownConfiguration, `, "query": {"colour": null}`))
	await("running with the new")
	if got := get(t, base+"/teas/?colour=green"); got != `{"query":"colour=green"}` {
		t.Errorf("after a change a response has %s, want the listed parameter", got)
	}

	stop()
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	if err := <-ended; err != nil {
		t.Errorf("after an interrupt the command ended with: %v", err)
	}
	if err := local.CheckFree(address); err != nil {
		t.Errorf("the edge is still running: %v", err)
	}
}

func TestWrongOrigins(t *testing.T) {
	hostless := filepath.Join(t.TempDir(), "hostless.json")
	write(t, hostless, `{"origins": [{"name": "a"}], "routes": [{"name": "all", "path": "/{path...}"}]}`)
	for _, c := range []struct{ name, config, origin, want string }{
		{"an address without a scheme", "", "api.example.com", "ORIGIN=api.example.com: want the address of an API"},
		{"another scheme", "", "ftp://api.example.com", "want the address of an API"},
		{"a path", "", "https://api.example.com/v2/", "want an address without a path"},
		{"a configuration that is not there", "missing.json", "", "missing.json"},
		{"an origin without a host", hostless, "", `origin "a" of ` + hostless + " has no host\nhint: say where your API is: make serve CONFIG="},
	} {
		t.Run(c.name, func(t *testing.T) {
			env := map[string]string{"CONFIG": c.config, "ORIGIN": c.origin}
			own, ok, err := newOwnAPI(func(name string) string { return env[name] }, t.Output())
			if err == nil && ok {
				_, err = own.build(t.Context())
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v, want %q in it", err, c.want)
			}
		})
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, url string) string {
	t.Helper()
	client := http.Client{Timeout: time.Minute}
	response, err := client.Get(url)
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
