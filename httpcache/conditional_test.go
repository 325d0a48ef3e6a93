package httpcache

import (
	"testing"
	"time"
)

func TestNotModified(t *testing.T) {
	modified := "Last-Modified: " + httpDate(-time.Hour)
	tests := []struct {
		name    string
		stored  []string
		request []string
		want    bool
	}{
		{"no condition", []string{`ETag: "a"`}, nil, false},
		{"the same tag", []string{`ETag: "a"`}, []string{`If-None-Match: "a"`}, true},
		{"another tag", []string{`ETag: "a"`}, []string{`If-None-Match: "b"`}, false},
		{"one of several tags", []string{`ETag: "a"`}, []string{`If-None-Match: "b", "a","c"`}, true},
		{"one of several lines", []string{`ETag: "a"`}, []string{`If-None-Match: "b"`, `If-None-Match: "a"`}, true},
		{"a tag with a comma", []string{`ETag: "a,b"`}, []string{`If-None-Match: "a,b"`}, true},
		{"weak and strong are alike", []string{`ETag: "a"`}, []string{`If-None-Match: W/"a"`}, true},
		{"strong and weak are alike", []string{`ETag: W/"a"`}, []string{`If-None-Match: "a"`}, true},
		{"a star", []string{`ETag: "a"`}, []string{`If-None-Match: *`}, true},
		{"an unquoted tag sent back", []string{`ETag: a`}, []string{`If-None-Match: a`}, true},
		{"the tag counts before the date", []string{`ETag: "a"`, modified}, []string{`If-None-Match: "b"`, "If-Modified-Since: " + httpDate(0)}, false},
		{"an invalid tag list is no match", []string{`ETag: "a"`}, []string{"If-None-Match: ,"}, false},
		{"not modified since", []string{modified}, []string{"If-Modified-Since: " + httpDate(-time.Hour)}, true},
		{"not modified since later", []string{modified}, []string{"If-Modified-Since: " + httpDate(0)}, true},
		{"modified since", []string{modified}, []string{"If-Modified-Since: " + httpDate(-2*time.Hour)}, false},
		{"a date in RFC 850 form", []string{modified}, []string{"If-Modified-Since: Monday, 23-Nov-26 11:00:00 GMT"}, true},
		{"an invalid date", []string{modified}, []string{"If-Modified-Since: yesterday"}, false},
		{"several dates", []string{modified}, []string{"If-Modified-Since: " + httpDate(0), "If-Modified-Since: " + httpDate(0)}, false},
		{"not modified since the second before it was made", []string{"Last-Modified: " + httpDate(-time.Second)}, []string{"If-Modified-Since: " + httpDate(0)}, true},
		{"modified in the second that it was made in", []string{"Last-Modified: " + httpDate(0)}, []string{"If-Modified-Since: " + httpDate(0)}, false},
		{"modified in the second that it was made in, and asked for later", []string{"Last-Modified: " + httpDate(0)}, []string{"If-Modified-Since: " + httpDate(time.Hour)}, false},
		{"modified after it was made", []string{"Last-Modified: " + httpDate(time.Hour)}, []string{"If-Modified-Since: " + httpDate(2*time.Hour)}, false},
		{"without Last-Modified its Date counts", nil, []string{"If-Modified-Since: " + httpDate(time.Second)}, true},
		{"without Last-Modified the second of its Date says nothing", nil, []string{"If-Modified-Since: " + httpDate(0)}, false},
		{"without Last-Modified an older date is modified", nil, []string{"If-Modified-Since: " + httpDate(-time.Second)}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines := append([]string{"Cache-Control: max-age=60"}, test.stored...)
			s := NewStoredResponse("id", get(), received(200, lines...), Lifetimes{}, origin())
			equal(t, "not modified", s.NotModified(fields(test.request...)), test.want)
		})
	}
	t.Run("a 404 answers no condition", func(t *testing.T) {
		s := &StoredResponse{Status: 404, Header: fields(`ETag: "a"`)}
		equal(t, "not modified", s.NotModified(fields(`If-None-Match: "a"`)), false)
	})
}

func TestAnswerHeader304(t *testing.T) {
	h := fields(`ETag: "a"`, "Last-Modified: x", "Content-Type: text/plain", "Content-Length: 3",
		"Content-Encoding: gzip", "Vary: Accept", "Date: x", "Cache-Control: max-age=1",
		"Access-Control-Allow-Origin: *", "Content-Location: /a")
	answer := AnswerHeader304(h)
	for _, name := range []string{"Last-Modified", "Content-Type", "Content-Length", "Content-Encoding"} {
		equal(t, name, answer.Get(name), "")
	}
	for _, name := range []string{"Etag", "Vary", "Date", "Cache-Control", "Access-Control-Allow-Origin", "Content-Location"} {
		equal(t, name, answer.Get(name), h.Get(name))
	}
	delete(h, "Etag")
	equal(t, "Last-Modified without a tag", AnswerHeader304(h).Get("Last-Modified"), "x")
}
