package vault_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"larder/surrogate"
	"larder/vault"
	"larder/vault/kvmodel"
)

// everyLog is a purge with keys in each of the seven logs of one tenant; one
// log has a hard key.
func (w *world) everyLog() *vault.PurgeWrite {
	return w.vault.Purge(vault.Purge{Settled: w.now, Keys: []vault.Keys{
		named("", soft, everywhere()...),
		named("", hard, surrogate.AllKey),
	}})
}

// logsOf returns the logs that were inserted, in their order.
func logsOf(calls []kvmodel.Call) []string {
	var logs []string
	for _, c := range calls {
		if c.Op == "insert" {
			logs = append(logs, c.Key)
		}
	}
	return logs
}

func TestNoCallOfAPurgeBeginsAfterItsTimeLimit(t *testing.T) {
	tests := []struct {
		name  string
		takes time.Duration // each call
		err   error
		done  bool
	}{
		{"a store that answers at once", 0, nil, true},
		{"a store that is slow", 100 * time.Millisecond, nil, false},
		{"a store that is very slow", 3 * time.Second, nil, false},
		{"a store that fails at once", 0, vault.ErrBusy, false},
		{"a store that is slow to fail", 300 * time.Millisecond, vault.ErrUnavailable, false},
		{"a store whose entries always conflict", 10 * time.Millisecond, vault.ErrConflict, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			until := w.now.Add(time.Second)
			w.kv.Before = func(c kvmodel.Call) error {
				if w.now.After(until) {
					t.Errorf("the %s of %s begins %v after the limit", c.Op, c.Key, w.now.Sub(until))
				}
				w.pass(test.takes)
				return test.err
			}
			err := w.everyLog().Run(until)
			if (err == nil) != test.done || test.err != nil && !errors.Is(err, test.err) {
				t.Errorf("got %v", err)
			}
			if len(w.kv.Calls()) == 0 {
				t.Error("the store was not called")
			}
		})
	}
}

func TestAPurgeWithoutTimeMakesNoCall(t *testing.T) {
	w := newWorld(t)
	write := w.everyLog()
	if err := write.Run(w.now.Add(-time.Microsecond)); err == nil {
		t.Error("no error")
	}
	if calls := w.kv.Calls(); len(calls) > 0 {
		t.Errorf("got %v", calls)
	}
	if err := write.Run(w.now); err != nil {
		t.Error(err)
	}
}

func TestASecondRunWritesOnlyTheRemainingLogs(t *testing.T) {
	w := newWorld(t)
	w.save("body", "post:0")
	w.pass(time.Hour)
	w.kv.Before = func(kvmodel.Call) error { w.pass(300 * time.Millisecond); return nil }
	w.kv.Calls()
	write := w.everyLog()
	if err := write.Run(w.now.Add(time.Second)); err == nil {
		t.Fatal("all of it is written, so there is nothing to test")
	}
	first := logsOf(w.kv.Calls())
	if err := write.Run(w.now.Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	second := logsOf(w.kv.Calls())
	all := slices.Concat(first, second)
	slices.Sort(all)
	if len(first) == 0 || len(all) != 7 || len(slices.Compact(all)) != 7 {
		t.Errorf("first %q are written, then %q", first, second)
	}
	if err := write.Run(w.now.Add(time.Second)); err != nil || len(w.kv.Calls()) > 0 {
		t.Errorf("a third time there is something left: %v", err)
	}
	w.kv.Before = nil
	w.want(none)
}

func TestLogsWithDeletionsAreWrittenFirst(t *testing.T) {
	w := newWorld(t)
	if err := w.everyLog().Run(w.now); err != nil {
		t.Fatal(err)
	}
	if logs := logsOf(w.kv.Calls()); len(logs) != 7 || logs[0] != "purges/service" {
		t.Errorf("got %q", logs)
	}
}

func TestOneFailingLogDoesNotStopTheOthers(t *testing.T) {
	w := newWorld(t)
	w.kv.Before = func(c kvmodel.Call) error {
		if c.Key == "purges/service" {
			return vault.ErrConflict
		}
		return nil
	}
	err := w.everyLog().Run(w.now.Add(time.Second))
	if !errors.Is(err, vault.ErrConflict) || !strings.Contains(err.Error(), "1 of 7 logs") {
		t.Errorf("got %v", err)
	}
	if logs := logsOf(w.kv.Calls()); len(logs) != 6 {
		t.Errorf("%d logs are written: %q", len(logs), logs)
	}
}

func TestAPurgeOfSeveralTenantsHasOneTimeLimit(t *testing.T) {
	w := newWorld(t)
	began := w.now
	w.kv.Before = func(kvmodel.Call) error { w.pass(100 * time.Millisecond); return nil }
	err := w.vault.Purge(vault.Purge{Settled: w.now, Keys: []vault.Keys{
		named("@AAAAAAAAAAA:", hard, everywhere()...),
		named("@BBBBBBBBBBB:", hard, everywhere()...),
		named("tCCCCCCCCCCC:", hard, everywhere()...),
	}}).Run(w.now.Add(time.Second))
	if took := w.now.Sub(began); err == nil || took > 1100*time.Millisecond {
		t.Errorf("got %v after %v", err, took)
	}
}
