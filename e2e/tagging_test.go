package e2e

import (
	"net/http"
	"strings"
	"testing"
)

// These bodies are JSON but not in the expected shape. They are stored, and the
// keys of their path purge them.
func TestUnexpectedJSONIsStoredUnderTheKeysOfItsPath(t *testing.T) {
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
			edge, origin := beginScripted(t)
			origin.script("/things/a/", respond(c.body))
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

// Such a body may count as JSON or not. It must not end the sandbox, in which
// other requests may be running.
func TestADeeplyNestedBodyDoesNotEndTheSandbox(t *testing.T) {
	for _, body := range []string{
		strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000),
		strings.Repeat(`{"data":`, 100_000) + "1" + strings.Repeat("}", 100_000),
		strings.Repeat("[", 1_000_000),
	} {
		edge, origin := beginScripted(t)
		origin.script("/things/a/", respond(body))
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
	edge, origin := beginScripted(t)
	long := strings.Repeat("s", 3000)
	origin.script("/things/", respond(`{"data":[{"slug":"`+long+`"},{"slug":"with space"},{"slug":"味噌"}]}`))
	for _, slug := range []string{long, "with space", "味噌"} {
		edge.get(t, "/things/")
		edge.get(t, "/things/").wantHit(t)
		if got := edge.purge(t, `{"keys":["thing:`+slug+`"]}`); got.status != http.StatusOK {
			t.Fatal(got)
		}
		edge.get(t, "/things/").wantFetched(t)
	}
}

func TestAGzippedAnswerIsTaggedAndSentInClear(t *testing.T) {
	edge, origin := beginScripted(t)
	body := `{"data":[{"slug":"inside"}]}`
	origin.script("/things/", compressed(gzipped(t, body)))
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

// A little gzip can be very much JSON. It costs no memory, is not stored, and
// delays nobody: its client gets it as it comes.
func TestAGzipBombIsSentOnAndNotStored(t *testing.T) {
	edge, origin := beginScripted(t)
	const length = 20 << 20
	bomb := gzipped(t, `{"data":[`+strings.Repeat(" ", length-11)+`]}`)
	origin.script("/things/", compressed(bomb))
	for range 2 {
		got := edge.get(t, "/things/")
		if got.status != http.StatusOK || len(got.body) != length || got.cache.stored {
			t.Errorf("%d bytes of gzip are %d bytes: %v", len(bomb), len(got.body), got.header)
		}
	}
}
