package content

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

func TestAnOutcomeIsReadAsItWasWritten(t *testing.T) {
	retryAt := time.Date(2026, 11, 30, 12, 0, 1, 0, time.UTC)
	for _, o := range []outcome{
		{kind: landed, id: "id1"},
		{kind: landed}, // another request has stored something
		{kind: pass, id: "id1", reason: "private"},
		{kind: failed, id: "id1", reason: "origin-status-500", retryAt: retryAt},
		{kind: underWay, reason: reasonSlow},
	} {
		t.Run(string(o.kind)+" "+o.id, func(t *testing.T) {
			got, err := decodeOutcome(o.encode())
			if err != nil {
				t.Fatal(err)
			}
			if got.kind != o.kind || got.id != o.id || got.reason != o.reason || !got.retryAt.Equal(o.retryAt) {
				t.Errorf("%+v is read as %+v", o, got)
			}
		})
	}
}

func TestGarbageIsNoOutcome(t *testing.T) {
	for name, data := range map[string][]byte{
		"nothing":                  nil,
		"one word":                 []byte("landed"),
		"too few lines":            []byte("landed\nid1"),
		"a time that is no number": []byte("landed\nid1\n\nsoon"),
		"an empty time":            []byte("landed\nid1\n\n"),
		"a time that is too large": []byte("landed\nid1\n\n99999999999999999999"),
		"a line too many":          []byte("landed\nid1\n\n0\nmore"),
	} {
		if o, err := decodeOutcome(data); err == nil {
			t.Errorf("%s is read as %+v", name, o)
		}
	}
}

func FuzzDecodeOutcome(f *testing.F) {
	for _, o := range []outcome{{kind: landed, id: "id1"}, {kind: failed, reason: "a", retryAt: time.Unix(1, 0)}} {
		f.Add(o.encode())
	}
	f.Add([]byte(strings.Repeat("\n", 9)))
	f.Fuzz(func(t *testing.T, data []byte) {
		o, err := decodeOutcome(data)
		if err != nil {
			return
		}
		again := o.encode()
		second, err := decodeOutcome(again)
		if err != nil {
			t.Fatalf("%q: %v", again, err)
		}
		if once := second.encode(); !bytes.Equal(once, again) {
			t.Errorf("%q becomes %q", again, once)
		}
	})
}

func TestWhichFlightsAreSecond(t *testing.T) {
	for _, test := range []struct {
		name   string
		waited waited
		id     string
		want   bool
	}{
		{"the first one", waited{}, "id1", false},
		{"the first one again", waited{flights: 1, last: "id1"}, "id1", false},
		{"another one after the first", waited{flights: 1, last: "id1"}, "id2", true},
		{"another one after two", waited{flights: 2, last: "id2"}, "id3", true},
		{"the second one again", waited{flights: 2, last: "id2"}, "id2", false},
	} {
		if got := test.waited.second(outcome{kind: landed, id: test.id}); got != test.want {
			t.Errorf("%s: second is %t", test.name, got)
		}
	}
}
