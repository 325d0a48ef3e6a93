package purge

import (
	"context"
	"errors"
	"testing"

	"larder/problem"
)

// Any body is either answered with the keys that were purged, or refused with a
// 4xx problem and nothing purged.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `{"keys":["a"]}`, `{"keys":["a",""]}`, `{"keys":[1]}`, `{"all":true}`, `{"keys":["a"],"soft":0}`,
		`{"keys":["a"]}x`, `{"keys":["\ud800 %2"]}`, `{"credentials":["x"]}`, `[`, "\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		e, p := endpoint(t, plain)
		answer, _, err := e.Serve(context.Background(), call{body: body}.build(t))
		if err == nil {
			checkResult(t, answer, p.purged)
			return
		}
		var d *problem.Details
		if !errors.As(err, &d) || d.Status < 400 || d.Status > 499 {
			t.Fatalf("the error is %v", err)
		}
		if len(p.purged) > 0 {
			t.Fatalf("refused, but with a purge of %q", p.purged)
		}
	})
}
