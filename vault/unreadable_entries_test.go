package vault_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"larder/vault"
)

func TestAnUnreadableCopyIsNotServed(t *testing.T) {
	tests := []struct {
		name   string
		change func(value []byte) []byte
	}{
		{"empty", func([]byte) []byte { return nil }},
		{"of another version", func(v []byte) []byte { return append([]byte{99}, v[1:]...) }},
		{"cut short in its head", func(v []byte) []byte { return v[:12] }},
		{"cut short in its record", func(v []byte) []byte { return v[:40] }},
		{"with a longer prefix than there are bytes", func(v []byte) []byte { v[9] = 255; return v[:100] }},
		{"with a record of another version", func(v []byte) []byte { v[14] = 99; return v }},
		{"cut short in its body", func(v []byte) []byte { return v[:len(v)-1] }},
		{"with a byte too many", func(v []byte) []byte { return append(v, 'x') }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t)
			w.save("body", "post:a")
			name := w.kv.Keys()[0]
			entry, err := w.kv.Lookup(name)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.kv.Insert(name, test.change(entry.Value), vault.InsertOptions{}); err != nil {
				t.Fatal(err)
			}
			_, err = w.vault.Load(cacheKey, "")
			if !errors.Is(err, vault.ErrNone) || !strings.Contains(err.Error(), "unreadable") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAnUnreadableLogCountsAsADeletionOfEverything(t *testing.T) {
	w := newWorld(t)
	w.save("body", "post:a")
	w.pass(time.Hour)
	w.purge("post:a", soft)
	w.want(superseded)
	for _, key := range w.kv.Keys() {
		if strings.HasPrefix(key, "purges/") {
			if err := w.kv.Insert(key, []byte("\x63from another version"), vault.InsertOptions{}); err != nil {
				t.Fatal(err)
			}
		}
	}
	w.want(none)
	w.purge("post:a", soft)
	w.want(none) // the content of the log is lost
	w.pass(time.Minute)
	w.save("new", "post:a")
	w.want(none) // a purge in the lost log may settle as late as this
	w.pass(5 * time.Second)
	w.save("newer", "post:a")
	w.want(current)
}
