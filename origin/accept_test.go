package origin

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
)

func TestAnAnswerOfNoUseGoesOnToTheNextOrigin(t *testing.T) {
	html, good := content(200, "<html>"), content(200, "{}")
	tests := []struct {
		name          string
		method        string // GET by default
		first, second reply
		asked         string
		status        int // 0 for an error
		err           error
	}{
		{name: "a page where there should be JSON", first: html, second: good, asked: "a b", status: 200},
		{name: "a 304 without a condition", first: content(304, ""), second: good, asked: "a b", status: 200},
		{name: "a status that makes no sense", first: content(999, "{}"), second: good, asked: "a b", status: 200},
		{name: "both are of no use", first: html, second: html, asked: "a b", err: errNotJSON},
		{name: "the next one refuses", first: html, second: fails(errRefused), asked: "a b", err: errNotJSON},
		{name: "the first one refuses", first: fails(errRefused), second: html, asked: "a a b", err: errNotJSON},
		{name: "a failing status is better than nothing", first: html, second: content(500, "<html>"), asked: "a b", status: 500},
		{name: "a failing status stays one", first: content(503, "<html>"), second: html, asked: "a a b", status: 503},
		{name: "POST is not sent again", method: "POST", first: html, second: good, asked: "a", err: errNotJSON},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, opened := newBed(), &bodies{}
				b.script("a", opened.track(test.first))
				b.script("b", opened.track(test.second))
				req := fetchJSON("/")
				if test.method != "" {
					req.Method = test.method
				}
				status, err := do(t, b.client("a", "b"), req)
				if status != test.status || !errors.Is(err, test.err) || (err != nil) != errors.Is(err, ErrUnavailable) {
					t.Errorf("got %d, %v", status, err)
				}
				b.wantCalls(t, test.asked)
				if opened.open != 0 {
					t.Errorf("%d bodies are still open", opened.open)
				}
			})
		})
	}
}

func TestAcceptSeesWhatWasReadAhead(t *testing.T) {
	tests := []struct {
		name  string
		limit int64
		body  string
		more  bool
	}{
		{"the whole body", 10, "{12345}", false},
		{"the beginning of a large one", 3, "{123", true},
		{"none", 0, "", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBed()
			b.script("a", content(200, "{12345}"))
			var body string
			var more bool
			req := &Request{Method: "GET", Accept: func(resp *Response) error {
				body, more = string(resp.Body), resp.Remainder != nil
				return nil
			}}
			resp, err := b.client("a").Do(t.Context(), req, test.limit)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Close()
			if more != test.more || !strings.HasPrefix(body, test.body) || test.body == "" && body != "" {
				t.Errorf("it saw %q, and that there is more: %t", body, more)
			}
		})
	}
}
