package contentapi_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"larder/demo/contentapi"
)

// setFaults replaces the faults.
func setFaults(t *testing.T, base, faults string) {
	t.Helper()
	if response, body := ask(t, "PUT", base+"/_demo/faults", faults); response.StatusCode != 200 {
		t.Fatalf("%d: %s", response.StatusCode, body)
	}
}

func TestFaultsThatAnswer(t *testing.T) {
	base := start(t, contentapi.Options{})
	tests := []struct {
		name, faults, path string
		status             int
		want               string // in the body
	}{
		{"an error status", `{"status":503,"headers":{"Retry-After":"7"}}`, "/v2/posts/", 503, "503 Service Unavailable"},
		{"garbage with status 200", `{"garbage":true}`, "/v2/posts/", 200, "<!doctype html>"},
		{"a delay", `{"delay_ms":1}`, "/v2/tags/eggs/", 200, `"Eggs"`},
		{"a drip", `{"delay_ms_body":1,"drip_bytes":10}`, "/v2/tags/eggs/", 200, `"Eggs"`},
		{"other paths are not affected", `{"status":500,"path_prefix":"/v2/posts/"}`, "/v2/tags/eggs/", 200, `"Eggs"`},
		{"other methods are not affected", `{"status":500,"methods":["DELETE"]}`, "/v2/tags/eggs/", 200, `"Eggs"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			setFaults(t, base, test.faults)
			response, body := ask(t, "GET", base+test.path, "", reader)
			if response.StatusCode != test.status || !strings.Contains(string(body), test.want) {
				t.Errorf("%d: %s", response.StatusCode, body)
			}
			if test.status == 503 && response.Header.Get("Retry-After") != "7" {
				t.Error("the header is missing")
			}
		})
	}
}

// broken fetches a URL and returns the partial response and the error.
func broken(t *testing.T, address string) (*http.Response, []byte, error) {
	t.Helper()
	request, err := http.NewRequest("GET", address+"?auth_token=demo-token", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true}}).Do(request)
	if err != nil {
		return nil, nil, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response, body, err
}

func TestTruncateSendsLessThanContentLength(t *testing.T) {
	base := start(t, contentapi.Options{})
	_, whole := ask(t, "GET", base+"/v2/posts/", "", reader)
	setFaults(t, base, `{"truncate":100}`)
	response, body, err := broken(t, base+"/v2/posts/")
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatalf("ended with %v", err)
	}
	if string(body) != string(whole[:100]) || response.ContentLength != int64(len(whole)) {
		t.Errorf("%d bytes with Content-Length %d", len(body), response.ContentLength)
	}
}

func TestResetBreaksTheConnectionMidBody(t *testing.T) {
	base := start(t, contentapi.Options{})
	setFaults(t, base, `{"reset":true}`)
	_, body, err := broken(t, base+"/v2/posts/?page_size=100")
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("ended with %v after %d bytes", err, len(body))
	}
}

func TestHangNeverAnswers(t *testing.T) {
	base := start(t, contentapi.Options{})
	setFaults(t, base, `{"hang":true}`)
	ctx, cancel := context.WithCancel(t.Context())
	request, err := http.NewRequestWithContext(ctx, "GET", base+"/v2/posts/", nil)
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := client.Do(request)
		ended <- err
	}()
	arrived := false
	for range 10_000 {
		_, body := ask(t, "GET", base+"/_demo/requests", "")
		if arrived = at(t, body, "total") == 1.0; arrived {
			break
		}
	}
	if !arrived {
		t.Error("the request did not arrive")
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestGzipCanBeSwitchedOff(t *testing.T) {
	base := start(t, contentapi.Options{})
	setFaults(t, base, `{"gzip":false}`)
	response, _ := ask(t, "GET", base+"/v2/posts/", "", reader, "Accept-Encoding: gzip")
	if coding, present := response.Header["Content-Encoding"]; present {
		t.Errorf("Content-Encoding %q", coding)
	}
}

func TestFaultsEndWithTheirCount(t *testing.T) {
	base := start(t, contentapi.Options{})
	setFaults(t, base, `{"status":500,"count":2}`)
	for i, want := range []int{500, 500, 200} {
		if response, _ := ask(t, "GET", base+"/v2/posts/", "", reader); response.StatusCode != want {
			t.Errorf("request %d: status %d, want %d", i, response.StatusCode, want)
		}
	}
	setFaults(t, base, `{"status":500}`)
	ask(t, "DELETE", base+"/_demo/faults", "")
	if response, _ := ask(t, "GET", base+"/v2/posts/", "", reader); response.StatusCode != 200 {
		t.Errorf("status %d without faults", response.StatusCode)
	}
}

func TestInvalidFaultsAreRefused(t *testing.T) {
	base := start(t, contentapi.Options{})
	for name, faults := range map[string]string{
		"an unknown fault":         `{"delay":5}`,
		"a successful status":      `{"status":200}`,
		"a negative delay":         `{"delay_ms":-1}`,
		"a negative truncation":    `{"truncate":-1}`,
		"a delay that is too long": `{"delay_ms_body":99999999}`,
		"a negative count":         `{"count":-1}`,
		"a negative drip":          `{"drip_bytes":-1}`,
		"something not JSON":       `off`,
	} {
		t.Run(name, func(t *testing.T) {
			if response, body := ask(t, "PUT", base+"/_demo/faults", faults); response.StatusCode != 400 {
				t.Errorf("%d: %s", response.StatusCode, body)
			}
		})
	}
}
