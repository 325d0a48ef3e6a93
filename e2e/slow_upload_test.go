package e2e

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// echo reads the request's body to its end and says how long it was. It says
// nothing if the body broke off.
func echo(w http.ResponseWriter, r *http.Request) {
	n, err := io.Copy(io.Discard, r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // net/http's way to break off an answer
	}
	respond(fmt.Sprintf(`{"received":%d}`, n))(w, r)
}

// slowly sends a chunked body, piece by piece at this pace.
func slowly(pieces int, piece string, pace time.Duration) option {
	return func(r *http.Request) {
		reader, writer := io.Pipe()
		r.Body, r.ContentLength = reader, -1
		go func() {
			tick := time.NewTicker(pace)
			defer tick.Stop()
			for range pieces {
				if _, err := io.WriteString(writer, piece); err != nil {
					return // the edge has had enough, which the test sees by itself
				}
				<-tick.C
			}
			writer.Close() //nolint:errcheck // it never fails
		}()
	}
}

// The upload takes twice as long as first_byte_timeout, which is a second.
func TestAnUploadMayTakeLongerThanFirstByteTimeout(t *testing.T) {
	s := beginSingleOrigin(t)
	const pieces, piece = 8, "a piece of the upload, "
	upload := slowly(pieces, piece, 250*time.Millisecond)
	t.Run("the client gets the origin's answer", func(t *testing.T) {
		const path = "/forms/slow-upload/"
		s.origin.script(path, echo)
		got := s.get(t, path, method(http.MethodPost), upload)
		if want := fmt.Sprintf(`{"received":%d}`, pieces*len(piece)); got.status != http.StatusOK || string(got.body) != want {
			t.Errorf("want %s from the origin; got %d %v", want, got.status, got)
		}
		if n := len(s.origin.requests(path)); n != 1 {
			t.Errorf("the origin received %d requests, want one", n)
		}
	})
	t.Run("the time limit counts from its end", func(t *testing.T) {
		const path = "/forms/slow-upload-without-answer/"
		uploaded := make(chan struct{}, 1)
		s.origin.script(path, func(w http.ResponseWriter, r *http.Request) {
			if _, err := io.Copy(io.Discard, r.Body); err == nil {
				uploaded <- struct{}{}
			}
			hang(w, r)
		})
		got := s.get(t, path, method(http.MethodPost), upload)
		got.wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
		if len(uploaded) == 0 {
			t.Error("the edge gave up before the origin had the whole upload")
		}
	})
	t.Run("a large upload arrives whole", func(t *testing.T) {
		const path = "/forms/large-upload/"
		s.origin.script(path, echo)
		body := strings.Repeat("upload ", 300_000)
		for name, send := range map[string]option{"with a Content-Length": sending(body), "in chunks": slowly(1, body, time.Millisecond)} {
			got := s.get(t, path, method(http.MethodPost), send)
			if want := fmt.Sprintf(`{"received":%d}`, len(body)); got.status != http.StatusOK || string(got.body) != want {
				t.Errorf("%s: want %s from the origin; got %d %v", name, want, got.status, got)
			}
		}
	})
	t.Run("the circuit stays closed", func(t *testing.T) { s.wantHealthy(t, "beside-slow-uploads", 5) })
}
