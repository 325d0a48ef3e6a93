package httpcache

import (
	"reflect"
	"testing"
	"time"
)

func TestTheFetchingRequestGetsFieldsThatAreNotStored(t *testing.T) {
	resp := received(200, `Cache-Control: no-cache="A, Keep-Alive", private="Set-Cookie", max-age=60`,
		"A: 1", "Keep-Alive: 5", "Set-Cookie: s=1", "B: 2")
	s := NewStoredResponse("id", get(), resp, Lifetimes{Freshness: time.Minute}, origin())
	for _, name := range []string{"A", "Set-Cookie", "Keep-Alive"} {
		wantField(t, s.Header, name, "")
	}
	before := s.Header.Clone()
	answer := s.Restored(resp)
	wantField(t, answer.Header, "A", "1")
	wantField(t, answer.Header, "Set-Cookie", "s=1")
	wantField(t, answer.Header, "Keep-Alive", "")
	wantField(t, answer.Header, "B", "2")
	equal(t, "the answer's id", answer.ID, s.ID)
	equal(t, "the answer's freshness", answer.Freshness, time.Minute)
	wantField(t, resp.Header, "A", "1")
	answer.Header["Age"] = []string{"5"}
	if !reflect.DeepEqual(s.Header, before) {
		t.Errorf("the stored header became %q", s.Header)
	}
}

func TestRestoredReturnsTheRecordIfAllFieldsAreStored(t *testing.T) {
	resp := received(200, "Cache-Control: max-age=60", "A: 1")
	s := store(t, resp, origin())
	equal(t, "the answer", s.Restored(resp), s)
}
