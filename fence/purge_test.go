package fence

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"larder/corecache"
	"larder/surrogate"
)

func TestAPurgeEndsLeasesFirstAndTheContentLast(t *testing.T) {
	f := newFence(t)
	f.purge(Purge{Scopes: []Scope{{Tenant: tenant}}, Hard: []string{"post:tea"}, Soft: []string{"posts"}})
	want := []string{
		surrogate.TenantLeaseKey(tenant) + " false", surrogate.TenantNegativeKey(tenant) + " false",
		"post:tea false", "posts true",
		"post:tea false", "posts true", // once more, as [Fence.Purge] explains
	}
	if !slices.Equal(f.purged, want) {
		t.Errorf("purged %q, want %q", f.purged, want)
	}
}

func TestAPurgeRemovesNegativeEntries(t *testing.T) {
	f := newFence(t)
	of := Scope{Tenant: tenant, URL: url}
	put := func() {
		w, err := f.cache.Insert([]byte("negative"), corecache.WriteOptions{TTL: time.Minute, SurrogateKeys: NegativeKeys(of, "id1")})
		if err != nil || w.Close() != nil {
			t.Fatal(err)
		}
	}
	gone := func() bool {
		found, err := f.cache.Lookup([]byte("negative"), corecache.LookupOptions{})
		if err == nil {
			_ = found.Close()
		}
		return err != nil
	}
	for name, remove := range map[string]func(){
		"of the tenant":                        func() { f.purge(Purge{Scopes: []Scope{{Tenant: tenant}}, Soft: []string{"a"}}) },
		"of the URL":                           func() { f.purge(Purge{Scopes: []Scope{{URL: url}}, Soft: []string{"a"}}) },
		"of everything":                        func() { f.purge(Purge{Everyone: true, Soft: []string{"a"}}) },
		"of the fetch, by which it is settled": func() { f.SettleNegative("id1") },
	} {
		if put(); gone() {
			t.Fatal("it is not there")
		}
		if remove(); !gone() {
			t.Errorf("a purge %s leaves it", name)
		}
	}
}

func TestAPurgeGoesOnAfterAKeyThatFails(t *testing.T) {
	f := newFence(t)
	f.broken = "post:tea"
	err := f.Fence.Purge(Purge{Scopes: []Scope{{Tenant: tenant}}, Hard: []string{"post:tea", "post:milk"}, Soft: []string{"posts"}})
	if !errors.Is(err, corecache.ErrUnexpected) || !strings.Contains(err.Error(), `"post:tea"`) {
		t.Errorf("the error is %v", err)
	}
	for _, want := range []string{"post:milk false", "posts true"} {
		if !slices.Contains(f.purged, want) {
			t.Errorf("%q is not among %q", want, f.purged)
		}
	}
}

func TestLeasesEndSoftlyOnlyIfNothingIsPurgedHard(t *testing.T) {
	f := newFence(t)
	f.purge(Purge{Everyone: true, Soft: []string{"larder-all"}})
	f.purge(Purge{Everyone: true, Hard: []string{"larder-all"}})
	want := []string{
		surrogate.AllLeasesKey + " true", surrogate.AllNegativeKey + " false", "larder-all true", "larder-all true",
		surrogate.AllLeasesKey + " false", surrogate.AllNegativeKey + " false", "larder-all false", "larder-all false",
	}
	if !slices.Equal(f.purged, want) {
		t.Errorf("purged %q, want %q", f.purged, want)
	}
}
