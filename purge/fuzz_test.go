package purge

import (
	"context"
	"errors"
	"testing"

	"larder/problem"
)

// Whatever body an operator's tool sends, it is answered with what was purged,
// or refused with a problem of the client's and nothing purged.
func FuzzBody(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `{"keys":["a"]}`, `{"keys":["a",""]}`, `{"keys":[1]}`, `{"all":true}`, `{"keys":["a"],"soft":0}`,
		`{"keys":["a"]}x`, `{"keys":["\ud800 %2"]}`, `{"credentials":["x"]}`, `[`, "\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		e, p := endpoint(t, plain)
		answer, err := e.Serve(context.Background(), request{body: body}.build(t))
		if err == nil {
			checkResult(t, answer, p.purged)
			return
		}
		var d *problem.Details
		if !errors.As(err, &d) || d.Status < 400 || d.Status > 499 {
			t.Fatalf("the error is %v", err)
		}
		if len(p.purged) > 0 {
			t.Fatalf("it is refused and purges %q", p.purged)
		}
	})
}
