package fence

import (
	"testing"
	"time"
)

func TestAQuietPeriodBeginsWithEveryPurge(t *testing.T) {
	purges := map[string]Purge{
		"soft":               {Scopes: []Scope{{Tenant: tenant}}, Soft: []string{"a"}},
		"hard":               {Scopes: []Scope{{Tenant: tenant}}, Hard: []string{"a"}},
		"of one URL":         {Scopes: []Scope{{Tenant: tenant, URL: url}}, Soft: []string{"a"}},
		"of everybody":       {Everyone: true, Soft: []string{"a"}},
		"of everybody, hard": {Everyone: true, Hard: []string{"a"}},
	}
	for name, p := range purges {
		t.Run(name, func(t *testing.T) {
			f := newFence(t)
			quiet := func(want bool) {
				t.Helper()
				if got := f.Quiet(tenant); got != want {
					t.Errorf("quiet is %t", got)
				}
			}
			quiet(false) // a cold POP knows of no purge, and so of none that is over
			f.now = f.now.Add(10*time.Second - 1)
			quiet(false)
			f.now = f.now.Add(1)
			quiet(true)
			f.purge(p)
			quiet(false)
			f.now = f.now.Add(10 * time.Second)
			quiet(true)
		})
	}
}

func TestAnotherTenantsPurgeDoesNotEndTheQuietPeriod(t *testing.T) {
	for name, scope := range map[string]Scope{
		"of anything":                           {Tenant: "tzzzzzzzzzzz:"},
		"of one URL":                            {Tenant: "tzzzzzzzzzzz:", URL: url},
		"of one URL, by the anonymous tenant's": {URL: url},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFence(t)
			f.Quiet(tenant)
			f.now = f.now.Add(time.Minute)
			f.purge(Purge{Scopes: []Scope{scope}, Soft: []string{"a"}})
			if !f.Quiet(tenant) {
				t.Error("it has ended")
			}
		})
	}
}
