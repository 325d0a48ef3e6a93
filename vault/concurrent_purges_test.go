package vault_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"larder/vault"
	"larder/vault/kvmodel"
)

func TestConcurrentPurgesLoseNothing(t *testing.T) {
	const writers = 8
	w := newWorld(t)
	still := w.clock() // all goroutines read it
	still.Sleep = func(time.Duration) {}
	w.vault = vault.New(settings(), w.kv, w.cache, still)
	var wait sync.WaitGroup
	for i := range writers {
		wait.Go(func() {
			for j := range 10 {
				if err := w.record(named("", hard, fmt.Sprintf("post:%d-%d", i, j))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	for i := range writers {
		for j := range 10 {
			w.pass(-time.Hour)
			w.save(fmt.Sprintf("body %d %d", i, j), fmt.Sprintf("post:%d-%d", i, j))
			w.pass(time.Hour)
			w.want(none)
		}
	}
}

func TestAPurgeThatConflictsIsRecordedAgain(t *testing.T) {
	tests := []struct {
		name      string
		conflicts int
		want      error
	}{
		{"once", 1, nil},
		{"four times", 4, nil},
		{"every time", 100, vault.ErrConflict},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.save("body", "post:a", "post:b")
			w.pass(time.Hour)
			left, other := test.conflicts, false
			w.kv.Before = func(c kvmodel.Call) error {
				if c.Op != "insert" || other || left == 0 {
					return nil
				}
				left--
				other = true
				defer func() { other = false }()
				// Another purge changes the same log.
				w.pass(time.Microsecond)
				return w.record(named("", soft, "post:a"))
			}
			if err := w.record(named("", hard, "post:a")); !errors.Is(err, test.want) {
				t.Fatalf("got %v", err)
			}
			if test.want == nil {
				w.want(none)
			}
		})
	}
}

// A read of an eventually consistent store may return the log as it was.
func TestALogReadInAnOlderStateLosesNothing(t *testing.T) {
	w := newWorld(t)
	w.save("body", "post:a")
	w.pass(time.Hour)
	w.purge("other", hard)
	w.purge("post:a", hard)
	lagging := 3
	w.kv.Lags = func(key string) bool {
		if !strings.HasPrefix(key, "purges/") || lagging == 0 {
			return false
		}
		lagging--
		return true
	}
	w.pass(time.Minute)
	w.purge("post:a", soft) // the older log has no hard purge
	if lagging > 0 {
		t.Fatal("nothing was read")
	}
	w.want(none)
}

// For two seconds the second purge reads the log from before the first one.
func TestPurgesInQuickSuccessionAreBothRecorded(t *testing.T) {
	w := newWorld(t)
	w.save("body", "post:a")
	w.pass(time.Hour)
	written := map[string]time.Time{}
	w.kv.Lags = func(key string) bool { return w.now.Sub(written[key]) < 2*time.Second }
	w.kv.Before = func(c kvmodel.Call) error {
		w.pass(20 * time.Millisecond)
		if _, ok := written[c.Key]; !ok && c.Op == "insert" {
			written[c.Key] = w.now
		}
		return nil
	}
	w.purge("post:a", soft)
	w.pass(500 * time.Millisecond)
	w.purge("post:a", hard)
	w.want(none)
}
