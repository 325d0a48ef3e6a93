package handlers

import (
	"fmt"
	"testing"
)

// credentials as queries have them; the last one is the anonymous tenant's.
var everyTenant = []string{"?auth_token=first", "?auth_token=second", ""}

func TestAPurgeForAllTenantsReachesTheItemOfEach(t *testing.T) {
	const milk = `{"data":{"slug":"milk"}}`
	for _, soft := range []bool{true, false} {
		t.Run(fmt.Sprint("soft ", soft), func(t *testing.T) {
			e := newEdgeWith(t, tenantsConfig)
			for _, tenant := range everyTenant {
				e.fill("/posts/tea/"+tenant, before)
				e.fill("/posts/milk/"+tenant, milk)
			}
			e.purge(fmt.Sprintf(`"keys":["post:tea"],"tenants":"all","soft":%t`, soft))
			e.says(200, after)
			for _, tenant := range everyTenant {
				e.get("/posts/milk/"+tenant).want(200, milk, anything)
				e.wantAsked(0)
				e.get("/posts/tea/"+tenant).want(200, after, anything)
				e.wantAsked(1)
			}
		})
	}
}

func TestAPurgeForAllTenantsEndsTheLeasesOfEach(t *testing.T) {
	for _, tenant := range everyTenant {
		t.Run("a miss "+tenant, func(t *testing.T) {
			e := newEdgeWith(t, tenantsConfig)
			e.duringFetch(func() { e.purge(`"keys":["post:tea"],"tenants":"all"`) })
			e.get("/posts/tea/"+tenant).want(200, before, anything)
			e.get("/posts/tea/"+tenant).want(200, after, anything)
		})
		t.Run("a revalidation "+tenant, func(t *testing.T) {
			e := newEdgeWith(t, tenantsConfig)
			e.fill("/posts/tea/"+tenant, before)
			e.purge(`"keys":["post:tea"],"tenants":"all"`)
			e.duringFetch(func() { e.purge(`"keys":["post:tea"],"tenants":"all"`) })
			e.get("/posts/tea/"+tenant).want(200, before, anything)
			e.get("/posts/tea/"+tenant).want(200, after, anything)
		})
	}
}

func TestAHardPurgeForAllTenantsReachesTheVault(t *testing.T) {
	const milk = `{"data":{"slug":"milk"}}`
	v := newVaulted(t, tenantsConfig, "")
	for _, tenant := range everyTenant {
		v.fill("/posts/tea/"+tenant, before)
		v.fill("/posts/milk/"+tenant, milk)
	}
	v.purge(`"keys":["post:tea"],"tenants":"all","soft":false`)
	v.cold()
	v.fails(errRefused)
	for _, tenant := range everyTenant {
		v.get("/posts/tea/"+tenant).wantProblem(503, "origin-unavailable")
		v.get("/posts/milk/"+tenant).wantCopy(milk, "vault")
	}
}

func TestASoftPurgeForAllTenantsMarksTheVaultsCopies(t *testing.T) {
	v := newVaulted(t, tenantsConfig, "")
	for _, tenant := range everyTenant {
		v.fill("/posts/tea/"+tenant, before)
	}
	v.purge(`"keys":["post:tea"],"tenants":"all"`)
	v.cold()
	v.fails(errRefused)
	for _, tenant := range everyTenant {
		v.get("/posts/tea/"+tenant).wantCopy(before, "vault-superseded")
	}
}
