// Package config reads larder.json, the one file that a deployment edits.
//
// [Parse] is where to start: it decodes strictly, checks everything that can
// be checked before the first request, and reports every mistake with its JSON
// path and what would be right. It makes no host calls and fills in all
// defaults, so that no other package knows what is optional in the file.
package config

import (
	"slices"
	"time"

	"larder/surrogate"
)

// Config is a checked larder.json with its defaults filled in. It is never
// changed after [Parse] has returned it, so that all requests of a sandbox
// can share it.
type Config struct {
	// Name is how this cache calls itself in Cache-Status (RFC 9211) and in
	// CDN-Loop (RFC 8586). Default "Larder"; a structured-field token.
	Name string
	// Origins in the order in which they are tried. At least one.
	Origins []Origin
	// Deadline bounds everything one request may wait for its origins,
	// retries included. Default 15 s, from 1 s to 110 s (the platform ends an
	// execution at 2 minutes).
	Deadline time.Duration
	// Failures says which answers mean that an origin cannot answer now.
	Failures Failures
	// Breaker says when an origin that keeps failing is left alone.
	Breaker Breaker
	// Shield collects the misses of all places; nil where each place asks the
	// origins itself.
	Shield *Shield
	// Tenant says where a tenant's credential is; nil without tenants.
	Tenant *Tenant
	// CORS is nil when browsers of other origins get no access.
	CORS *CORS
	// DebugHeader is the request header that makes an answer show its
	// surrogate keys and cache key. Empty switches that off.
	DebugHeader string
	// Secrets names where the purge tokens are.
	Secrets Secrets
	// Vault says which answers outlive the cache; nil keeps none.
	Vault *Vault
	// Limits bound what one request may cost.
	Limits Limits
	// PassUnmatched lets requests that match no route go through to the
	// origin uncached ("unmatched": "pass", the default); otherwise they get
	// a 404 from the edge ("unmatched": "reject").
	PassUnmatched bool
	// Routes in the order in which they are matched; the first match wins.
	// After [Load] they are read by [Config.Route].
	Routes []Route

	lifetimes lifetimesFile // the file's own, for routes still to be read
}

// ClientHost reports whether an origin gets the client's own Host, which then
// belongs to the cache key.
func (c *Config) ClientHost() bool {
	for i := range c.Origins {
		if c.Origins[i].Host == "" {
			return true
		}
	}
	return false
}

// Origin is one server that can answer, reached through a Fastly backend.
type Origin struct {
	// Name is the operator's word for it, in logs, status and switches.
	Name string
	// Backend is the Fastly backend's name. Default: the origin's name.
	Backend string
	// Host is the Host header that the origin gets. Empty: the client's own,
	// which then is a part of the cache key.
	Host string
	// FirstByteTimeout bounds the wait for the header section.
	// Default 5 s.
	FirstByteTimeout time.Duration
	// BodyTimeout bounds the transfer of a body that is read as a whole.
	// Default 10 s.
	BodyTimeout time.Duration
	// Headers are added to every request to this origin, such as a key that
	// lets only Larder in.
	Headers map[string]string
	// Retries is how often a GET, HEAD or QUERY is sent to this origin once
	// more, on another connection, where it was refused, reset, gave no headers
	// in time, cut the body short, or answered 502, 503 or 504 without
	// Retry-After. From 0 to 3; default 1, for a standby too: one
	// that is hardly ever asked may have closed the first connection.
	Retries int
}

// ShieldName is what the shield is called among the origins.
const ShieldName = "shield"

// Failures says which answers count as failures, beside having none.
type Failures struct {
	// Statuses in ascending order: 5xx and 429. Default 500, 502, 503 and 504
	// (those of RFC 5861 §4), 429, which says the same about this client, and
	// 520 to 527 and 530, which Cloudflare sends for an origin that is down.
	Statuses []int
}

// Has reports whether an answer of this status counts as a failure.
func (f Failures) Has(status int) bool { return slices.Contains(f.Statuses, status) }

// Breaker is when an origin's circuit opens, which means that the origin is
// not asked any more, and how it closes again.
type Breaker struct {
	// Failures within Window open the circuit. From 1 to 100; default 5.
	Failures int
	// Window is how long a failure counts. From 1 s to 10 m; default 10 s.
	Window time.Duration
	// Cooldown is how long an open circuit stays open before one request tries
	// the origin. It grows while trials fail. From 100 ms to
	// 10 m; default 1 s.
	Cooldown time.Duration
	// MaxCooldown is where the doubling ends. From Cooldown to 1 h; default 1 m,
	// or Cooldown where that is longer.
	MaxCooldown time.Duration
}

