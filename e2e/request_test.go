package e2e

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

const somePost = "/v2/posts/quince-patience/"

func TestHEADIsAnsweredFromTheEntryOfGET(t *testing.T) {
	edge, origin := begin(t)
	cold := edge.get(t, somePost, method(http.MethodHead))
	if cold.status != http.StatusOK || len(cold.body) > 0 || !cold.cache.stored {
		t.Errorf("a cold HEAD stores nothing: %v", cold)
	}
	full := edge.get(t, somePost).wantHit(t)
	warm := edge.get(t, somePost, method(http.MethodHead)).wantHit(t)
	for _, name := range []string{"Content-Length", "Content-Type", "Etag", "Last-Modified"} {
		if warm.header.Get(name) != full.header.Get(name) {
			t.Errorf("%s is %q in HEAD and %q in GET", name, warm.header.Get(name), full.header.Get(name))
		}
	}
	if got := full.header.Get("Content-Length"); got != fmt.Sprint(len(full.body)) {
		t.Errorf("Content-Length is %s for %d bytes", got, len(full.body))
	}
	if got := origin.counts(t); got["GET "+somePost] != 1 || len(got) != 1 {
		t.Errorf("the origin was asked %v", got)
	}
}

func TestAPreflightIsAnsweredAtTheEdge(t *testing.T) {
	edge, origin := begin(t)
	got := edge.get(t, somePost, method(http.MethodOptions),
		with("Origin", "https://shop.example"),
		with("Access-Control-Request-Method", "GET"),
		with("Access-Control-Request-Headers", "x-butter-client"))
	if got.status != http.StatusNoContent || len(got.body) > 0 {
		t.Errorf("the preflight's answer is %d %v", got.status, got)
	}
	for name, want := range map[string]string{
		"Access-Control-Allow-Origin":  "*",
		"Access-Control-Allow-Methods": "GET",
		"Access-Control-Allow-Headers": "X-Butter-Client",
		"Access-Control-Max-Age":       "86400",
	} {
		if !strings.Contains(got.header.Get(name), want) {
			t.Errorf("%s is %q, want it to have %q", name, got.header.Get(name), want)
		}
	}
	if counts := origin.counts(t); len(counts) > 0 {
		t.Errorf("the origin was asked %v", counts)
	}
}

func TestErrorsCarryCORSToo(t *testing.T) {
	edge, origin := begin(t)
	origin.fail(t, `{"status":503}`)
	for name, got := range map[string]answer{
		"an outage":        edge.get(t, somePost, with("Origin", "https://shop.example")),
		"a refused purge":  edge.get(t, "/_larder/purge", method(http.MethodPost), with("Origin", "https://shop.example")),
		"a bad path":       edge.get(t, "/v2/%2e%2e/", with("Origin", "https://shop.example")),
		"an unknown order": edge.get(t, "/_larder/nothing", with("Origin", "https://shop.example")),
	} {
		if got.status < 400 || got.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d, %v", name, got.status, got.header)
		}
	}
}

func TestIfNoneMatchIsAnsweredAtTheEdge(t *testing.T) {
	edge, origin := begin(t)
	etag := edge.get(t, somePost).wantFetched(t).header.Get("Etag")
	for _, c := range []struct {
		name, field string
		status      int
	}{
		{"the same tag", etag, http.StatusNotModified},
		{"the same tag, weak", "W/" + strings.TrimPrefix(etag, "W/"), http.StatusNotModified},
		{"a list with the tag", `"other", ` + etag, http.StatusNotModified},
		{"any tag", "*", http.StatusNotModified},
		{"another tag", `"other"`, http.StatusOK},
		{"no tag at all", "nonsense", http.StatusOK},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := edge.get(t, somePost, with("If-None-Match", c.field))
			if got.status != c.status || !got.cache.hit || (c.status == http.StatusNotModified) != (len(got.body) == 0) {
				t.Errorf("%d %v", got.status, got)
			}
			if got.header.Get("Etag") != etag {
				t.Errorf("the answer's ETag is %q, want %q", got.header.Get("Etag"), etag)
			}
		})
	}
	if got := origin.reads(t, somePost); got != 1 {
		t.Errorf("the origin was asked %d times, want once", got)
	}
}

func TestAnEditChangesTheValidator(t *testing.T) {
	edge, origin := begin(t)
	old := edge.get(t, somePost).wantFetched(t).header.Get("Etag")
	origin.edit(t, "quince-patience", "Another validator.")
	got := edge.get(t, somePost, with("If-None-Match", old)).wantFetched(t)
	if got.summary(t) != "Another validator." {
		t.Errorf("the answer is the old one: %v", got)
	}
}

