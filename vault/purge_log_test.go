package vault

import (
	"strconv"
	"testing"
	"time"

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
	if got := l.of(keyHash("never purged")); got != l.floor {
		t.Errorf("a key that was never purged is %+v", got)
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

func TestAPurgeAlreadyInTheLogChangesNothing(t *testing.T) {
	l := &purgeLog{}
	if !l.add(loggedKey{1, times{soft: 5, hard: 5}}) || l.add(loggedKey{1, times{soft: 5}}) || l.add(loggedKey{1, times{soft: 4, hard: 4}}) {
		t.Error("the log has changed")
	}
	if !l.add(loggedKey{1, times{soft: 6}}) || l.of(1) != (times{soft: 6, hard: 5}) {
		t.Errorf("got %+v", l.of(1))
	}
}

func TestAPurgeCoversCopiesFromBeforeItAndWithinTheMargin(t *testing.T) {
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
		{"a time in the far future", 1 << 63, noon(), true},
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
				t.Fatalf("%q is logged in %q, and %q in %q", full[0], a, full[1], b)
			}
			logs[logName(prefix, full[0])] = true
		}
		if len(logs) != shards {
			t.Errorf("%d logs", len(logs))
		}
	}
}

func TestTenantsHaveSeparateLogs(t *testing.T) {
	a := logName("@AAAAAAAAAAA:", "@AAAAAAAAAAA:post:a")
	b := logName("@BBBBBBBBBBB:", "@BBBBBBBBBBB:post:a")
	if a == b {
		t.Error("both use " + a)
	}
	if got := logName("", surrogate.AllKey); got != serviceLog {
		t.Errorf("a key of the service is logged in %q", got)
	}
	if got := logName("@AAAAAAAAAAA:", "@AAAAAAAAAAA:"+surrogate.AllKey); got == serviceLog {
		t.Error("a key of a tenant is logged in the service's log")
	}
}
