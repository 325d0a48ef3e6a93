package e2e

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

const head = "HTTP/1.1 200 OK\r\nContent-Type: application/json"

// status answers with an error, and a body that must not be kept.
func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(code)
		fmt.Fprintf(w, `{"data":{"slug":"a","text":"error %d"}}`, code)
	}
}

// drip sends the beginning of a body, byte by byte and without an end, until
// the edge has had enough.
func drip(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	out := http.NewResponseController(w)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for _, b := range []byte(`{"data":{"slug":"a","text":"` + strings.Repeat("drip ", 1000)) {
		if _, err := w.Write([]byte{b}); err != nil || out.Flush() != nil {
			return
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			return
		}
	}
}

// hang takes the request and does not answer.
func hang(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// gzipped compresses what another script says.
func gzipped(t *testing.T, body string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := io.WriteString(w, body)
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// compressed sends bytes as a gzip'd body with a right Content-Length.
func compressed(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(body) //nolint:errcheck // an edge that is gone fails the test itself
	}
}

// Answers that must never be kept: where there is a copy it stands in for them,
// otherwise the client gets a problem, and never a success.
func TestABadAnswerIsNeverKept(t *testing.T) {
	packed := gzipped(t, thing("a", strings.Repeat("packed ", 200)))
	for _, c := range []struct {
		name string
		bad  http.HandlerFunc
	}{
		{"500", status(500)},
		{"502", status(502)},
		{"503", status(503)},
		{"504", status(504)},
		{"a body that is no JSON", say("<!doctype html><p>Welcome to your new server")},
		{"JSON that is cut short under a right length", say(`{"data":{"slug":"a","text":"cut sh`)},
		{"an empty body", say("")},
		{"a body shorter than its Content-Length", raw(head, "Content-Length: 1000", "", thing("a", "short"))},
		{"chunks without the last one", raw(head, "Transfer-Encoding: chunked", "", "5", `{"dat`, "")},
		{"a chunk that is cut short", raw(head, "Transfer-Encoding: chunked", "", "ff", `{"data":{"slug":"a"`)},
		{"chunks of no known length", raw(head, "Transfer-Encoding: chunked", "", "zz", thing("a", "odd"), "0", "", "")},
		{"a reset in the middle of the body", reset(head, "Content-Length: 1000", "", `{"data":`)},
		{"a reset before the answer", reset()},
		{"a connection that is closed before the answer", raw()},
		{"an answer that is no HTTP", raw("220 mail.example ESMTP ready", "")},
		{"a header that does not end", raw(head, "X-More: ")},
		{"two lengths that differ", raw(head, "Content-Length: 5", "Content-Length: 50", "", `{"a":`)},
		{"a gzip'd body that is none", compressed([]byte(thing("a", "plain")))},
		{"a gzip'd body that is cut short", compressed(packed[:len(packed)-12])},
		{"a body that drips past the timeout", drip},
		{"no answer within the timeout", hang},
		{"304 to a question without condition", raw("HTTP/1.1 304 Not Modified", "", "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			edge, odd := beginOdd(t)
			const kept, cold = "/things/a/", "/things/b/"
			odd.script(kept, say(thing("a", "good")))
			edge.get(t, kept).wantFetched(t)
			if got := edge.purge(t, `{"keys":["thing:a"]}`); got.status != http.StatusOK {
				t.Fatal(got)
			}
			odd.script(cold, c.bad)
			missing := edge.get(t, cold)
			missing.wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
			if missing.cache.stored || missing.cache.detail == "" {
				t.Errorf("Cache-Status does not say why, or says stored: %v", missing)
			}

			odd.script(kept, c.bad)
			got := edge.get(t, kept).wantStale(t)
			if got.status != http.StatusOK || string(got.body) != thing("a", "good") {
				t.Errorf("the stale copy is another answer: %d %v", got.status, got)
			}

			odd.script(cold, say(thing("b", "healed")))
			eventually(t, "the origin's good answer is given", func() bool {
				return string(edge.get(t, cold).body) == thing("b", "healed")
			})
			edge.get(t, cold).wantHit(t)
		})
	}
}

// Answers that look odd but are good: they are kept, and the keys of their path
// refresh them.
func TestAnOddShapeIsKeptUnderTheKeysOfItsPath(t *testing.T) {
	for _, c := range []struct{ name, body string }{
		{"an array where an object is expected", `[{"slug":"x"},{"slug":"y"}]`},
		{"an array in data", `{"data":[{"slug":"x"},[{"slug":"y"}]]}`},
		{"a string", `"hello"`},
		{"null", `null`},
		{"no data", `{"meta":{}}`},
		{"a missing slug", `{"data":{"text":"without"}}`},
		{"an empty slug", `{"data":{"slug":""}}`},
		{"a slug that is null", `{"data":{"slug":null}}`},
		{"a slug that is a number", `{"data":{"slug":12}}`},
		{"a slug that is an object", `{"data":{"slug":{"a":"b"}}}`},
		{"a slug of 3000 bytes", `{"data":{"slug":"` + strings.Repeat("s", 3000) + `"}}`},
		{"a slug with spaces, line ends and a NUL", `{"data":{"slug":"a b\r\nX-Evil: yes\u0000"}}`},
		{"a slug that names the service's own keys", `{"data":{"slug":"larder-lease larder-all"}}`},
		{"half a surrogate pair", `{"data":{"slug":"\ud83d"}}`},
		{"a member that is there twice", `{"data":{"slug":"x"},"data":{"slug":"y"}}`},
		{"a thousand nested objects", strings.Repeat(`{"data":`, 1000) + "1" + strings.Repeat("}", 1000)},
	} {
		t.Run(c.name, func(t *testing.T) {
			edge, odd := beginOdd(t)
			odd.script("/things/a/", say(c.body))
			first := edge.get(t, "/things/a/", with("Larder-Debug", "1")).wantFetched(t)
			if string(first.body) != c.body || !first.cache.stored {
				t.Errorf("the answer was changed or not stored: %v", first)
			}
			if first.header.Get("X-Evil") != "" {
				t.Error("the body wrote a header")
			}
			if got := edge.get(t, "/things/a/").wantHit(t); string(got.body) != c.body {
				t.Errorf("the hit has another body: %v", got)
			}
			if got := edge.purge(t, `{"keys":["thing:a"]}`); got.status != http.StatusOK {
				t.Fatal(got)
			}
			edge.get(t, "/things/a/").wantFetched(t)
		})
	}
}

// Whether such a body counts as JSON is a matter of taste. That it ends the
// sandbox is not: other requests may be in it.
func TestABodyNestedWithoutMeasureHarmsNobody(t *testing.T) {
	for _, body := range []string{
		strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		strings.Repeat(`{"data":`, 100_000) + "1" + strings.Repeat("}", 100_000),
		strings.Repeat("[", 1_000_000),
	} {
		edge, odd := beginOdd(t)
		odd.script("/things/a/", say(body))
		got := edge.get(t, "/things/a/")
		if got.status == http.StatusOK {
			if string(got.body) != body {
				t.Errorf("the answer was changed: %v", got)
			}
			continue
		}
		got.wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
	}
}

func TestALongSlugIsStillPurgeable(t *testing.T) {
	edge, odd := beginOdd(t)
	long := strings.Repeat("s", 3000)
	odd.script("/things/", say(`{"data":[{"slug":"`+long+`"},{"slug":"with space"},{"slug":"味噌"}]}`))
	for _, slug := range []string{long, "with space", "味噌"} {
		edge.get(t, "/things/")
		edge.get(t, "/things/").wantHit(t)
		if got := edge.purge(t, `{"keys":["thing:`+slug+`"]}`); got.status != http.StatusOK {
			t.Fatal(got)
		}
		edge.get(t, "/things/").wantFetched(t)
	}
}

func TestABodyTooLargeToTagIsKeptUnderTheKeysOfItsPath(t *testing.T) {
	for _, c := range []struct {
		name   string
		size   int
		framed bool
	}{
		{"10 MB with a Content-Length", 10 << 20, true},
		{"10 MB in chunks", 10 << 20, false},
		{"3 MB, just small enough to tag", 3 << 20, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			edge, odd := beginOdd(t)
			body := thing("a", strings.Repeat("larder ", c.size/7))
			odd.script("/things/a/", func(w http.ResponseWriter, r *http.Request) {
				if c.framed {
					w.Header().Set("Content-Length", fmt.Sprint(len(body)))
				}
				say(body)(w, r)
			})
			if got := edge.get(t, "/things/a/").wantFetched(t); string(got.body) != body {
				t.Fatalf("%d bytes came of %d", len(got.body), len(body))
			}
			if got := edge.get(t, "/things/a/").wantHit(t); string(got.body) != body {
				t.Fatalf("the hit has %d bytes of %d", len(got.body), len(body))
			}
			part := edge.get(t, "/things/a/", with("Range", "bytes=2000000-2000009"))
			want := body[2000000:2000010]
			if !c.framed && part.status == http.StatusOK {
				want = body // whose length nobody has announced
			}
			if c.framed && part.status != http.StatusPartialContent {
				t.Errorf("a range of the hit: %d %v", part.status, part)
			}
			if string(part.body) != want {
				t.Errorf("a range of the hit has %d bytes, want %d", len(part.body), len(want))
			}
			if got := edge.purge(t, `{"keys":["thing:a"]}`); got.status != http.StatusOK {
				t.Fatal(got)
			}
			edge.get(t, "/things/a/").wantFetched(t)
		})
	}
}

