package httpcache

import (
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"
)

// fullRecord has something in every field.
func fullRecord() *StoredResponse {
	s := NewStoredResponse("id-1", get(), received(200, "CDN-Cache-Control: max-age=60", "Cache-Control: max-age=5",
		`ETag: "a"`, "Content-Type: application/json", "Set-Cookie: a=b", "Set-Cookie: c=d"), Lifetimes{
		Freshness: time.Hour, InitialAge: time.Second, StaleWhileRevalidate: time.Minute,
		StaleIfError: 72 * time.Hour, Validation: time.Hour, MustRevalidate: true, NoCache: true,
	}, Policy{TTL: Some(time.Hour), ClientTTL: time.Minute})
	s.SetBody(1234, "")
	s.Detail, s.KeysLease = "vault", true
	s.Keys, s.Rules = []string{"post:1", "author:2"}, "5f0c"
	s.Partial, s.First, s.Last, s.Total = true, 1, 2, 3
	return s
}

func TestARecordSurvivesEncodingAndDecoding(t *testing.T) {
	for name, s := range map[string]*StoredResponse{
		"full":  fullRecord(),
		"empty": {Header: http.Header{}, Received: time.UnixMicro(0).UTC()},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := s.AppendBinary([]byte("before"))
			if err != nil {
				t.Fatal(err)
			}
			equal(t, "bytes before the record", string(b[:6]), "before")
			var got StoredResponse
			if err := got.UnmarshalBinary(b[6:]); err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(&got, s) {
				t.Errorf("%+v was decoded as %+v", s, &got)
			}
		})
	}
}

func TestADamagedRecordIsRefused(t *testing.T) {
	b, err := fullRecord().AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	for n := range b {
		got := StoredResponse{ID: "unchanged"}
		if err := got.UnmarshalBinary(b[:n]); !errors.Is(err, ErrRecord) {
			t.Errorf("the first %d bytes: error is %v", n, err)
		}
		equal(t, "the record after an error", got.ID, "unchanged")
	}
	var s StoredResponse
	if err := s.UnmarshalBinary(append(b, 0)); !errors.Is(err, ErrRecord) {
		t.Errorf("a trailing byte: error is %v", err)
	}
	other := append([]byte{recordVersion + 1}, b[1:]...)
	if err := s.UnmarshalBinary(other); !errors.Is(err, ErrRecord) {
		t.Errorf("another version: error is %v", err)
	}
	if err := s.UnmarshalBinary(make([]byte, MaxRecord+1)); !errors.Is(err, ErrRecord) {
		t.Errorf("a record that is too large: error is %v", err)
	}
}

func TestARecordThatIsTooLargeIsRefused(t *testing.T) {
	s := &StoredResponse{Header: http.Header{"X": {strings.Repeat("x", MaxRecord)}}}
	b, err := s.AppendBinary([]byte("before"))
	equal(t, "error", errors.Is(err, ErrRecordTooLarge), true)
	equal(t, "bytes", string(b), "before")
}

func TestAppendingToADecodedFieldLeavesTheOthersUnchanged(t *testing.T) {
	b, err := fullRecord().AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	var s StoredResponse
	if err := s.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	before := s.Header.Clone()
	for name := range s.Header {
		s.Header.Add(name, "more")
	}
	for name, lines := range before {
		if !reflect.DeepEqual(s.Header[name][:len(lines)], lines) {
			t.Errorf("%s became %q", name, s.Header[name])
		}
	}
}