func TestRanges(t *testing.T) {
	for _, state := range []string{"cold", "cached"} {
		t.Run(state, func(t *testing.T) {
			edge, _ := begin(t)
			whole := edge.get(t, somePost).wantFetched(t)
			size, etag := len(whole.body), whole.header.Get("Etag")
			for _, c := range []struct {
				name, field, ifRange string
				status               int
				want                 []byte
				contentRange         string
			}{
				{"the first bytes", "bytes=0-9", "", 206, whole.body[:10], fmt.Sprintf("bytes 0-9/%d", size)},
				{"the last bytes", "bytes=-7", "", 206, whole.body[size-7:], fmt.Sprintf("bytes %d-%d/%d", size-7, size-1, size)},
				{"from the middle on", "bytes=100-", "", 206, whole.body[100:], fmt.Sprintf("bytes 100-%d/%d", size-1, size)},
				{"past the end", "bytes=10-99999999", "", 206, whole.body[10:], fmt.Sprintf("bytes 10-%d/%d", size-1, size)},
				{"none that is there", "bytes=99999999-", "", 416, nil, fmt.Sprintf("bytes */%d", size)},
				{"with a matching If-Range", "bytes=0-9", etag, 206, whole.body[:10], fmt.Sprintf("bytes 0-9/%d", size)},
				{"with another If-Range", "bytes=0-9", `"other"`, 200, whole.body, ""},
				{"in an unknown unit", "pages=1-2", "", 200, whole.body, ""},
				{"that is nonsense", "bytes=9-3", "", 200, whole.body, ""},
			} {
				t.Run(c.name, func(t *testing.T) {
					if state == "cold" {
						edge.empty(t)
					}
					options := []option{with("Range", c.field)}
					if c.ifRange != "" {
						options = append(options, with("If-Range", c.ifRange))
					}
					got := edge.get(t, somePost, options...)
					if got.status != c.status || got.header.Get("Content-Range") != c.contentRange {
						t.Fatalf("%d, Content-Range %q; want %d, %q", got.status, got.header.Get("Content-Range"), c.status, c.contentRange)
					}
					if c.want == nil {
						got.wantProblem(t, c.status, "range-not-satisfiable")
						return
					}
					if !bytes.Equal(got.body, c.want) || got.header.Get("Content-Length") != fmt.Sprint(len(c.want)) {
						t.Errorf("%d bytes came, want %d", len(got.body), len(c.want))
					}
				})
			}
		})
	}
}

func TestSeveralRangesComeInOneBody(t *testing.T) {
	edge, _ := begin(t)
	whole := edge.get(t, somePost).wantFetched(t)
	got := edge.get(t, somePost, with("Range", "bytes=0-4,20-29,-3"))
	kind, parameters, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	if got.status != http.StatusPartialContent || err != nil || kind != "multipart/byteranges" {
		t.Fatalf("%d, %v (%v)", got.status, got.header, err)
	}
	if got.header.Get("Content-Length") != fmt.Sprint(len(got.body)) {
		t.Errorf("Content-Length is %s for %d bytes", got.header.Get("Content-Length"), len(got.body))
	}
	parts := multipart.NewReader(bytes.NewReader(got.body), parameters["boundary"])
	size := len(whole.body)
	for _, want := range [][2]int{{0, 5}, {20, 30}, {size - 3, size}} {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(part)
		if err != nil || !bytes.Equal(body, whole.body[want[0]:want[1]]) {
			t.Errorf("part %v is %q (%v)", want, body, err)
		}
		if r := part.Header.Get("Content-Range"); r != fmt.Sprintf("bytes %d-%d/%d", want[0], want[1]-1, size) {
			t.Errorf("part %v has Content-Range %q", want, r)
		}
	}
	if _, err := parts.NextPart(); err != io.EOF {
		t.Errorf("more parts than were asked for (%v)", err)
	}
}

func TestPreviewsPassThroughAndAreNotKept(t *testing.T) {
	edge, origin := begin(t)
	for n := 1; n <= 2; n++ {
		got := edge.get(t, somePost+"?preview=1")
		if got.status != http.StatusOK || got.cache.fwd != "bypass" || got.cache.stored || got.header.Get("Age") != "" {
			t.Errorf("preview %d: %v", n, got)
		}
		if reads := origin.reads(t, somePost+"?preview=1"); reads != n {
			t.Errorf("after preview %d the origin was asked %d times", n, reads)
		}
	}
	edge.get(t, somePost).wantFetched(t)
}

func TestOtherMethodsPassThrough(t *testing.T) {
	edge, origin := begin(t)
	post := `{"title":"Posted","slug":"posted-through","status":"published"}`
	write := []option{with("Authorization", "Token "+demoWriter), with("Content-Type", "application/json")}
	created := edge.get(t, "/v2/posts/?wait=1", append(write, method(http.MethodPost), sending(post))...)
	if created.status != http.StatusCreated || created.cache.fwd != "method" || created.cache.stored {
		t.Fatalf("POST: %d %v", created.status, created)
	}
	edge.get(t, "/v2/posts/posted-through/").wantFetched(t)
	gone := edge.get(t, "/v2/posts/posted-through/?wait=1", append(write, method(http.MethodDelete))...)
	if gone.status != http.StatusNoContent || gone.cache.fwd != "method" {
		t.Errorf("DELETE: %d %v", gone.status, gone)
	}
	if got := edge.get(t, "/v2/posts/posted-through/"); got.status != http.StatusNotFound {
		t.Errorf("the deleted post still answers: %v", got)
	}
	if got := origin.counts(t); got["POST /v2/posts/?wait=1"] != 1 || got["DELETE /v2/posts/posted-through/?wait=1"] != 1 {
		t.Errorf("the origin was asked %v", got)
	}
}
