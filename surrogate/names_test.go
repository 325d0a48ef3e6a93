package surrogate

import (
	"strings"
	"testing"
)

func TestTenantID(t *testing.T) {
	id := TenantID("secret-token")
	if len(id) != 43 || strings.Contains(id, "secret") || !ValidTenantID(id) {
		t.Errorf("the ID %q is not a hash", id)
	}
	if id != TenantID("secret-token") || id == TenantID("secret-token2") {
		t.Error("IDs do not tell credentials apart")
	}
	if TenantID("") != "" || TenantPrefix("") != "" {
		t.Error("the anonymous tenant has an ID or a prefix")
	}
	prefix := TenantPrefix(id)
	if prefix != "@"+id[:11]+":" || Escape(prefix) != prefix {
		t.Errorf("the prefix is %q", prefix)
	}
}

func TestValidTenantID(t *testing.T) {
	tests := []struct {
		name, id string
		want     bool
	}{
		{"what TenantID returns", TenantID("x"), true},
		{"nothing", "", false},
		{"a credential", "secret-token", false},
		{"too short by a character", TenantID("x")[1:], false},
		{"too long by a character", TenantID("x") + "A", false},
		{"with padding", TenantID("x") + "=", false},
		{"in the standard alphabet", strings.Repeat("+", 43), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := ValidTenantID(test.id); got != test.want {
				t.Errorf("%q is valid: %v", test.id, got)
			}
		})
	}
}

// Service keys must differ from each other and contain nothing to escape, or a
// purge of one kind could hit another.
func TestServiceKeysAreValidAndDistinct(t *testing.T) {
	keys := []string{AllKey, AnonymousKey, AllLeasesKey, TenantQuietKey(""), TenantQuietKey(tenantPrefix), AllNegativeKey, TenantLeaseKey(""), TenantLeaseKey(tenantPrefix), URLLeaseKey("u"),
		TenantNegativeKey(""), TenantNegativeKey(tenantPrefix), URLNegativeKey("u"), NegativeKey("i"), URLKey("u"), EntryKey("e")}
	seen := map[string]bool{}
	for _, key := range keys {
		if seen[key] || Escape(key) != key || strings.Contains(key, "%") {
			t.Errorf("%q is repeated or not a valid key", key)
		}
		seen[key] = true
	}
}
