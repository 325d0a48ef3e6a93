package handlers

import (
	"testing"

	"larder/origin"
)

func TestARequestThatLoopsIsRefused(t *testing.T) {
	tests := []struct {
		name string
		line string
		want bool
	}{
		{"another cache", "Cdn-Loop: other, another", false},
		{"a shield asks the edge's question", "Cdn-Loop: Larder", false},
		{"twice through Larder", "Cdn-Loop: Larder, Larder", true},
		{"twice, with others and parameters", `Cdn-Loop: larder; v=1, other,LARDER;a="b"`, true},
		{"a name that only begins so", "Cdn-Loop: Larder2, Larderer", false},
		{"nothing", "X: y", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			if got := origin.Passes("Larder", fields(test.line)) >= origin.MaxPasses; got != test.want {
				t.Errorf("it loops: %v", got)
			}
			e.says(200, before)
			r := e.get("/posts/tea/", test.line)
			if refused := r.status != 200; refused != test.want {
				t.Errorf("it is answered with %d", r.status)
			}
			if !test.want {
				return
			}
			e.wantAsked(0)
		})
	}
}