// Tenant says where a request carries its tenant's credential. Query is
// looked at first, then Header; a request with neither belongs to the
// anonymous tenant.
type Tenant struct {
	// Query is the parameter that holds the credential, or empty.
	Query string
	// Header is the request header that holds it, or empty.
	Header string
}

// CORS is what browsers of other origins may do (the Fetch standard's CORS
// protocol).
type CORS struct {
	// Origins allowed, each "https://host[:port]"; "*" alone allows all.
	Origins []string
	// Headers that a cross-origin request may carry besides the safelisted.
	Headers []string
	// Expose are response headers that scripts may read besides the
	// safelisted.
	Expose []string
	// MaxAge is how long a browser may keep a preflight's answer. Default 1 d.
	MaxAge time.Duration
}

// Secrets names the secret that holds the operator's tokens.
type Secrets struct {
	// Store is the Secret Store's name. Default "larder_secrets".
	Store string
	// Name of the secret inside the store. Its value is a JSON object,
	// {"purge_tokens": ["…"]}, because a request may read five secrets only.
	// Default "larder".
	Name string
}

// Limits bound what one request may cost. Sizes are bytes.
type Limits struct {
	// TaggedBody is the largest body that is read whole, for surrogate keys
	// and an ETag; a larger one is kept without them, and every purge of an
	// item refreshes it where its route has items. Default 1 MiB, from 1 KiB to
	// 4 MiB. The platform gives a request 50 ms of CPU. In Viceroy the keys of
	// 1 MiB take 15 ms (69 MB/s in bench/results/wasm.txt) and the SHA-256 of
	// its ETag 6 ms; 2 MiB take 42 ms for both, so that more is for routes
	// without items only.
	TaggedBody int64
	// PurgeBody is the largest body of a purge request. Default 256 KiB, at
	// most 1 MiB.
	PurgeBody int64
}

// Route says how requests for one kind of content are kept.
type Route struct {
	// Name of the route in logs and in messages. Unique.
	Name string
	// Path that the route answers.
	Path Pattern
	// Methods that are answered from the cache: GET and HEAD by default,
	// QUERY where listed. Requests with other methods pass through.
	Methods []string
	// Query lists the parameters that reach the origin and are a part of the
	// key; all others are dropped. Sorted by name.
	Query []Parameter
	// AllQuery keeps every parameter ("*" in the file).
	AllQuery bool
	// Bypass are conditions on the query under which a request passes
	// through uncached with all of its parameters, such as preview=1.
	Bypass []Condition
	// Headers of the request that reach the origin and are a part of the
	// key. Canonical form (net/textproto), sorted.
	Headers []string
	// AllHeaders lets every end-to-end header reach the origin ("*" in the
	// file); the answer's Vary then selects among variants.
	AllHeaders bool
	// Keys are the surrogate keys that a request's path and query give:
	// {name} is a path variable, {query.name} a query parameter.
	Keys []surrogate.Template
	// Items are the surrogate keys that the JSON body gives.
	Items surrogate.Rules
	// Lifetimes of the route's answers.
	Lifetimes Lifetimes

	raw string // the route's JSON, where only Name, Path and Methods are read
}

// Parameter is a query parameter that a route lets through.
type Parameter struct {
	Name string
	// Default is the value that means the same as leaving the parameter out;
	// such a parameter is dropped from the key. Valid only if HasDefault.
	Default    string
	HasDefault bool
}

// Condition holds for a request whose query has the parameter with the value,
// or with any value where Value is "*".
type Condition struct {
	Parameter string
	Value     string
}

// Lifetimes are the operator's word over the origin's Cache-Control. What
// never gives way is in docs/configure.md: no-store, private, and
// must-revalidate against stale answers.
type Lifetimes struct {
	// TTL is the freshness lifetime. Without a value the origin's headers
	// decide.
	TTL OptionalDuration
	// StaleWhileRevalidate is how long after TTL the kept answer is given at
	// once while it is revalidated behind it (RFC 5861 §3). Without a value
	// the origin's directive decides.
	StaleWhileRevalidate OptionalDuration
	// StaleIfError is how long after TTL the kept answer is given when every
	// origin fails (RFC 5861 §4). Without a value the origin's directive
	// decides.
	StaleIfError OptionalDuration
	// ClientTTL is what browsers and other downstream caches may keep, where
	// TTL is set. Default 0: they revalidate with the edge.
	ClientTTL time.Duration
	// NotFoundTTL is how long a 404 or 410 is kept under the keys of its
	// path. Default 0: never, unless the origin says so itself and TTL is
	// not set.
	NotFoundTTL time.Duration
	// Heuristic allows a heuristic lifetime (RFC 9111 §4.2.2) where neither
	// the operator nor the origin gives one.
	Heuristic bool
}

// OptionalDuration is a duration that can be absent, which is not zero.
type OptionalDuration struct {
	Duration time.Duration
	Valid    bool
}
