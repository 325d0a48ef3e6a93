package e2e

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// raw sends bytes over a connection of its own and reads what comes back. The
// status is 0 where the edge only closes the connection.
func (e edge) raw(t *testing.T, request string) answer {
	t.Helper()
	connection, err := net.Dial("tcp", e.Address())
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	// The edge may answer and close before it has read everything.
	_, writeErr := io.WriteString(connection, request)
	response, err := http.ReadResponse(bufio.NewReader(connection), nil)
	if err != nil {
		t.Logf("no answer: %v (%v)", err, writeErr)
		return answer{}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Logf("the answer was cut short: %v", err)
	}
	return answer{response.StatusCode, response.Header, body, parseCacheStatus(response.Header)}
}

func TestInvalidRequestsAreRefusedAndChangeNothing(t *testing.T) {
	edge, origin := begin(t)
	good := edge.get(t, somePost).wantFetched(t)
	const end = " HTTP/1.1\r\nHost: edge.example\r\nConnection: close\r\n\r\n"
	const token = "?auth_token=" + demoToken
	get := func(target string) string { return "GET " + target + end }

	// What a host in front of the guest refuses by itself has other statuses
	// than Larder's own, or none.
	refused := []int{0, 400, 404, 413, 414, 431}
	for _, c := range []struct {
		name, request string
		statuses      []int
		problem       string // of Larder, where it must be that
	}{
		{"two dots", get("/v2/posts/../posts/quince-patience/" + token), []int{400}, "bad-path"},
		{"one dot", get("/v2/./posts/quince-patience/" + token), []int{400}, "bad-path"},
		{"dots that climb over the root", get("/../../../../etc/passwd"), []int{400}, "bad-path"},
		{"encoded dots", get("/v2/posts/%2e%2e/posts/quince-patience/" + token), []int{400}, "bad-path"},
		{"half encoded dots", get("/v2/posts/.%2E/posts/" + token), []int{400}, "bad-path"},
		{"dots behind an encoded slash", get("/v2/posts/..%2Fquince-patience/" + token), []int{400, 404}, ""},
		{"an encoded slash in a slug", get("/v2/posts/quince-patience%2F/" + token), []int{400, 404}, ""},
		{"an encoded slash for a slash", get("/v2/posts%2Fquince-patience/" + token), []int{400, 404}, ""},
		{"a slash encoded twice", get("/v2/posts/quince-patience%252F/" + token), []int{400}, "bad-path"},
		{"a NUL, encoded", get("/v2/posts/quince-patience%00/" + token), []int{400}, "bad-path"},
		{"a NUL in the query", get("/v2/search/" + token + "&query=%00"), []int{200, 400}, ""},
		{"a line end, encoded", get("/v2/posts/quince%0d%0aX-Evil:%20yes/" + token), []int{400}, "bad-path"},
		{"a line end in the query", get("/v2/search/" + token + "&query=a%0d%0aX-Evil:%20yes"), []int{200}, ""},
		{"a broken encoding", get("/v2/posts/%zz/" + token), []int{400}, "bad-path"},
		{"an encoding cut short", get("/v2/posts/%e5%9/" + token), []int{400}, "bad-path"},
		{"a percent at the end", get("/v2/posts/100%"), []int{400}, "bad-path"},
		{"a broken encoding in the query", get("/v2/search/" + token + "&query=100%&x=%zz"), []int{200, 400}, ""},
		{"half a character of UTF-8", get("/v2/posts/%e5%91/" + token), []int{404}, ""},
		{"an overlong encoding of a dot", get("/v2/posts/%c0%ae%c0%ae/" + token), []int{404}, ""},
		{"a raw NUL", get("/v2/posts/\x00/" + token), refused, ""},
		{"raw bytes that are no text", get("/v2/posts/\xff\xfe\x80/" + token), refused, ""},
		{"a raw control character", get("/v2/posts/\x07/" + token), refused, ""},
		{"an empty slug", get("/v2/posts//" + token), []int{301, 307, 308, 400, 404}, ""},
		{"slashes in front", get("//v2/posts/" + token), []int{301, 307, 308, 400, 404}, ""},
		{"a backslash", get(`/v2/posts/..\quince-patience/` + token), []int{0, 400, 404}, ""},
		{"a URL of 8 KB and more", get("/v2/posts/" + strings.Repeat("a", 8192) + "/" + token), []int{414}, "url-too-long"},
		{"a query of 8 KB and more", get("/v2/search/" + token + "&query=" + strings.Repeat("a", 8192)), []int{414}, "url-too-long"},
		{"a long URL that is still allowed", get("/v2/posts/" + strings.Repeat("a", 8000) + "/" + token), []int{404, 414}, ""},
		{"a thousand query parameters", get("/v2/posts/" + token + strings.Repeat("&page=2", 1000)), []int{200}, ""},
		{"a header of 200 KB", "GET " + somePost + token + " HTTP/1.1\r\nHost: edge.example\r\nX-Large: " + strings.Repeat("a", 200<<10) + "\r\nConnection: close\r\n\r\n", []int{0, 200, 400, 431}, ""},
		{"ninety headers", "GET " + somePost + token + " HTTP/1.1\r\nHost: edge.example\r\n" + strings.Repeat("X-Many: a\r\n", 90) + "Connection: close\r\n\r\n", []int{0, 200, 400, 431}, ""},
		{"an If-None-Match of 10 KB", "GET " + somePost + token + " HTTP/1.1\r\nHost: edge.example\r\nIf-None-Match: " + strings.Repeat(`"a",`, 2500) + "\r\nConnection: close\r\n\r\n", []int{200, 304}, ""},
		{"a Range with a thousand parts", "GET " + somePost + token + " HTTP/1.1\r\nHost: edge.example\r\nRange: bytes=" + strings.Repeat("0-1,", 1000) + "0-1\r\nConnection: close\r\n\r\n", []int{200, 206, 416}, ""},
		{"a Range past all numbers", "GET " + somePost + token + " HTTP/1.1\r\nHost: edge.example\r\nRange: bytes=99999999999999999999999999-\r\nConnection: close\r\n\r\n", []int{200, 416}, ""},
		{"no Host", "GET " + somePost + token + " HTTP/1.1\r\nConnection: close\r\n\r\n", []int{0, 200, 400}, ""},
		{"another's absolute URL", "GET http://evil.example" + somePost + token + " HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", []int{200, 400}, ""},
		{"an unknown method", "BREW " + somePost + token + end, []int{400, 405, 501}, ""},
		{"no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", refused, ""},
		{"two lengths that differ", "POST /v2/posts/" + token + " HTTP/1.1\r\nHost: edge.example\r\nContent-Length: 3\r\nContent-Length: 5\r\nConnection: close\r\n\r\nabcde", refused, ""},
		{"a length that is no number", "POST /_larder/purge HTTP/1.1\r\nHost: edge.example\r\nContent-Length: many\r\nConnection: close\r\n\r\n", refused, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := edge.raw(t, c.request)
			if !slices.Contains(c.statuses, got.status) {
				t.Errorf("status %d, want one of %v: %v", got.status, c.statuses, got)
			}
			if c.problem != "" {
				got.wantProblem(t, got.status, c.problem)
			}
			if got.header.Get("X-Evil") != "" {
				t.Error("the input wrote a header of its own")
			}
			after := edge.get(t, somePost).wantHit(t)
			if !bytes.Equal(after.body, good.body) {
				t.Errorf("the stored entry has changed: %v", after)
			}
		})
	}
	if got := origin.reads(t, somePost); got != 1 {
		t.Errorf("the origin received %d requests for the stored entry, want one", got)
	}
}

func TestUnkeyedInputDoesNotReachTheOrigin(t *testing.T) {
	edge, origin := beginScripted(t)
	origin.script("/things/a/", respond(thing("a", "good")))
	edge.get(t, "/things/a/?evil=1&page=1&callback=alert",
		with("X-Forwarded-Host", "evil.example"), with("X-Original-URL", "/admin"), with("Cookie", "session=1"),
		with("Accept-Language", "de"), with("X-HTTP-Method-Override", "DELETE"), with("Range", "bytes=0-3"),
		with("If-None-Match", `"x"`))
	requests := origin.requests("/things/a/")
	if len(requests) != 1 {
		t.Fatalf("the origin received %d requests, want one", len(requests))
	}
	r := requests[0]
	if r.URL.RawQuery != "auth_token="+demoToken || r.Host != "primary.example" {
		t.Errorf("the origin received %s at host %s", r.URL, r.Host)
	}
	for _, name := range []string{"X-Forwarded-Host", "X-Original-Url", "Cookie", "Accept-Language", "X-Http-Method-Override", "Range", "If-None-Match"} {
		if value := r.Header.Get(name); value != "" {
			t.Errorf("the origin got %s: %s", name, value)
		}
	}
}
