package e2e

import (
	"net/http"
	"testing"
)

// The origin still gives old content when its purge arrives, as replicas and
// search indexes do. The edge purges the same keys again three seconds later,
// which is purge.repeat's default.

func TestWhatALaggingOriginGaveAfterAPurgeIsFetchedAgain(t *testing.T) {
	s := beginSingleOrigin(t, repeatedPurges)
	const page, list = "/things/page/", "/lists/all/"
	script := func(text string) {
		s.origin.script(page, respond(thing("page", text)))
		s.origin.script(list, respond(`{"data":[{"slug":"page","text":"`+text+`"}]}`))
	}
	script("old")
	for _, path := range []string{page, list} {
		s.get(t, path).wantFetched(t)
	}
	s.purge(t, `{"keys":["thing:page"]}`)
	for _, path := range []string{page, list} {
		s.get(t, path).wantFetched(t) // still the old content
	}
	script("new")
	for _, path := range []string{page, list} {
		eventually(t, path+" shows the edit", func() bool {
			got := s.get(t, path)
			return got.status == http.StatusOK && string(got.body) != thing("page", "old") && string(got.body) != `{"data":[{"slug":"page","text":"old"}]}`
		})
	}
}

// An item is deleted while a replica still shows it. The vault must not have
// learned of it from the replica.
func TestADeletedItemThatAReplicaStillShowedDoesNotComeBack(t *testing.T) {
	f := newTwoOrigins(t, nil, repeatedPurges)
	const path = "/things/deleted/"
	f.both(path, respond(thing("deleted", "Tea.")))
	f.get(t, path).wantFetched(t)
	f.both(path, status(http.StatusServiceUnavailable))
	f.emptyUntilServed(t, path).wantCopy(t, thing("deleted", "Tea."), "vault")
	f.both(path, respond(thing("deleted", "Tea.")))
	if got := f.purge(t, `{"keys":["thing:deleted"],"soft":false}`); got.status != http.StatusOK {
		t.Fatal(got)
	}
	f.get(t, path).wantFetched(t) // from the replica
	f.both(path, status(http.StatusServiceUnavailable))
	eventually(t, "the repeated purge deletes it", func() bool {
		return f.get(t, path).status == http.StatusServiceUnavailable
	})
	for range 3 {
		f.purge(t, `{"all":true,"soft":false}`, as(""))
		f.get(t, path).wantProblem(t, http.StatusServiceUnavailable, "origin-unavailable")
	}
}
