package handlers

import (
	"testing"
	"time"
)

// A 304 that may not be stored because of what one client has sent or is to get
// takes the entry away from nobody: the next outage needs it.
func TestA304ForOneClientLeavesTheEntry(t *testing.T) {
	tests := []struct{ name, sent, got string }{
		{"a cookie", "Cookie: session=ada", "X: y"},
		{"an authorization", "Authorization: Bearer ada", "X: y"},
		{"a request with no-store", "Cache-Control: no-store", "X: y"},
		{"a new cookie", "X: y", "Set-Cookie: session=ada"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			lines := []string{"Cache-Control: max-age=60, stale-if-error=86400", `Etag: "1"`}
			e := newEdge(t)
			e.says(200, "text", lines...)
			e.get("/open/a").want(200, "text", anything)
			e.pass(rememberedTime)
			e.says(304, "", append(lines, test.got)...)
			e.get("/open/a", test.sent).want(200, "text", anything)
			e.fails(errRefused)
			e.pass(passTime)
			e.get("/open/a").want(200, "text", anything)
		})
	}
}

func TestA304ForOneClientLeavesTheVaultsCopy(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.says(200, before, `Etag: "1"`)
	v.get("/posts/tea/").want(200, before, anything)
	v.pass(2 * time.Hour)
	v.says(304, "", "Set-Cookie: session=ada")
	v.get("/posts/tea/").want(200, before, anything)
	v.cold()
	v.fails(errRefused)
	v.get("/posts/tea/").wantCopy(before, "vault")
}
