package vault

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"testing"
	"time"

	"larder/httpcache"
	"larder/surrogate"
)

func micro(t time.Time) uint64 { return uint64(t.UnixMicro()) }

func noon() time.Time { return time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC) }

func TestAFullLogDropsSoftPurgesFirstAndTheOldestFirst(t *testing.T) {
	l := &purgeLog{}
	for i := range 100 {
		l.add(loggedKey{keyHash("hard " + strconv.Itoa(i)), times{soft: 10, hard: 10}})
	}
	for i := range uint64(maxLogged) {
		l.add(loggedKey{keyHash("soft " + strconv.FormatUint(i, 10)), times{soft: 1000 + i}})
	}
	l.trim(time.UnixMicro(0))
	if len(l.logged) != maxLogged {
		t.Errorf("%d keys are left", len(l.logged))
	}
	if want := (times{soft: 1099}); l.floor != want {
		t.Errorf("the floor is %+v, want %+v", l.floor, want)
	}
	if got := l.of(keyHash("hard 7")); got != (times{soft: 1099, hard: 10}) {
		t.Errorf("a hard purge became %+v", got)
	}
	if got := l.of(keyHash("soft 4095")); got != (times{soft: 5095}) {
		t.Errorf("the latest purge became %+v", got)
	}
	if got := l.of(keyHash("never noted")); got != l.floor {
		t.Errorf("what was never noted is %+v", got)
	}
}

func TestALogOfDeletionsAloneRaisesTheFloorOfDeletions(t *testing.T) {
	l := &purgeLog{}
	for i := range uint64(maxLogged + 1) {
		l.add(loggedKey{keyHash(strconv.FormatUint(i, 10)), times{soft: 10 + i, hard: 10 + i}})
	}
	l.trim(time.UnixMicro(0))
	if want := (times{10, 10}); len(l.logged) != maxLogged || l.floor != want {
		t.Errorf("%d keys, floor %+v", len(l.logged), l.floor)
	}
}

func TestOldPurgesBecomeTheFloor(t *testing.T) {
	l := &purgeLog{}
	l.add(loggedKey{1, times{soft: micro(noon()), hard: micro(noon())}})
	l.add(loggedKey{2, times{soft: micro(noon()) + 1}})
	l.trim(noon().Add(time.Microsecond))
	if len(l.logged) != 1 || l.floor != (times{micro(noon()), micro(noon())}) {
		t.Errorf("got %+v", l)
	}
}

func TestWhatIsKnownAlreadyIsNoNews(t *testing.T) {
	l := &purgeLog{}
	if !l.add(loggedKey{1, times{soft: 5, hard: 5}}) || l.add(loggedKey{1, times{soft: 5}}) || l.add(loggedKey{1, times{soft: 4, hard: 4}}) {
		t.Error("old news")
	}
	if !l.add(loggedKey{1, times{soft: 6}}) || l.of(1) != (times{soft: 6, hard: 5}) {
		t.Errorf("got %+v", l.of(1))
	}
}

func TestCovers(t *testing.T) {
	tests := []struct {
		name    string
		purge   uint64
		current time.Time
		want    bool
	}{
		{"no purge", 0, noon(), false},
		{"a purge long before", micro(noon().Add(-time.Hour)), noon(), false},
		{"a purge just within the margin", micro(noon().Add(-Margin)), noon(), true},
		{"a purge just outside", micro(noon().Add(-Margin)) - 1, noon(), false},
		{"a purge after", micro(noon()), noon().Add(-time.Hour), true},
		{"a time that is no time", 1 << 63, noon(), true},
		{"a copy from before 1970", 1, time.Time{}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := covers(test.purge, test.current); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestAKeyAndItsBucketShareALog(t *testing.T) {
	for _, prefix := range []string{"", surrogate.TenantPrefix(surrogate.TenantID("credential"))} {
		logs := map[string]bool{}
		for i := range 500 {
			full := surrogate.ForPurge(prefix, "post:"+strconv.Itoa(i))
			if a, b := logName(prefix, full[0]), logName(prefix, full[1]); a != b {
				t.Fatalf("%q is noted in %q, and %q in %q", full[0], a, full[1], b)
			}
			logs[logName(prefix, full[0])] = true
		}
		if len(logs) != shards {
			t.Errorf("%d logs", len(logs))
		}
	}
}

func TestLogsOfTenantsAreApart(t *testing.T) {
	a := logName("tAAAAAAAAAAA:", "tAAAAAAAAAAA:post:a")
	b := logName("tBBBBBBBBBBB:", "tBBBBBBBBBBB:post:a")
	if a == b {
		t.Error("they share " + a)
	}
	if got := logName("", surrogate.AllKey); got != serviceLog {
		t.Errorf("a key of the service is noted in %q", got)
	}
	if got := logName("tAAAAAAAAAAA:", "tAAAAAAAAAAA:"+surrogate.AllKey); got == serviceLog {
		t.Error("a key of a tenant is noted in the service's log")
	}
}

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
		body: []byte("body"), prefix: "tAAAAAAAAAAA:", current: noon(),
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
