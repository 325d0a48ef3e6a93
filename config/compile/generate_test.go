package compile

import (
	"encoding/json"
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"larder/config"
)

const minimal = `{"origins":[{"name":"a"}],"routes":[{"name":"r","path":"/"}]}`

// everything uses every member, none with the value that its absence stands
// for.
const everything = `{
	"$schema": "config/larder.schema.json", "name": "Pantry",
	"routes": [
		{"name": "post", "path": "/p/{slug}/%7e/a b", "methods": ["QUERY", "GET"],
			"query": {"z": null, "a": "", "*": null, "\"q\"": "\u00e9\\"}, "filters": ["z", "*"], "bypass": {"preview": "1", "draft": ""}, "ignore": ["cb"], "bypass_headers": ["x-wp-nonce"],
			"headers": ["x-b", "accept-language"], "keys": ["post:{slug}", "any:{query.other}"],
			"items": [{"each": "data.*", "keys": ["post:{@key}", "{path.slug}"]}, {"each": "", "keys": ["all"], "use": "shared"}],
			"lifetimes": {"ttl": "1d12h", "stale_while_revalidate": "2m", "stale_if_error": "0s",
				"client_ttl": "3s", "client_stale_if_error": "10s", "not_found_ttl": "4s", "heuristic": false}},
		{"name": "rest", "path": "/{rest...}", "headers": ["*"], "query": {}, "unlisted": "reject", "lifetimes": {"ttl": "origin"}}
	],
	"origins": [
		{"name": "main", "backend": "main_eu", "host": "[::1]:8080", "first_byte_timeout": "2s",
			"body_timeout": "500ms", "headers": {"x-edge-key": "k", "X-Brackets": "]}[{,:\"` + "`" + `"}, "retries": 3},
		{"name": "spare", "retries": 0}
	],
	"fragments": {"shared": [{"each": "author", "keys": ["author:{slug}"]}]},
	"deadline": "110s", "patience": "2s", "purge": {"repeat": ["1s", "20s"]},
	"failures": {"statuses": [503, 502, 599]},
	"breaker": {"failures": 100, "window": "1s", "cooldown": "100ms", "max_cooldown": "1h"},
	"shield": {"site": "frankfurt-de", "first_byte_timeout": "4s", "body_timeout": "5s", "purge_delay": "1m"},
	"tenant": {"query": "auth_token", "header": "authorization"},
	"cors": {"origins": ["https://WWW.example.com:8443"], "headers": ["x-a"], "expose": ["age"], "max_age": "2h"},
	"link_hosts": ["www.example.com"],
	"debug_header": "larder-debug",
	"secrets": {"store": "s", "name": "n"},
	"vault": {"store": "v", "interval": "1d", "max_age": "365d", "max_body": 1024, "superseded": false},
	"hooks": [
		{"name": "one", "provider": "strapi", "header": "x-secret", "tolerance": "1h", "tenants": ["anonymous", "fEPvWuIdQ84nQ_dwxo4k3vGkPuL0FtJDhBDIr3ry_yw"],
			"content": [{"type": "article", "item": ["article:{documentId}", "a:{seo.slug}"], "lists": ["articles"]}, {"type": "*", "lists": ["all"]}]},
		{"name": "two", "provider": "generic", "content": [{"type": "*", "item": ["{id}"]}],
			"format": {"event": "what", "type": "kind", "item": "data.item", "before": "data.old", "actions": {"made": "publish", "gone": "delete"}},
			"signature": {"header": "x-sig", "algorithm": "sha512", "encoding": "base64", "prefix": "v1=", "timestamp": "x-time"}}
	],
	"limits": {"tagged_body": "4MiB", "purge_body": 1024},
	"unmatched": "reject", "ignore": ["utm_*", "fbclid"], "unlisted": "pass", "unsafe_methods": "invalidate_keys", "bypass_headers": ["x-preview"],
	"lifetimes": {"ttl": "5h", "stale_while_revalidate": "6m", "stale_if_error": "7d",
		"client_ttl": "8s", "client_stale_if_error": "11s", "not_found_ttl": "9s", "heuristic": true}
}`

// members is a JSON object under construction.
type members map[string]any

// maybe adds a member in about half of the files.
func (m members) maybe(t *rapid.T, name string, value func() any) {
	if rapid.Bool().Draw(t, name) {
		m[name] = value()
	}
}

