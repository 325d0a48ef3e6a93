//go:build !race

package fencetest

import (
	"testing"
	"time"
)

// In these scenarios a purge is one message a key, and the explorer decides
// when each arrives. Once the last one has arrived, repetitions included,
// nothing older than the edit may be served.
//
// A repetition protects as far as every message of the purge before it has
// arrived when it is sent: then the leases of all fetches that began before the
// edit have ended, and those that stored their content before that lose it to
// the repetition.

// unorderedRaces are the scenarios, with one repetition after three seconds.
func unorderedRaces() []*scenario {
	all := []*scenario{
		{name: "a cold fetch and an edit", needs: fence,
			plays: []play{reader("first"), editor("editor", soft)}},
		{name: "a cold fetch and a deletion", needs: fence,
			plays: []play{reader("first"), editor("editor", hard)}},
		{name: "a fetch of an edited post and another edit", needs: fence, prepare: edited,
			plays: []play{reader("first"), editor("editor", soft)}},
		{name: "a validation and an edit", needs: fence, prepare: purgedOnly,
			plays: []play{reader("first"), editor("editor", soft)}},
		{name: "a validation and a deletion", needs: fence, prepare: purgedOnly,
			plays: []play{reader("first"), editor("editor", hard)}},
		{name: "a background revalidation and an edit", needs: fence, prepare: cached(time.Hour + time.Second),
			plays: []play{reader("first"), editor("editor", soft)}},
		{name: "a fetch of an absent post and its publication", needs: fence, prepare: absent,
			plays: []play{reader("first"), editor("editor", soft)}},
		{name: "a slow body and an edit", needs: fence, origin: streams,
			plays: []play{reader("first"), editor("editor", soft)}},
		{name: "a deletion during a fetch, then an outage", needs: fence, origin: mayFail,
			plays: []play{reader("first"), editor("editor", hard), outage()}},
		{name: "two readers and an edit", needs: fence, long: true,
			plays: []play{reader("first"), editor("editor", soft), reader("second")}},
		{name: "two editors at once", needs: fence, long: true,
			plays: []play{reader("first"), editor("editor", soft), editor("other editor", hard)}},
		{name: "two posts that are edited at once", needs: fence, long: true, posts: []string{post1, post2},
			plays: []play{reader("first"), editor("editor", soft), editorOf("other editor", post2, soft)}},
	}
	return delivered(all, `"3s"`, 0)
}

// listRaces are races of lists, whose posts are not known before they are there.
// Such a fetch has its tenant lease only, and the message that ends it may come
// after the one that purges the content. With a keys lease one message does
// both, so that the order does not matter and no repetition is needed.
func listRaces(pauses string, late int) []*scenario {
	const list = "/lists/all/"
	all := []*scenario{
		{name: "a cold fetch of a list and an edit", needs: fence, plays: []play{readerOf("first", list), editor("editor", soft)}},
		{name: "a cold fetch of a list and a deletion", needs: fence, plays: []play{readerOf("first", list), editor("editor", hard)}},
	}
	for _, s := range all {
		s.lists = map[string][]string{list: {post1}}
	}
	return delivered(all, pauses, late)
}

// delivered gives scenarios unordered messages and repetitions.
func delivered(all []*scenario, pauses string, late int) []*scenario {
	for _, s := range all {
		s.delivery, s.late, s.config = unordered, late, mustParse(repeating(file, pauses))
	}
	return withDefaults(all)
}

// unorderedShielded are the same with a shield, which each message reaches on
// its own too.
func unorderedShielded() []*scenario {
	all := behindShield([]*scenario{
		{name: "a cold edge after a long quiet period and an edit", prepare: quietEdge, long: true,
			plays: []play{reader("first"), editor("editor", soft)}},
		{name: "a cold edge after a long quiet period and a deletion", prepare: quietEdge, long: true,
			plays: []play{reader("first"), editor("editor", hard)}},
		{name: "a cold edge that knows of no quiet period and an edit", prepare: warmShield, long: true,
			plays: []play{reader("first"), editor("editor", soft)}},
	})
	for _, s := range all {
		s.delivery, s.config = unordered, mustParse(repeating(shieldedFile, `"3s"`))
	}
	return all
}

func TestNoOrderOfMessagesUndoesAPurgeThatIsRepeated(t *testing.T) {
	t.Parallel()
	checkAll(t, append(unorderedRaces(), listRaces(`"3s"`, 0)...))
	checkAll(t, unorderedShielded())
}

func TestWithoutRepetitionsALateMessageUndoesAPurge(t *testing.T) {
	t.Parallel()
	for _, s := range listRaces(``, 0) {
		t.Run(s.name, func(t *testing.T) { violated(t, s, options{}) })
	}
}

func TestWithoutTheFenceRepetitionsAreNotEnough(t *testing.T) {
	t.Parallel()
	for _, s := range unorderedRaces() {
		if !s.long {
			t.Run(s.name, func(t *testing.T) { violated(t, s, options{unfenced: true}) })
		}
	}
}

// A message that outlasts a pause needs one more.
func TestThePausesTogetherMustOutlastEveryMessage(t *testing.T) {
	t.Parallel()
	for _, s := range listRaces(`"3s"`, 1) {
		t.Run("one repetition, "+s.name, func(t *testing.T) { violated(t, s, options{}) })
	}
	for _, s := range listRaces(`"3s", "3s"`, 1) {
		t.Run("two repetitions, "+s.name, func(t *testing.T) { check(t, s) })
	}
}

func TestMessagesInRandomOrder(t *testing.T) {
	t.Parallel()
	sampleAll(t, unorderedRaces())
	sampleAll(t, unorderedShielded())
}
