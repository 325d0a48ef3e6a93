package contentapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"larder/demo/content"
	"larder/demo/contentapi"
)

// start serves the demo's content and returns its base URL.
func start(t testing.TB, options contentapi.Options) string {
	t.Helper()
	store, err := contentapi.Open("", content.Files())
	if err != nil {
		t.Fatal(err)
	}
	api := contentapi.New(store, options)
	server := httptest.NewServer(api)
	t.Cleanup(func() {
		server.Close()
		if err := api.Close(context.Background()); err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.URL
}

// client does not follow redirects and does not decompress.
var client = &http.Client{
	Transport:     &http.Transport{DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

// ask sends a request with "Name: value" headers.
func ask(t testing.TB, method, address, body string, headers ...string) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for _, header := range headers {
		if name, value, found := strings.Cut(header, ": "); found {
			request.Header.Set(name, value)
		}
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, got
}

const (
	reader = "Authorization: Token demo-token"
	writer = "Authorization: Token demo-write-token"
)

// at finds a value in JSON by member names and array indices.
func at(t testing.TB, body []byte, path ...any) any {
	t.Helper()
	var value any
	if err := json.Unmarshal(body, &value); err != nil {
		t.Fatalf("%v in %.200s", err, body)
	}
	for _, step := range path {
		switch step := step.(type) {
		case string:
			object, _ := value.(map[string]any)
			value = object[step]
		case int:
			array, _ := value.([]any)
			if step >= len(array) {
				return nil
			}
			value = array[step]
		}
	}
	return value
}
