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
		{"a weak tag matches a strong one", []string{`ETag: "a"`}, []string{`If-None-Match: W/"a"`}, true},
		{"a strong tag matches a weak one", []string{`ETag: W/"a"`}, []string{`If-None-Match: "a"`}, true},
		{"a star", []string{`ETag: "a"`}, []string{`If-None-Match: *`}, true},
		{"an unquoted tag matches when sent back", []string{`ETag: a`}, []string{`If-None-Match: a`}, true},
		{"the tag takes precedence over the date", []string{`ETag: "a"`, modified}, []string{`If-None-Match: "b"`, "If-Modified-Since: " + httpDate(0)}, false},
		{"an empty tag list does not match", []string{`ETag: "a"`}, []string{"If-None-Match: ,"}, false},
		{"not modified since", []string{modified}, []string{"If-Modified-Since: " + httpDate(-time.Hour)}, true},
		{"not modified since later", []string{modified}, []string{"If-Modified-Since: " + httpDate(0)}, true},
		{"modified since", []string{modified}, []string{"If-Modified-Since: " + httpDate(-2*time.Hour)}, false},
		{"a date in RFC 850 form", []string{modified}, []string{"If-Modified-Since: Monday, 23-Nov-26 11:00:00 GMT"}, true},
		{"an invalid date", []string{modified}, []string{"If-Modified-Since: yesterday"}, false},
		{"several dates", []string{modified}, []string{"If-Modified-Since: " + httpDate(0), "If-Modified-Since: " + httpDate(0)}, false},
		{"modified a second before its Date", []string{"Last-Modified: " + httpDate(-time.Second)}, []string{"If-Modified-Since: " + httpDate(0)}, true},
		{"modified in the second of its Date", []string{"Last-Modified: " + httpDate(0)}, []string{"If-Modified-Since: " + httpDate(0)}, false},
		{"modified in the second of its Date, with a later condition", []string{"Last-Modified: " + httpDate(0)}, []string{"If-Modified-Since: " + httpDate(time.Hour)}, false},
		{"modified after its Date", []string{"Last-Modified: " + httpDate(time.Hour)}, []string{"If-Modified-Since: " + httpDate(2*time.Hour)}, false},
		{"without Last-Modified a Date before the condition matches", nil, []string{"If-Modified-Since: " + httpDate(time.Second)}, true},
		{"without Last-Modified a Date in the same second does not match", nil, []string{"If-Modified-Since: " + httpDate(0)}, false},
		{"without Last-Modified a Date after the condition does not match", nil, []string{"If-Modified-Since: " + httpDate(-time.Second)}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines := append([]string{"Cache-Control: max-age=60"}, test.stored...)
			s := NewStoredResponse("id", get(), received(200, lines...), Lifetimes{}, origin())
			equal(t, "not modified", s.NotModified(fields(test.request...)), test.want)
		})
	}
	t.Run("a 404 never leads to a 304", func(t *testing.T) {
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
		wantField(t, answer, name, "")
	}
	for _, name := range []string{"Etag", "Vary", "Date", "Cache-Control", "Access-Control-Allow-Origin", "Content-Location"} {
		wantField(t, answer, name, h.Get(name))
	}
	delete(h, "Etag")
	wantField(t, AnswerHeader304(h), "Last-Modified", "x")
}
