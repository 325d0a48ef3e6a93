package e2e

import (
	"net/http"
	"testing"
	"time"
)

// A URL that fails is fetched again after one second, then after two, four and
// so on up to breaker.max_cooldown.
func TestAURLThatGoesOnFailingIsFetchedLessAndLessOften(t *testing.T) {
	s := beginSingleOrigin(t, shortCooldown)
	const path = "/things/failing/"
	fetched := make(chan time.Time, 100)
	s.origin.script(path, func(w http.ResponseWriter, r *http.Request) {
		fetched <- time.Now()
		status(http.StatusInternalServerError)(w, r)
	})
	eventually(t, "the URL is fetched for the third time", func() bool {
		s.get(t, path).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
		return len(fetched) >= 3
	})
	<-fetched
	second := <-fetched
	// Two seconds, less what jitter there may be. A slow machine only adds.
	if pause := (<-fetched).Sub(second); pause < 1500*time.Millisecond {
		t.Errorf("the third fetch came %v after the second, want about two seconds", pause)
	}
}
