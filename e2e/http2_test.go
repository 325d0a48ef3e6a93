package e2e

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// http2 is a client that speaks HTTP/2 from its first byte (RFC 9113 §3.3).
func http2(t *testing.T) *http.Client {
	t.Helper()
	transport := &http.Transport{DisableCompression: true, Protocols: new(http.Protocols)}
	transport.Protocols.SetUnencryptedHTTP2(true)
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: client.Timeout}
}

// received is what the origin reads of a request.
type received struct {
	body             string
	length           int64
	transferEncoding []string
}

// recordUpload answers with 200 and keeps what arrived.
func recordUpload(t *testing.T, got *received) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("the origin reads the body: %v", err)
		}
		*got = received{string(data), r.ContentLength, r.TransferEncoding}
		respond(thing("upload", "Taken."))(w, r)
	}
}

func TestABodyOverHTTP2WithoutALengthReachesTheOrigin(t *testing.T) {
	edge, origin := beginScripted(t)
	for _, c := range []struct{ name, method, path, body string }{
		{"a small one", http.MethodPost, "/things/upload/", "a small body"},
		{"a large one", http.MethodPut, "/things/upload/", strings.Repeat("a large body ", 50_000)},
		{"one of a DELETE", http.MethodDelete, "/things/upload/", "a reason"},
		{"one of a GET that passes through", http.MethodGet, "/things/upload/?preview=1", "a question"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got received
			origin.script("/things/upload/", recordUpload(t, &got))
			request, err := http.NewRequest(c.method, edge.URL()+c.path, io.MultiReader(strings.NewReader(c.body)))
			if err != nil {
				t.Fatal(err)
			}
			answer, err := http2(t).Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if answer.ProtoMajor != 2 || answer.StatusCode != http.StatusOK {
				t.Errorf("the answer is %s %s", answer.Proto, answer.Status)
			}
			if got.body != c.body {
				t.Errorf("the origin got %d bytes of %d", len(got.body), len(c.body))
			}
		})
	}
}

func TestARequestWithoutABodyIsNotChunked(t *testing.T) {
	edge, origin := beginScripted(t)
	for _, method := range []string{http.MethodGet, http.MethodDelete, http.MethodPost, http.MethodOptions} {
		for name, client := range map[string]*http.Client{"HTTP/1.1": client, "HTTP/2": http2(t)} {
			t.Run(method+" over "+name, func(t *testing.T) {
				got := received{length: -2}
				origin.script("/things/upload/", recordUpload(t, &got))
				request, err := http.NewRequest(method, edge.URL()+"/things/upload/?preview=1", nil)
				if err != nil {
					t.Fatal(err)
				}
				answer, err := client.Do(request)
				if err != nil {
					t.Fatal(err)
				}
				answer.Body.Close()
				if got.length != 0 || len(got.transferEncoding) > 0 {
					t.Errorf("the origin got Content-Length %d, Transfer-Encoding %v", got.length, got.transferEncoding)
				}
			})
		}
	}
}

func TestASmallUploadHasALengthAtTheOrigin(t *testing.T) {
	edge, origin := beginScripted(t)
	var got received
	origin.script("/things/upload/", recordUpload(t, &got))
	edge.get(t, "/things/upload/", method(http.MethodPost), sending("a form"))
	if got.body != "a form" || got.length != 6 || len(got.transferEncoding) > 0 {
		t.Errorf("the origin got %+v", got)
	}
}
