package vault_test

import (
	"testing"
	"time"

	"larder/config"
)

func TestAHitConfirmsACopyFetchedJustAfterAPurge(t *testing.T) {
	tests := []struct {
		name  string
		after time.Duration
		want  string
	}{
		{"a hit while clocks cannot tell", 10 * time.Second, none},
		{"a hit soon after", 20 * time.Second, current},
		{"a hit within a minute", time.Minute, current},
		{"a hit much later, which does not confirm", 61 * time.Second, none},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, func(c *config.Vault) { c.Interval = time.Hour })
			w.purge("post:a", hard)
			w.pass(100 * time.Millisecond)
			record := w.answer("body", "post:a")
			w.save("body", "post:a")
			w.want(none)
			w.pass(test.after)
			if w.vault.Confirms(cacheKey, record, w.now) {
				if err := w.vault.Confirm(cacheKey, "", record, []byte("body"), w.now); err != nil {
					t.Fatal(err)
				}
			}
			w.want(test.want)
			if test.want == current && w.vault.Confirms(cacheKey, record, w.now) {
				t.Error("a second hit confirms it again")
			}
		})
	}
}

func TestAPurgeJustBeforeAConfirmationCounts(t *testing.T) {
	w := newWorld(t)
	record := w.answer("body", "post:a")
	w.pass(20 * time.Second)
	// The purge is recorded now. The cache is purged only after its last hit.
	if err := w.record(named("", hard, "post:a")); err != nil {
		t.Fatal(err)
	}
	w.pass(9 * time.Second)
	w.kv.Calls()
	if err := w.vault.Confirm(cacheKey, "", record, []byte("body"), w.now); err != nil {
		t.Fatal(err)
	}
	if n := count(w.kv, "insert"); n != 1 {
		t.Errorf("%d copies are written", n)
	}
	w.want(none)
}
