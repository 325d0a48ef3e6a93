//go:build !race

package fencetest

import (
	"strings"
	"testing"
	"time"
)

// A purge of keys that an answer does not have must not make that answer stale,
// whenever it comes. Which keys an answer has is known once it is there, so the
// first fetch of a URL may be repeated once; a fetch that replaces an entry
// knows the keys from there and need not be.

// innocent is a scenario in which other posts are purged during fetches of a
// path, and how often the origin may be asked for it.
type innocent struct {
	scenario
	fetches int
}

func innocents() []innocent {
	const other = post2
	all := []innocent{
		{fetches: 0, scenario: scenario{name: "a fresh entry", prepare: cached(time.Minute),
			plays: []play{reader("first"), editorOf("editor", other, soft, soft), reader("second")}}},
		{fetches: 0, scenario: scenario{name: "a fresh entry on probation", prepare: cached(2 * time.Second),
			plays: []play{reader("first"), editorOf("editor", other, soft, hard), reader("second")}}},
		{fetches: 2, scenario: scenario{name: "a cold fetch",
			plays: []play{reader("first"), editorOf("editor", other, soft, soft)}}},
		{fetches: 2, scenario: scenario{name: "a cold fetch, the other post is deleted",
			plays: []play{reader("first"), editorOf("editor", other, hard, soft)}}},
		{fetches: 2, scenario: scenario{name: "two fetches of a cold URL",
			plays: []play{reader("first"), editorOf("editor", other, soft, soft), reader("second")}}},
		{fetches: 1, scenario: scenario{name: "a fetch of an edited post", prepare: edited,
			plays: []play{reader("first"), editorOf("editor", other, soft), reader("second")}}},
		{fetches: 1, scenario: scenario{name: "a fetch of an edited post, the other post is deleted", prepare: edited,
			plays: []play{reader("first"), editorOf("editor", other, hard), reader("second")}}},
		{fetches: 1, scenario: scenario{name: "a validation", prepare: purgedOnly,
			plays: []play{reader("first"), editorOf("editor", other, soft), reader("second")}}},
		{fetches: 1, scenario: scenario{name: "a background revalidation", prepare: cached(time.Hour + time.Second),
			plays: []play{reader("first"), editorOf("editor", other, soft), reader("second")}}},
		{fetches: 1, scenario: scenario{name: "a validation of an absent post", prepare: absentPurged,
			plays: []play{reader("first"), editorOf("editor", other, soft), reader("second")}}},
		{fetches: 1, scenario: scenario{name: "an edit whose purge is repeated", prepare: edited, config: mustParse(repeating(file, `"3s"`)),
			plays: []play{reader("first"), editorOf("editor", other, soft)}}},
		{fetches: 1, scenario: scenario{name: "messages in any order", prepare: edited, config: mustParse(repeating(file, `"3s"`)), delivery: unordered,
			plays: []play{reader("first"), editorOf("editor", other, soft)}}},
	}
	for i := range all {
		s := &all[i]
		s.posts = []string{post1, post2}
		s.finally = s.judge
		withDefaults([]*scenario{&s.scenario})
	}
	return all
}

// absentPurged has a stored 404 that a soft purge has marked.
func absentPurged(w *world) {
	absent(w)
	w.purge(atEdge, post1, w.posts[post1].version, soft)
}

// judge looks at the answer twice: what is stale at the end has been purged for
// nothing.
func (s *innocent) judge(w *world) {
	w.get(post1)
	if status := w.get(post1); !strings.Contains(status, "; hit") {
		w.fault("the entry is not fresh: %s", status)
	}
	if n := w.fetches[post1]; n > s.fetches {
		w.fault("the origin is asked %d times for a post that no purge has named, %d at most are due", n, s.fetches)
	}
}

func TestPurgesOfOtherKeysLeaveAnAnswerAlone(t *testing.T) {
	t.Parallel()
	for _, s := range innocents() {
		t.Run(s.name, func(t *testing.T) {
			check(t, &s.scenario)
		})
	}
}
