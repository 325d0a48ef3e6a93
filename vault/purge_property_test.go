package vault_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"larder/surrogate"
	"larder/vault"
	"larder/vault/kvmodel"
)

// fetch is a response from the origin. It may be saved any time later.
type fetch struct {
	tenant, entry int
	asked         time.Time
	body          string
	keys          []string
}

// purge is an acknowledged purge.
type purge struct {
	prefix, key string
	soft        bool
	settled     time.Time
}

// machine fetches, saves, purges and loads in any order.
type machine struct {
	*world
	fetches []fetch
	// saved is the latest copy of an entry that was written, by its name.
	saved  map[string]fetch
	purges []purge
}

func prefixes() []string { return []string{"", "@AAAAAAAAAAA:", "@BBBBBBBBBBB:"} }

func contentKeys() []string {
	return []string{"post:a", "post:b", "posts", "~00", "page:crème", "@AAAAAAAAAAA:post:a", surrogate.AllKey}
}

func name(tenant, entry int) string { return fmt.Sprintf("entry %d of tenant %d", entry, tenant) }

// fetch fetches an entry; every response has a body of its own.
func (m *machine) fetch(t *rapid.T) {
	tenant := rapid.IntRange(0, len(prefixes())-1).Draw(t, "tenant")
	set := surrogate.NewSet(prefixes()[tenant])
	if tenant > 0 {
		set.AddService(prefixes()[tenant] + surrogate.AllKey)
	}
	set.Add(rapid.SliceOfN(rapid.SampledFrom(contentKeys()[:5]), 0, 3).Draw(t, "keys")...)
	if rapid.IntRange(0, 9).Draw(t, "overflow") == 0 {
		for i := range 1500 {
			set.Add("product:" + strconv.Itoa(i))
		}
		set.Add("post:late")
	}
	set.AddService(surrogate.AllKey)
	m.fetches = append(m.fetches, fetch{
		tenant: tenant,
		entry:  rapid.IntRange(0, 1).Draw(t, "entry"),
		asked:  m.now,
		body:   "body " + strconv.Itoa(len(m.fetches)),
		keys:   set.Keys(),
	})
}

// save writes the copy of any fetch, however old.
func (m *machine) save(t *rapid.T) {
	if len(m.fetches) == 0 {
		t.Skip("nothing was fetched")
	}
	f := rapid.SampledFrom(m.fetches).Draw(t, "fetch")
	record := m.answer(f.body)
	record.Keys = f.keys
	record.Received = f.asked
	key := name(f.tenant, f.entry)
	m.kv.Calls()
	if err := m.vault.Save([]byte(key), prefixes()[f.tenant], record, []byte(f.body), f.asked); err != nil {
		t.Fatal(err)
	}
	if len(m.kv.Calls()) > 0 {
		m.saved[key] = f
	}
}

func (m *machine) purge(t *rapid.T) {
	p := purge{
		prefix:  rapid.SampledFrom(prefixes()).Draw(t, "prefix"),
		key:     rapid.SampledFrom(append(contentKeys(), "post:late", "product:7")).Draw(t, "key"),
		soft:    rapid.Bool().Draw(t, "soft"),
		settled: m.now.Add(rapid.SampledFrom([]time.Duration{0, 3 * time.Second, 23 * time.Second, time.Minute}).Draw(t, "repeats")),
	}
	if p.prefix == "" && p.key == contentKeys()[5] {
		p.key = "post:a" // without a tenant, no request can name a tenant's key
	}
	if err := m.recordUntil(p.settled, named(p.prefix, p.soft, p.key)); err != nil {
		t.Fatal(err)
	}
	m.purges = append(m.purges, p)
}

func (m *machine) wait(t *rapid.T) {
	m.pass(rapid.SampledFrom([]time.Duration{time.Microsecond, time.Second, vault.Margin, 20 * time.Second, time.Minute}).Draw(t, "time"))
}

// verdict is what the purges make of a fetch, by the rule.
func (m *machine) verdict(f fetch) string {
	says := current
	has := map[string]bool{}
	for _, key := range f.keys {
		has[key] = true
	}
	for _, p := range m.purges {
		if p.settled.Add(vault.Margin).Before(f.asked) {
			continue
		}
		for _, key := range forPurge(p.prefix, p.key) {
			switch {
			case has[key] && !p.soft:
				return none
			case has[key]:
				says = superseded
			}
		}
	}
	return says
}

// check loads every entry: it must be the copy that was written last, and be
// what the purges make of it.
func (m *machine) check(t *rapid.T) {
	for tenant, prefix := range prefixes() {
		for entry := range 2 {
			key := name(tenant, entry)
			f, ok := m.saved[key]
			want := none
			if ok {
				want = m.verdict(f)
			}
			got := none
			m.kv.Calls()
			c, err := m.vault.Load([]byte(key), prefix)
			if err == nil {
				got = current
				if c.Superseded {
					got = superseded
				}
				if string(c.Body) != f.body {
					t.Fatalf("%s: got %q, want %q", key, c.Body, f.body)
				}
			}
			if n := len(m.kv.Calls()); n >= vault.MaxLoadCalls {
				t.Fatalf("%s: %d calls", key, n)
			}
			if got != want {
				t.Fatalf("%s is %s, want %s", key, got, want)
			}
		}
	}
}

func TestAnySequenceOfFetchesSavesAndPurges(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		m := &machine{world: newWorld(t), saved: map[string]fetch{}}
		r.Repeat(map[string]func(*rapid.T){
			"fetch": m.fetch, "save": m.save, "purge": m.purge, "wait": m.wait, "": m.check,
		})
	})
}

// Whatever fails or lags, an item deleted by an acknowledged purge is not loaded
// once reads return what was written.
func TestFailuresNeverBringBackADeletedItem(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		w := newWorld(t)
		healthy := false
		w.kv.Before = func(kvmodel.Call) error {
			if !healthy && rapid.IntRange(0, 3).Draw(r, "fails") == 0 {
				return rapid.SampledFrom([]error{vault.ErrBusy, vault.ErrConflict, vault.ErrUnavailable}).Draw(r, "error")
			}
			return nil
		}
		w.kv.Lags = func(string) bool { return !healthy && rapid.IntRange(0, 3).Draw(r, "lags") == 0 }
		asked := w.now
		deleted := map[string]bool{}
		for range rapid.IntRange(1, 12).Draw(r, "steps") {
			w.pass(time.Second)
			key := rapid.SampledFrom([]string{"post:a", "post:b", "post:c"}).Draw(r, "key")
			switch rapid.IntRange(0, 2).Draw(r, "step") {
			case 0: // a response older than all purges; saving it may fail
				_ = w.vault.Save([]byte(key), "", w.answer(key, key), []byte(key), asked)
			case 1:
				if w.record(named("", hard, key)) == nil {
					deleted[key] = true
				}
			case 2: // it may fail; it does not matter
				_ = w.record(named("", soft, key))
			}
		}
		healthy = true
		for key := range deleted {
			if c, err := w.vault.Load([]byte(key), ""); err == nil {
				r.Fatalf("%s is back: %q", key, c.Body)
			}
		}
	})
}