func TestAnItemInABodyTooLargeToReadIsRefreshedByItsKey(t *testing.T) {
	edge, odd := beginOdd(t)
	list := func(version string) string {
		return fmt.Sprintf(`{"data":[{"slug":"first","text":%q},{"slug":"last","text":%q}]}`, strings.Repeat("large ", 1<<20), version)
	}
	odd.script("/things/", say(list("version 0")))
	edge.get(t, "/things/").wantFetched(t)
	for i, slug := range []string{"first", "last"} {
		edge.get(t, "/things/").wantHit(t)
		changed := list(fmt.Sprintf("version %d", i+1))
		odd.script("/things/", say(changed))
		if got := edge.purge(t, `{"keys":["thing:`+slug+`"]}`); got.status != http.StatusOK {
			t.Fatal(got)
		}
		if got := edge.get(t, "/things/").wantFetched(t); string(got.body) != changed || !got.cache.stored {
			t.Errorf("not the new answer, kept: %d bytes, %v", len(got.body), got)
		}
		if got := edge.get(t, "/things/").wantHit(t); string(got.body) != changed {
			t.Errorf("the hit is another answer: %d bytes, %v", len(got.body), got)
		}
	}
}

func TestALargeBodyThatIsCutShortIsNeverKeptAndCostsNoCopy(t *testing.T) {
	edge, odd := beginOdd(t)
	good := thing("a", "good")
	odd.script("/things/a/", say(good))
	edge.get(t, "/things/a/").wantFetched(t)
	if got := edge.purge(t, `{"keys":["thing:a"]}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	const announced, sent = 10 << 20, 9 << 20
	cut := takeOver(func(connection net.Conn) {
		fmt.Fprintf(connection, "%s\r\nContent-Length: %d\r\n\r\n", head, announced)
		io.WriteString(connection, thing("a", strings.Repeat("x", sent))) //nolint:errcheck // an edge that is gone fails the test itself
	})
	odd.script("/things/a/", cut)
	odd.script("/things/b/", cut)
	if got := edge.get(t, "/things/a/"); got.status != http.StatusOK || string(got.body) != good {
		t.Errorf("what was kept is not given: %v", got)
	}
	if got, err := edge.try("/things/b/"); err == nil && got.status == http.StatusOK {
		t.Errorf("a body that was cut short passed for a whole one: %d bytes", len(got.body))
	}
	odd.script("/things/a/", say(thing("a", "healed")))
	odd.script("/things/b/", say(thing("b", "healed")))
	for path, want := range map[string]string{"/things/a/": thing("a", "healed"), "/things/b/": thing("b", "healed")} {
		eventually(t, path+" is whole again", func() bool {
			got, err := edge.try(path)
			return err == nil && string(got.body) == want
		})
	}
}

func TestAGzippedAnswerIsTaggedAndSentInClear(t *testing.T) {
	edge, odd := beginOdd(t)
	body := `{"data":[{"slug":"inside"}]}`
	odd.script("/things/", compressed(gzipped(t, body)))
	got := edge.get(t, "/things/", with("Larder-Debug", "1"), with("Accept-Encoding", "gzip")).wantFetched(t)
	if string(got.body) != body || got.header.Get("Content-Encoding") != "" {
		t.Errorf("the body was not decoded: %v %q", got.header, got.body)
	}
	if !strings.Contains(got.header.Get("Surrogate-Key"), "thing:inside") {
		t.Errorf("the keys lack the item: %s", got.header.Get("Surrogate-Key"))
	}
	if !strings.Contains(got.header.Get("Vary"), "Accept-Encoding") || got.header.Get("X-Compress-Hint") != "on" {
		t.Errorf("the host is not asked to compress: %v", got.header)
	}
	if hit := edge.get(t, "/things/").wantHit(t); string(hit.body) != body {
		t.Errorf("the hit has another body: %q", hit.body)
	}
	if got := edge.purge(t, `{"keys":["thing:inside"]}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	edge.get(t, "/things/").wantFetched(t)
}

func TestWhatItsOriginForbidsIsNotKept(t *testing.T) {
	for _, c := range []struct{ name, field, value string }{
		{"no-store", "Cache-Control", "no-store"},
		{"private", "Cache-Control", "private, max-age=60"},
		{"a cookie", "Set-Cookie", "session=1"},
		{"Vary: *", "Vary", "*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			edge, odd := beginOdd(t)
			odd.script("/things/a/", func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set(c.field, c.value)
				say(thing("a", "not for all"))(w, r)
			})
			for n := 1; n <= 3; n++ {
				if got := edge.get(t, "/things/a/").wantFetched(t); got.cache.stored {
					t.Errorf("it was stored: %v", got)
				}
				if asked := len(odd.requests("/things/a/")); asked != n {
					t.Errorf("after %d requests the origin was asked %d times", n, asked)
				}
			}
		})
	}
}

