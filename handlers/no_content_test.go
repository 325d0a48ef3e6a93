package handlers

import "testing"

// A 204 has no content, whatever it announces.
func TestA204ThatAnnouncesContentIsAnAnswer(t *testing.T) {
	e := newEdge(t)
	e.app.abort = func() { t.Error("the answer is broken off") }
	e.says(204, "", "Content-Length: 5", "X-A: b")
	for _, status := range []string{"Larder; fwd=uri-miss; fwd-status=204; stored", "Larder; hit; ttl=3600"} {
		r := e.get("/posts/tea/")
		r.want(204, "", status)
		r.wantNo("Content-Length")
		r.wantHeader("X-A", "b")
	}
	for _, request := range [][2]string{{"GET", "/posts/tea/?preview=1"}, {"PUT", "/posts/milk/"}} {
		r := e.request(request[0], request[1], "")
		r.want(204, "", anything)
		r.wantNo("Content-Length")
	}
}
