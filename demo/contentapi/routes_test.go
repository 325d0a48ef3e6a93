package contentapi_test

import (
	"testing"

	"larder/demo/contentapi"
)

func TestMethodsAndRedirects(t *testing.T) {
	base := start(t, contentapi.Options{})
	tests := []struct {
		name, method, path string
		status             int
		header, want       string
	}{
		{"a missing slash is redirected, with the query", "GET", "/v2/posts?page=2", 301, "Location", "/v2/posts/?page=2"},
		{"a redirect keeps the encoding", "GET", "/v2/posts/%E5%91%B3", 301, "Location", "/v2/posts/%E5%91%B3/"},
		{"an edit is redirected with its method", "PATCH", "/v2/posts/x", 308, "Location", "/v2/posts/x/"},
		{"a method that is not allowed gets an Allow header", "DELETE", "/v2/posts/", 405, "Allow", "GET, HEAD, POST"},
		{"HEAD has the length of GET", "HEAD", "/v2/tags/eggs/", 200, "Content-Length", "38"},
		{"a primary is named", "GET", "/v2/tags/eggs/", 200, "X-Origin", "primary"},
		{"a preview must not be stored", "GET", "/v2/tags/eggs/?preview=1", 200, "Cache-Control", "private, no-store"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, _ := ask(t, test.method, base+test.path, "", reader)
			if response.StatusCode != test.status {
				t.Fatalf("status %d, want %d", response.StatusCode, test.status)
			}
			if got := response.Header.Get(test.header); got != test.want {
				t.Errorf("%s: %q, want %q", test.header, got, test.want)
			}
		})
	}
}

func TestAStandbyIsReadOnlyWithTheSameContent(t *testing.T) {
	primary, standby := start(t, contentapi.Options{}), start(t, contentapi.Options{Standby: true})
	one, _ := ask(t, "GET", primary+"/v2/posts/", "", reader)
	two, _ := ask(t, "GET", standby+"/v2/posts/", "", reader)
	if one.Header.Get("ETag") != two.Header.Get("ETag") {
		t.Error("the standby has other content")
	}
	if got := two.Header.Get("X-Origin"); got != "standby" {
		t.Errorf("X-Origin %q", got)
	}
	response, _ := ask(t, "DELETE", standby+"/v2/posts/sharp-enough/", "", writer)
	if response.StatusCode != 403 {
		t.Errorf("a standby accepted an edit: %d", response.StatusCode)
	}
}