func TestAMissingItemIsKeptBrieflyAndServesNoOutage(t *testing.T) {
	edge, odd := beginOdd(t)
	first := edge.get(t, "/things/none/")
	second := edge.get(t, "/things/none/")
	if first.status != http.StatusNotFound || !first.cache.stored || second.status != http.StatusNotFound || !second.cache.hit {
		t.Errorf("the 404 was not kept: %v, then %v", first, second)
	}
	if got := edge.purge(t, `{"keys":["thing:none"]}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	odd.script("/things/none/", say(thing("none", "there now")))
	if got := edge.get(t, "/things/none/"); got.status != http.StatusOK {
		t.Errorf("publishing did not purge the 404: %v", got)
	}
}

func TestAnItemThatItsOriginDeniesIsNotServedStale(t *testing.T) {
	for _, code := range []int{http.StatusNotFound, http.StatusGone} {
		t.Run(http.StatusText(code), func(t *testing.T) {
			edge, odd := beginOdd(t)
			odd.script("/things/a/", say(thing("a", "good")))
			edge.get(t, "/things/a/").wantFetched(t)
			if got := edge.purge(t, `{"keys":["thing:a"]}`); got.status != http.StatusOK {
				t.Fatal(got)
			}
			odd.script("/things/a/", status(code))
			if got := edge.get(t, "/things/a/"); got.status != code {
				t.Errorf("the item still answers: %v", got)
			}
			odd.script("/things/a/", status(http.StatusServiceUnavailable))
			if got := edge.get(t, "/things/a/"); got.status == http.StatusOK {
				t.Errorf("the next outage brought it back: %v", got)
			}
		})
	}
}
