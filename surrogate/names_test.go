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
	if prefix != "t"+id[:11]+":" || Escape(prefix) != prefix {
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

// The service's own keys must not be taken for content's, or a purge of some
// item could end leases, and the other way round.
func TestServiceKeysAreValidAndDistinct(t *testing.T) {
	keys := []string{AllKey, AnonymousKey, AllLeasesKey, AllCalmKey, AllNotesKey, TenantLeaseKey(""), TenantLeaseKey(tenantPrefix), URLLeaseKey("u"), URLKey("u"), EntryKey("e")}
	seen := map[string]bool{}
	for _, key := range keys {
		if seen[key] || Escape(key) != key || strings.Contains(key, "%") {
			t.Errorf("%q is there twice or no valid key", key)
		}
		seen[key] = true
	}
}
