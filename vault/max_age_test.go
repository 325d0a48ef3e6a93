package vault_test

import (
	"fmt"
	"testing"
	"time"

	"larder/config"
	"larder/vault"
)

func TestACopyIsServedUpToMaxAge(t *testing.T) {
	for name, want := range map[string]string{"a day less": current, "a day more": none} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.save("body")
			w.pass(30 * 24 * time.Hour)
			if want == none {
				w.pass(24 * time.Hour)
			}
			w.want(want)
		})
	}
}

func TestTheStoreDropsACopyPastMaxAge(t *testing.T) {
	w := newWorld(t)
	w.save("body")
	w.pass(30 * 24 * time.Hour)
	if n := len(w.kv.Keys()); n != 1 {
		t.Errorf("%d entries while the copy may be served", n)
	}
	w.pass(time.Hour)
	if keys := w.kv.Keys(); len(keys) > 0 {
		t.Errorf("the store still has %v", keys)
	}
}

func TestAShorterMaxAgeAppliesToOldCopies(t *testing.T) {
	w := newWorld(t)
	w.save("body")
	w.pass(2 * time.Hour)
	cfg := settings()
	cfg.MaxAge = time.Hour
	w.vault = vault.New(cfg, w.kv, w.cache, w.clock())
	w.want(none)
}

// If the store dropped a log before the copy, the item would come back.
func TestADeletionIsRememberedAsLongAsAnyCopyIsStored(t *testing.T) {
	const day = 24 * time.Hour
	const file = `{"vault":{"max_age":"%dd"},"origins":[{"name":"primary"}],"routes":[{"name":"all","path":"/{path...}"}]}`
	const longest = 365 // days, the most that a configuration can ask for
	if _, err := config.Parse(fmt.Appendf(nil, file, longest+1)); err == nil {
		t.Errorf("a copy may be stored for more than %d days", longest)
	}
	cfg, err := config.Parse(fmt.Appendf(nil, file, longest))
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, func(c *config.Vault) { *c = *cfg.Vault })
	w.save("body", "post:a")
	w.purge("post:a", hard)
	for range longest {
		w.want(none)
		w.pass(day)
	}
	w.want(none)
	w.pass(2 * day)
	if keys := w.kv.Keys(); len(keys) > 0 {
		t.Errorf("the store still has %v", keys)
	}
}
