package origin

import (
	"fmt"
	"testing"
	"testing/synctest"

	"larder/origin/breaker"
)

// A search that hangs, or that a stranger lets hang with ever-new queries, must
// not take the origin away from the posts.
func TestARouteWhoseRequestsFailTakesTheOriginAwayFromNoOther(t *testing.T) {
	for name, failure := range map[string]reply{
		"a reset connection": fails(errReset), "a timeout": hangs, "a late 504": after(4e9, says(504)), "a body that stalls": sends(silence{6e9}),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBed()
				c := b.client("a")
				b.script("a", failure)
				for i := range 10 {
					search := fetch(fmt.Sprint("/search?q=", i))
					search.Route = "search"
					_, _ = do(t, c, search) // fails
				}
				status := c.Status()[0].Circuits
				if len(status) != 1 || status[0].Route != "search" || status[0].State == breaker.Closed {
					t.Fatalf("the circuits are %+v", status)
				}
				b.script("a")
				b.calls()
				if status, err := get(t, c); status != 200 {
					t.Error(err)
				}
				b.wantCalls(t, "a")
			})
		})
	}
}
