package purge

import (
	"context"
	"errors"
	"strings"
	"testing"

	"larder/problem"
	"larder/surrogate"
)

// After a failure the purge continues, so that as little as possible stays
// unpurged, but it is not acknowledged.
func TestAFailureOfTheCacheIsNotAcknowledged(t *testing.T) {
	errCache := errors.New("cache is away")
	for _, failing := range []string{surrogate.TenantLeaseKey(""), "a", surrogate.Bucket("a"), "b"} {
		t.Run("at "+failing, func(t *testing.T) {
			e, p := endpoint(t, plain)
			p.fail = map[string]error{failing: errCache}
			_, _, err := e.Serve(context.Background(), call{body: `{"keys":["a","b"]}`}.build(t))
			d := problem.From(err)
			if d.Status != 502 || d.Type != problem.TypePrefix+"purge-failed" || !errors.Is(err, errCache) {
				t.Fatalf("got %v", err)
			}
			if _, body := d.Answer(); strings.Contains(string(body), errCache.Error()) {
				t.Errorf("the client sees %s", body)
			}
			if len(p.purged) != 10 { // the content's keys twice
				t.Errorf("got a purge of %q", p.purged)
			}
		})
	}
}
