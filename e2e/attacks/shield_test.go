package attacks

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
)

// viaShield wants the shield's member of Cache-Status before the edge's.
var viaShield = check{"an answer through the shield", func(_ *run, got answer) bool {
	return strings.Count(strings.Join(got.header.Values("Cache-Status"), ", "), "Larder;") == 2
}}

// shield trusts its own edges alone.
func shield() []attack {
	const path = "/things/tea/"
	var all []attack
	for _, value := range []string{"forged", "forged; fresh", "; fresh", purgeToken, "usable; ttl=99999", strings.Repeat("a", 8000)} {
		name := value[:min(len(value), 20)]
		if value == purgeToken {
			name = "the purge token itself"
		}
		all = append(all, attack{"Larder-Edge with " + name, atShield, mirror, steps{
			{get(path).plainly(), must(status(200))},
			{get(path, "Larder-Edge: "+value).plainly(), must(hit, same(0), originGot(1))},
			{get("/elsewhere", "Larder-Edge: "+value).plainly(), must(status(200), originNever("Larder-Edge"))},
		}})
	}
	// As package shield derives it. Who knows it must not be able to purge.
	sum := sha256.Sum256([]byte("larder edge 1\n" + purgeToken))
	edgeToken := base64.RawURLEncoding.EncodeToString(sum[:])
	return append(all, []attack{
		{"an edge's token purges nothing", atShield, mirror, steps{
			{get(path), must(status(200))},
			{send(http.MethodPost, "/_larder/purge", `{"keys":["thing:tea"]}`, "Authorization: Bearer "+edgeToken), must(status(401, 429))},
			{get(path), must(hit)},
		}},
		{"an edge's token through another edge", inFront, mirror, steps{{get(path, "Larder-Edge: "+edgeToken), must(status(200), originNever("Larder-Edge"), originNever(edgeToken))}}},
		{"an ordinary miss", inFront, mirror, steps{{get(path), must(status(200), viaShield)}, {get(path), must(hit, originGot(1))}}},
		{"CDN-Loop does not skip the shield", inFront, mirror, steps{{get(path, "CDN-Loop: evil-cdn"), must(status(200), viaShield, originNever("evil-cdn"))}}},
		{"CDN-Loop with Larder's name at the edge", inFront, mirror, steps{{get("/things/milk/"), must(viaShield)}, {get(path, "CDN-Loop: {own}"), must(status(508), originGot(1))}, {get(path), must(status(200), viaShield)}}},
		{"CDN-Loop with Larder's name at the shield", atShield, mirror, steps{{get("/things/milk/"), nil}, {get(path, "CDN-Loop: {own}"), must(status(508), originGot(1))}}},
		{"CDN-Loop with Larder's name and a forged token", atShield, mirror, steps{{get("/things/milk/"), nil}, {get(path, "CDN-Loop: {own}", "Larder-Edge: forged"), must(status(508), originGot(1))}}},
		{"the shield's fields from a client", inFront, mirror, steps{
			{get(path, "Larder-Shield: stale; ttl=-1", "Larder-Shield-Status: hit").plainly(), must(status(200), originNever("Larder-Shield"))},
			{get(path).plainly(), must(hit)},
		}},
		{"the shield's fields from an origin", inFront, mirrorWith("Larder-Shield: stale; ttl=-1", "Larder-Shield-Status: hit", "Larder-Compress-Hint: on"), steps{
			{get(path).plainly(), must(status(200))},
			{get(path).plainly(), must(hit)},
		}},
		{"a cookie through the shield", inFront, mirrorWith("Cache-Control: max-age=60"), steps{
			{get("/open/me", "Cookie: session=of-a-victim"), must(status(200))},
			{get("/open/me"), must(notHit, bodyLacks("of-a-victim"))},
		}},
		{"Set-Cookie through the shield", inFront, mirrorWith("Cache-Control: max-age=60", "Set-Cookie: session=of-a-victim"), steps{
			{get("/open/me"), must(status(200))},
			{get("/open/me"), must(notHit)},
		}},
		{"a forwarded host through the shield", inFront, mirrorWith("Cache-Control: max-age=60"), steps{
			{get("/open/page", "X-Forwarded-Host: evil.example"), must(status(200), originNever("evil.example"))},
			{get("/open/page"), must(bodyLacks("evil.example"))},
		}},
	}...)
}
