package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// On a developer's machine all is plain HTTP: credentials are accepted, and no
// browser is told to use HTTPS.
func TestPlainHTTPWorksLocally(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/things/a/", respond(thing("a", "good")))
	for _, got := range []answer{
		edge.get(t, "/things/a/"),
		edge.get(t, "/things/a/", as(""), with("Authorization", "Bearer "+demoToken)),
		edge.purge(t, `{"keys":["thing:a"]}`),
	} {
		if got.status != http.StatusOK || got.header["Strict-Transport-Security"] != nil {
			t.Errorf("got %v with %v", got, got.header)
		}
	}
}

// Viceroy has no TLS, but takes the scheme of the URL from a request that gives
// it, and then has no TLS metadata.
func TestARequestForAnHTTPSURLIsAnsweredAsOne(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/things/a/", respond(thing("a", "good")))
	for _, scheme := range []string{"https", "HTTPS"} {
		got := edge.raw(t, fmt.Sprintf("GET %s://edge.example/things/a/ HTTP/1.1\r\nHost: edge.example\r\nConnection: close\r\n\r\n", scheme))
		if got.status != http.StatusOK || string(got.body) != thing("a", "good") {
			t.Errorf("%s: got %v", scheme, got)
		}
		if values := got.header["Strict-Transport-Security"]; strings.Join(values, "|") != "max-age=31536000" {
			t.Errorf("%s: Strict-Transport-Security is %q", scheme, values)
		}
	}
}
