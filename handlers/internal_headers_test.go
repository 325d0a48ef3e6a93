package handlers

import (
	"testing"

	"larder/shield"
)

// An origin may send them too, and a Larder in front of this one would take
// them for its shield's.
func TestClientsDoNotGetFieldsThatAreForTheEdge(t *testing.T) {
	names := []string{
		"Surrogate-Key", "Surrogate-Control", "Cache-Tag", "Xkey", "Larder-Cache-Control",
		shield.EdgeField, shield.AnswerField, shield.StatusField, shield.HintField,
	}
	var lines []string
	for _, name := range names {
		lines = append(lines, name+": origin")
	}
	for _, uri := range []string{"/posts/tea/", "/open/tea/", "/posts/tea/?preview=1"} {
		t.Run(uri, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, before, append(lines, `Etag: "v1"`)...)
			for _, line := range []string{"Accept: */*", `If-None-Match: "v1"`} {
				got := e.get(uri, line)
				for _, name := range names {
					if values := got.header[name]; values != nil {
						t.Errorf("%s: %s is %q", line, name, values)
					}
				}
			}
		})
	}
}
