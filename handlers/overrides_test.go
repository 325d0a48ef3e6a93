package handlers

import "testing"

// What the client said in them would be in the answer that everybody gets.
func TestNoOverrideReachesTheOriginOfARouteThatPassesAllHeaders(t *testing.T) {
	for _, name := range []string{"X-Forwarded-Host", "X-Original-URL", "X-HTTP-Method-Override", "X_Forwarded_Host", "Forwarded"} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, "text", aMinute)
			e.get("/open/a", name+": evil", "X-Currency: eur").want(200, "text", "Larder; fwd=uri-miss; fwd-status=200; stored")
			header := e.lastAsked().Header
			for field, values := range header {
				if values[0] == "evil" {
					t.Errorf("the origin gets %s", field)
				}
			}
			if header.Get("X-Currency") != "eur" {
				t.Errorf("the origin gets %v", header)
			}
			e.get("/open/a").want(200, "text", "Larder; hit; ttl=60")
		})
	}
}

// Variants must not be told apart by what no origin sees.
func TestVaryOnAnOverrideMakesNoVariants(t *testing.T) {
	e := newEdge(t)
	e.variants("X-Forwarded-Proto", "Vary: X-Forwarded-Proto")
	e.get("/open/a", "X-Forwarded-Proto: http").want(200, "for ", anything)
	e.get("/open/a", "X-Forwarded-Proto: https").want(200, "for ", "Larder; hit; ttl=60")
}

// It is one client's alone: nothing of it is stored.
func TestWhatPassesThroughKeepsItsForwardingHeaders(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	e.get("/posts/tea/?preview=1", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Host: www.example").want(200, before, anything)
	if h := e.lastAsked().Header; h.Get("X-Forwarded-Host") != "www.example" || h.Get("X-Forwarded-For") == "" {
		t.Errorf("the origin gets %v", h)
	}
}
