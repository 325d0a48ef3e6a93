package handlers

import (
	"testing"

	"larder/origin"
)

func TestWhichAnswersAreStreamed(t *testing.T) {
	tests := []struct {
		name, uri string
		lines     []string
		want      bool
	}{
		{"events", "/posts/tea/", []string{"Content-Type: text/event-stream; charset=utf-8"}, true},
		{"an answer that is not stored and has no length", "/open/a", []string{"Cache-Control: no-store"}, true},
		{"an answer for one client", "/open/a", []string{"Cache-Control: private"}, true},
		{"not an answer with a length", "/open/a", []string{"Cache-Control: no-store", "Content-Length: 3"}, false},
		{"not an answer that may be stored", "/open/a", []string{aMinute}, false},
		{"not an answer that has to be JSON", "/posts/tea/", []string{"Cache-Control: no-store"}, false},
	}
	for _, test := range tests {
		for _, method := range []string{"GET", "HEAD"} {
			t.Run(method+", "+test.name, func(t *testing.T) {
				e := newEdge(t)
				e.does(func(req *origin.Request) (*origin.Response, error) {
					if got := req.Streams(fields(test.lines...)); got != test.want {
						t.Errorf("streams: %t", got)
					}
					return e.response(200, before, test.lines...), nil
				})
				e.request(method, test.uri, "")
			})
		}
	}
}
