package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
)

func TestABodyTooLargeToTagIsStoredUnderTheKeysOfItsPath(t *testing.T) {
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
			edge, origin := beginScripted(t)
			body := thing("a", strings.Repeat("larder ", c.size/7))
			origin.script("/things/a/", func(w http.ResponseWriter, r *http.Request) {
				if c.framed {
					w.Header().Set("Content-Length", fmt.Sprint(len(body)))
				}
				respond(body)(w, r)
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
	edge, origin := beginScripted(t)
	list := func(version string) string {
		return fmt.Sprintf(`{"data":[{"slug":"first","text":%q},{"slug":"last","text":%q}]}`, strings.Repeat("large ", 1<<20), version)
	}
	origin.script("/things/", respond(list("version 0")))
	edge.get(t, "/things/").wantFetched(t)
	for i, slug := range []string{"first", "last"} {
		edge.get(t, "/things/").wantHit(t)
		changed := list(fmt.Sprintf("version %d", i+1))
		origin.script("/things/", respond(changed))
		if got := edge.purge(t, `{"keys":["thing:`+slug+`"]}`); got.status != http.StatusOK {
			t.Fatal(got)
		}
		if got := edge.get(t, "/things/").wantFetched(t); string(got.body) != changed || !got.cache.stored {
			t.Errorf("not the new answer, or not stored: %d bytes, %v", len(got.body), got)
		}
		if got := edge.get(t, "/things/").wantHit(t); string(got.body) != changed {
			t.Errorf("the hit is another answer: %d bytes, %v", len(got.body), got)
		}
	}
}

func TestATruncatedLargeBodyIsNeverStoredAndReplacesNoCopy(t *testing.T) {
	edge, origin := beginScripted(t)
	good := thing("a", "good")
	origin.script("/things/a/", respond(good))
	edge.get(t, "/things/a/").wantFetched(t)
	if got := edge.purge(t, `{"keys":["thing:a"]}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	const announced, sent = 10 << 20, 9 << 20
	cut := takeOver(func(connection net.Conn) {
		fmt.Fprintf(connection, "%s\r\nContent-Length: %d\r\n\r\n", head, announced)
		io.WriteString(connection, thing("a", strings.Repeat("x", sent))) //nolint:errcheck // an edge that is gone fails the test itself
	})
	origin.script("/things/a/", cut)
	origin.script("/things/b/", cut)
	if got := edge.get(t, "/things/a/"); got.status != http.StatusOK || string(got.body) != good {
		t.Errorf("the stored copy is not served: %v", got)
	}
	if got, err := edge.try("/things/b/"); err == nil && got.status == http.StatusOK {
		t.Errorf("a body that was cut short passed for a whole one: %d bytes", len(got.body))
	}
	origin.script("/things/a/", respond(thing("a", "healed")))
	origin.script("/things/b/", respond(thing("b", "healed")))
	for path, want := range map[string]string{"/things/a/": thing("a", "healed"), "/things/b/": thing("b", "healed")} {
		eventually(t, path+" is whole again", func() bool {
			got, err := edge.try(path)
			return err == nil && string(got.body) == want
		})
	}
}
