package surrogate

import (
	"slices"
	"testing"
)

// An item, an origin or a webhook may call a key whatever it likes.
func TestNoKeyOfContentIsOneOfLardersOwn(t *testing.T) {
	tenant := TenantPrefix(TenantID("secret-token"))
	for _, key := range []string{AllKey, AnonymousKey, EntryKey("id"), URLKey("hash"), tenant + "post:tea", tenant + AllKey, "~d4", "@home"} {
		set := NewSet("")
		set.Add(key, Key(key))
		keys := set.Keys()
		if len(keys) != 1 || Reserved(keys[0]) || keys[0] != Key(Key(key)) {
			t.Errorf("%q becomes %q", key, keys)
		}
		if purged := ForPurge("", key); !slices.Contains(purged, keys[0]) || slices.Contains(purged, key) {
			t.Errorf("a purge of %q is one of %q", key, purged)
		}
	}
}
