package vault

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"larder/httpcache"
)

func FuzzDecodeLog(f *testing.F) {
	l := &purgeLog{floor: times{1, 2}}
	f.Add(l.encode())
	l.add(loggedKey{7, times{soft: 3}})
	l.add(loggedKey{5, times{soft: 4, hard: 4}})
	f.Add(l.encode())
	f.Add([]byte{})
	f.Add([]byte{logVersion})
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := decodeLog(data)
		if err != nil {
			if !errors.Is(err, errUnreadable) || l != nil {
				t.Errorf("got %v, %v", l, err)
			}
			return
		}
		if again := l.encode(); !bytes.Equal(again, data) {
			t.Errorf("%x became %x", data, again)
		}
		for _, n := range l.logged {
			if l.of(n.hash) != n.and(l.floor) {
				t.Errorf("%x is not found", n.hash)
			}
		}
	})
}

func FuzzDecodeCopy(f *testing.F) {
	s := &stored{
		record: httpcache.StoredResponse{
			ID: "id", Status: 200, Length: 4, Received: noon(), Keys: []string{"a", "b:c"},
			Header: map[string][]string{"Etag": {`"1"`}},
		},
		body: []byte("body"), prefix: "@AAAAAAAAAAA:", current: noon(),
	}
	value, err := s.encode()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(value)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, value []byte) {
		s, err := decode(value)
		if err != nil {
			if !errors.Is(err, errUnreadable) || s != nil {
				t.Errorf("got %v, %v", s, err)
			}
			return
		}
		value, err = s.encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := decode(value)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(again.body, s.body) || again.prefix != s.prefix || !again.current.Equal(s.current) {
			t.Errorf("got %+v, want %+v", again, s)
		}
		if !slices.Equal(again.record.Keys, s.record.Keys) {
			t.Errorf("got keys %q, want %q", again.record.Keys, s.record.Keys)
		}
	})
}
