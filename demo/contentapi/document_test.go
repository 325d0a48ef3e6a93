package contentapi_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"

	"larder/demo/contentapi"
)

func TestConditionalRequests(t *testing.T) {
	base := start(t, contentapi.Options{})
	address := base + "/v2/posts/sharp-enough/"
	plain, _ := ask(t, "GET", address, "", reader)
	packed, _ := ask(t, "GET", address, "", reader, "Accept-Encoding: gzip")
	etag, date := plain.Header.Get("ETag"), plain.Header.Get("Last-Modified")
	if etag == packed.Header.Get("ETag") {
		t.Error("a strong ETag must differ between codings")
	}
	tests := []struct {
		name, header string
		status       int
	}{
		{"the ETag matches", "If-None-Match: " + etag, 304},
		{"the other coding's ETag matches", "If-None-Match: " + packed.Header.Get("ETag"), 304},
		{"a weak copy of the ETag matches", "If-None-Match: W/" + etag, 304},
		{"one of several matches", `If-None-Match: "a", ` + etag, 304},
		{"a star matches", "If-None-Match: *", 304},
		{"another ETag does not", `If-None-Match: "a"`, 200},
		{"the date matches", "If-Modified-Since: " + date, 304},
		{"an older date does not", "If-Modified-Since: Mon, 01 Jan 2024 00:00:00 GMT", 200},
		{"an invalid date does not", "If-Modified-Since: yesterday", 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, body := ask(t, "GET", address, "", reader, test.header)
			if response.StatusCode != test.status {
				t.Fatalf("status %d, want %d", response.StatusCode, test.status)
			}
			if test.status == 304 && len(body) > 0 {
				t.Errorf("304 with a body: %s", body)
			}
		})
	}
	t.Run("If-None-Match takes precedence over the date", func(t *testing.T) {
		response, _ := ask(t, "GET", address, "", reader, `If-None-Match: "a"`, "If-Modified-Since: "+date)
		if response.StatusCode != 200 {
			t.Errorf("status %d", response.StatusCode)
		}
	})
	t.Run("an edit changes the ETag of its neighbours", func(t *testing.T) {
		ask(t, "PATCH", base+"/v2/posts/seven-at-table/", `{"title":"Eight at table"}`, writer)
		response, body := ask(t, "GET", address, "", reader, "If-None-Match: "+etag)
		if response.StatusCode != 200 || at(t, body, "meta", "next_post", "title") != "Eight at table" {
			t.Errorf("status %d: %s", response.StatusCode, body)
		}
	})
}

func TestGzip(t *testing.T) {
	base := start(t, contentapi.Options{})
	_, plain := ask(t, "GET", base+"/v2/posts/", "", reader)
	for accept, want := range map[string]string{"gzip": "gzip", "br, gzip;q=0.5": "gzip", "*": "gzip", "gzip;q=0": "", "br": "", "": ""} {
		t.Run("Accept-Encoding "+accept, func(t *testing.T) {
			response, body := ask(t, "GET", base+"/v2/posts/", "", reader, "Accept-Encoding: "+accept)
			coding, present := response.Header["Content-Encoding"]
			if present != (want != "") || present && coding[0] != want {
				t.Fatalf("Content-Encoding %q, want %q", coding, want)
			}
			if want == "gzip" {
				unpack, err := gzip.NewReader(bytes.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				if body, err = io.ReadAll(unpack); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(body, plain) {
				t.Error("the body differs")
			}
		})
	}
}
