package surrogate

import (
	"fmt"
	"slices"
	"testing"
)

func TestEntriesOfTenantsHaveASharedKeyForEachKey(t *testing.T) {
	ada, ben, anonymous := NewSet(TenantPrefix(TenantID("ada"))), NewSet(TenantPrefix(TenantID("ben"))), NewSet("")
	for _, set := range []*Set{ada, ben, anonymous} {
		set.Add("post:tea", "@home")
	}
	for _, key := range ada.Keys() {
		if isShared(key) != slices.Contains(ben.Keys(), key) {
			t.Errorf("%q is shared: %v", key, isShared(key))
		}
	}
	if slices.ContainsFunc(anonymous.Keys(), isShared) {
		t.Errorf("the anonymous tenant has shared keys, which it does not need: %q", anonymous.Keys())
	}
	if n := len(ada.Keys()); n != 4 {
		t.Errorf("two keys became %d: %q", n, ada.Keys())
	}
}

// The sets of all tenants are found by a purge for all, and by no other one.
func TestAPurgeOfAllTenantsNamesOneKey(t *testing.T) {
	const others = 10_000
	for _, tenant := range []string{"", "ada", "ben"} {
		set := NewSet(TenantPrefix(TenantID(tenant)))
		set.Add("post:tea")
		finds := func(key string) bool {
			return slices.ContainsFunc(ForPurgeOfAll(key), func(k string) bool { return slices.Contains(set.Keys(), k) })
		}
		if !finds("post:tea") {
			t.Errorf("a purge of all tenants' does not find %q", set.Keys())
		}
		for i := range others {
			if key := fmt.Sprintf("post:%d", i); finds(key) {
				t.Errorf("a purge of %q finds %q", key, set.Keys())
			}
		}
	}
}

func TestNoKeyOfContentIsShared(t *testing.T) {
	for _, key := range []string{"@:ypeB", "@:~", "@AbCdEfGhIjK:post:tea"} {
		if made := Key(key); isShared(made) || IsService(made) || made == key {
			t.Errorf("content that names %q gets %q", key, made)
		}
	}
	if prefix := TenantPrefix(TenantID("ada")); isShared(prefix + "post:tea") {
		t.Errorf("a key under %q counts as shared", prefix)
	}
}
