package httpcache

import (
	"reflect"
	"testing"
	"time"
)

func TestTheFirstClientGetsWhatIsNotKept(t *testing.T) {
	resp := received(200, `Cache-Control: no-cache="A, Keep-Alive", private="Set-Cookie", max-age=60`,
		"A: 1", "Keep-Alive: 5", "Set-Cookie: s=1", "B: 2")
	s := NewStoredResponse("id", get(), resp, Lifetimes{Freshness: time.Minute}, origin())
	for _, name := range []string{"A", "Set-Cookie", "Keep-Alive"} {
		if s.Header.Get(name) != "" {
			t.Errorf("%s is kept", name)
		}
	}
	kept := s.Header.Clone()
	answer := s.Restored(resp)
	equal(t, "A", answer.Header.Get("A"), "1")
	equal(t, "Set-Cookie", answer.Header.Get("Set-Cookie"), "s=1")
	equal(t, "Keep-Alive", answer.Header.Get("Keep-Alive"), "")
	equal(t, "B", answer.Header.Get("B"), "2")
	equal(t, "the answer's id", answer.ID, s.ID)
	equal(t, "the answer's freshness", answer.Freshness, time.Minute)
	equal(t, "the response's own A", resp.Header.Get("A"), "1")
	answer.Header["Age"] = []string{"5"}
	if !reflect.DeepEqual(s.Header, kept) {
		t.Errorf("the kept header became %q", s.Header)
	}
}

func TestAnAnswerThatIsKeptAsAWholeIsTheRecord(t *testing.T) {
	resp := received(200, "Cache-Control: max-age=60", "A: 1")
	s := store(t, resp, origin())
	equal(t, "the answer", s.Restored(resp), s)
}
