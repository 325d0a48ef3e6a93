package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"larder/bench/hello"
)

func TestTheOriginsResponseIsJSONOfTheSameSizeAsHelloWorlds(t *testing.T) {
	recorder := httptest.NewRecorder()
	(&origin{}).ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, itemPath, nil))
	if body := recorder.Body.Bytes(); len(body) != hello.BodySize || !json.Valid(body) {
		t.Errorf("%d bytes, want %d of JSON: %.60s", len(body), hello.BodySize, body)
	}
}