// validFile generates configurations without mistakes.
func validFile() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		file := members{
			"origins": rapid.SliceOfNDistinct(rapid.Custom(validOrigin), 1, 3, func(o members) string { return o["name"].(string) }).Draw(t, "origins"),
			"routes":  validRoutes(t),
		}
		file.maybe(t, "name", func() any { return rapid.StringMatching(`[A-Za-z][a-z0-9-]{0,8}`).Draw(t, "word") })
		file.maybe(t, "deadline", func() any { return duration(t, 1, 110) })
		file.maybe(t, "purge", func() any {
			return members{"repeat": rapid.SampledFrom([][]string{{}, {"1s"}, {"3s", "20s"}}).Draw(t, "pauses")}
		})
		file.maybe(t, "failures", func() any {
			return members{"statuses": rapid.SliceOfDistinct(rapid.IntRange(500, 599), rapid.ID).Draw(t, "statuses")}
		})
		file.maybe(t, "breaker", func() any {
			return members{"failures": rapid.IntRange(1, 100).Draw(t, "failures"), "window": duration(t, 1, 600)}
		})
		file.maybe(t, "shield", func() any { return members{"site": "iad-va-us", "purge_delay": duration(t, 1, 120)} })
		file.maybe(t, "tenant", func() any { return members{"query": "credential"} })
		file.maybe(t, "cors", func() any { return members{"origins": []string{"*"}, "expose": []string{"age", "etag"}} })
		file.maybe(t, "vault", func() any {
			return members{"superseded": rapid.Bool().Draw(t, "superseded"), "max_body": rapid.IntRange(1024, 1<<24).Draw(t, "bytes")}
		})
		file.maybe(t, "unsafe_methods", func() any {
			return rapid.SampledFrom([]string{"invalidate", "invalidate_keys", "ignore"}).Draw(t, "choice")
		})
		file.maybe(t, "unlisted", func() any { return rapid.SampledFrom([]string{"drop", "pass", "reject"}).Draw(t, "choice") })
		file.maybe(t, "bypass_headers", func() any { return []string{"Authorization"} })
		file.maybe(t, "ignore", func() any { return []string{"UTM_*", "FBCLID"} })
		file.maybe(t, "hooks", func() any {
			return []members{{"name": "cms", "provider": rapid.SampledFrom([]string{"ghost", "sanity", "datocms"}).Draw(t, "provider"), "tolerance": duration(t, 1, 600)}}
		})
		file.maybe(t, "unmatched", func() any { return rapid.SampledFrom([]string{"pass", "reject"}).Draw(t, "choice") })
		file.maybe(t, "lifetimes", func() any { return validLifetimes(t) })
		text, err := json.Marshal(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	})
}

func validOrigin(t *rapid.T) members {
	origin := members{"name": rapid.StringMatching(`[a-z][a-z0-9_-]{0,8}`).Filter(func(s string) bool { return s != config.ShieldName }).Draw(t, "name")}
	origin.maybe(t, "host", func() any { return rapid.SampledFrom([]string{"", "api.example.com", "[::1]:80"}).Draw(t, "address") })
	origin.maybe(t, "headers", func() any {
		return rapid.MapOf(rapid.StringMatching(`[A-Z][a-z]{3,8}-Key`), rapid.StringMatching(`[ -~é]{1,9}`)).Draw(t, "fields")
	})
	origin.maybe(t, "retries", func() any { return rapid.IntRange(0, 3).Draw(t, "times") })
	return origin
}

func validRoutes(t *rapid.T) []members {
	routes := make([]members, rapid.IntRange(1, 4).Draw(t, "routes"))
	for i := range routes {
		route := members{"name": fmt.Sprint("route-", i), "path": fmt.Sprintf("/%d/%s", i, rapid.SampledFrom([]string{"", "{v}", "{v}/", "{v...}", "a b/{v}", "é/{v}"}).Draw(t, "path"))}
		route.maybe(t, "methods", func() any { return rapid.SampledFrom([][]string{{"GET"}, {"QUERY", "HEAD"}}).Draw(t, "list") })
		route.maybe(t, "query", func() any {
			return rapid.MapOf(rapid.StringMatching(`[a-z"\\é]{1,6}`), rapid.Ptr(rapid.String(), true)).Draw(t, "parameters")
		})
		route.maybe(t, "bypass", func() any {
			return rapid.MapOf(rapid.StringMatching(`[a-z]{1,6}`), rapid.String()).Draw(t, "conditions")
		})
		route.maybe(t, "ignore", func() any { return rapid.SampledFrom([][]string{{}, {"CB"}}).Draw(t, "list") })
		route.maybe(t, "headers", func() any { return rapid.SampledFrom([][]string{{}, {"*"}, {"x-b", "x-a"}}).Draw(t, "fields") })
		route.maybe(t, "keys", func() any { return rapid.SliceOf(rapid.StringMatching(`[ -z|~é]{1,6}`)).Draw(t, "texts") })
		route.maybe(t, "items", func() any {
			return []members{{"each": rapid.SampledFrom([]string{"", "data", "data.*", "a.#.b"}).Draw(t, "each"), "keys": []string{"post:{slug}", "{@value}"}}}
		})
		route.maybe(t, "lifetimes", func() any { return validLifetimes(t) })
		if fields, ok := route["headers"].([]string); ok && slices.Equal(fields, []string{"*"}) {
			route["lifetimes"] = members{"ttl": "origin"} // no other goes with it
		}
		routes[i] = route
	}
	return routes
}

func validLifetimes(t *rapid.T) members {
	lifetimes := members{}
	for _, name := range []string{"ttl", "stale_while_revalidate", "stale_if_error"} {
		lifetimes.maybe(t, name, func() any { return rapid.SampledFrom([]string{"origin", "0s", "1d12h", "7d"}).Draw(t, "lifetime") })
	}
	lifetimes.maybe(t, "client_ttl", func() any { return duration(t, 0, 1e6) })
	lifetimes.maybe(t, "client_stale_if_error", func() any { return duration(t, 0, 1e6) })
	lifetimes.maybe(t, "heuristic", func() any { return rapid.Bool().Draw(t, "allowed") })
	return lifetimes
}

func duration(t *rapid.T, least, most int) string {
	return fmt.Sprintf("%ds", rapid.IntRange(least, most).Draw(t, "seconds"))
}
