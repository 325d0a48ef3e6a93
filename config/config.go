// Package config reads larder.json, the one file that a deployment edits.
//
// [Parse] is where to start: it decodes strictly, checks everything that can
// be checked before the first request, and reports every mistake with its JSON
// path and what would be right. It makes no host calls and fills in all
// defaults, so that no other package knows what is optional in the file.
//
// Parse runs natively, in `larder check` and in builds. The Wasm holds its
// result as data (package config/compile), which is why a [Config] consists of
// text, numbers and lists of them, without anything to prepare.
//
// The types that make up a Config are the file's format as well, member for
// member: their tags name the members, with defaults and ranges (decode.go).
// larder.schema.json says the same for editors, and a test compares the two.
package config

import (
	"time"

	"larder/surrogate"
)

// Config is a checked larder.json with its defaults filled in. It is never
// changed after [Parse] has returned it, so that all requests of a sandbox
// can share it.
type Config struct {
	// Schema is where larder.schema.json is, for editors.
	Schema string `larder:"$schema"`
	// Name is how this cache calls itself in Cache-Status (RFC 9211) and, before
	// its service's ID, in CDN-Loop (RFC 8586): a structured-field token.
	Name string `larder:"name" default:"Larder"`
	// Origins in the order in which they are tried. At least one.
	Origins []Origin `larder:"origins,required,some"`
	// Deadline bounds everything one request may wait for its origins,
	// retries included. The platform ends an execution at two minutes.
	Deadline time.Duration `larder:"deadline" default:"15s" range:"1s 110s"`
	// Patience is how long a request waits for the origins where an unpurged
	// stale copy may be served; then it gets the copy, and the fetch continues
	// in the background. At most Deadline.
	Patience time.Duration `larder:"patience" default:"1s" range:"100ms 110s"`
	// Failures says which answers mean that an origin cannot answer now.
	Failures Failures `larder:"failures"`
	// Breaker says when an origin's circuit opens and closes.
	Breaker Breaker `larder:"breaker"`
	// Shield collects the misses of all POPs; nil where each POP asks the
	// origins itself.
	Shield *Shield `larder:"shield"`
	// Tenant says where a tenant's credential is; nil without tenants.
	Tenant *Tenant `larder:"tenant"`
	// RefusePlainCredentials refuses requests that carry a credential over
	// plain HTTP; otherwise they are answered.
	RefusePlainCredentials bool `larder:"plain_http" enum:"refuse_credentials,allow" default:"refuse_credentials"`
	// HSTS is how long browsers use HTTPS only, once they have had an answer
	// over HTTPS (RFC 6797). If it is zero, Larder does not tell them to.
	HSTS time.Duration `larder:"hsts" default:"365d" range:"0s 730d"`
	// CORS is nil when browsers of other origins get no access.
	CORS *CORS `larder:"cors"`
	// LinkHosts are hosts whose URLs in a response's Link get the scheme and
	// the host of the request, so that clients that follow a link stay at the
	// edge. In lower case.
	LinkHosts []string `larder:"link_hosts"`
	// DebugHeader is the request header that makes an answer show its
	// surrogate keys and cache key. Empty switches that off.
	DebugHeader string `larder:"debug_header,empty"`
	// Secrets names where the purge tokens are.
	Secrets Secrets `larder:"secrets"`
	// Vault says which answers outlive the cache; nil stores none.
	Vault *Vault `larder:"vault"`
	// Purge says how purges are carried out.
	Purge Purge `larder:"purge"`
	// Hooks receive the webhooks of CMSs.
	Hooks []Hook `larder:"hooks"`
	// Limits bound what one request may cost.
	Limits Limits `larder:"limits"`
	// RateLimits bound how often the operator's endpoints may be used.
	RateLimits RateLimits `larder:"rate_limits"`
	// Logs names the log endpoints.
	Logs Logs `larder:"logs"`
	// PassUnmatched lets requests that match no route pass through to the
	// origin uncached; otherwise they get a 404 from the edge.
	PassUnmatched bool `larder:"unmatched" enum:"pass,reject" default:"pass"`
	// Ignore lists query parameters that never count, on any route.
	Ignore IgnoreList `larder:"ignore"`
	// Unlisted is the default of all routes, which hold it already.
	Unlisted Unlisted `larder:"unlisted" enum:"drop,pass,reject" default:"drop"`
	// BypassHeaders are conditions of all routes, which hold them already.
	// Canonical form (net/textproto).
	BypassHeaders []string `larder:"bypass_headers"`
	// UnsafeMethods is what a successful request with an unsafe method, such as a
	// POST, makes stale.
	UnsafeMethods UnsafeMethods `larder:"unsafe_methods" enum:"invalidate,invalidate_keys,ignore" default:"invalidate"`
	// Lifetimes are the defaults of all routes, which hold them already.
	Lifetimes Lifetimes `larder:"lifetimes"`
	// Fragments are rules for items that routes have in common, by their names.
	// [Parse] puts them into the routes that use them, and leaves none here.
	Fragments map[string][]ItemRule `larder:"fragments,some"`
	// Routes in the order in which they are matched; the first match wins.
	Routes []Route `larder:"routes,required,some"`
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
	Name string `larder:"name,required"`
	// Backend is the Fastly backend's name. Default: the origin's name.
	Backend string `larder:"backend"`
	// Host is the Host header that the origin gets. Empty: the client's own,
	// which then is a part of the cache key.
	Host string `larder:"host,empty"`
	// FirstByteTimeout bounds the wait for the header section.
	FirstByteTimeout time.Duration `larder:"first_byte_timeout" default:"5s" range:"1ms 110s"`
	// BodyTimeout bounds the transfer of a body that is read as a whole.
	BodyTimeout time.Duration `larder:"body_timeout" default:"10s" range:"1ms 110s"`
	// Headers are added to every request to this origin, such as a key without
	// which it refuses requests.
	Headers map[string]string `larder:"headers"`
	// Retries is how often a GET, HEAD or QUERY is sent to this origin once
	// more, on another connection, where it was refused, reset, gave no headers
	// in time, cut the body short, or answered 502, 503 or 504 without
	// Retry-After. A standby needs one too: an idle origin may have closed the
	// first connection.
	Retries int `larder:"retries" default:"1" range:"0 3"`
}

// Tenant says where a request carries its tenant's credential. Query is
// looked at first, then Header; a request with neither belongs to the
// anonymous tenant.
type Tenant struct {
	// Query is the parameter that holds the credential, or empty.
	Query string `larder:"query"`
	// Header is the request header that holds it, or empty.
	Header string `larder:"header"`
}

// CORS is what browsers of other origins may do (the Fetch standard's CORS
// protocol).
type CORS struct {
	// Origins allowed, each "https://host[:port]"; "*" alone allows all.
	Origins []string `larder:"origins,required,some"`
	// Headers that a cross-origin request may carry besides the safelisted.
	Headers []string `larder:"headers"`
	// Expose are response headers that scripts may read besides the
	// safelisted.
	Expose []string `larder:"expose"`
	// MaxAge is how long a browser may store a preflight's answer.
	MaxAge time.Duration `larder:"max_age" default:"1d" range:"0s 365d"`
}

// Secrets names the secret that holds the operator's tokens.
type Secrets struct {
	// Store is the Secret Store's name.
	Store string `larder:"store" default:"larder_secrets"`
	// Name of the secret inside the store. Its value is a JSON object,
	// {"purge_tokens": ["…"], "hooks": {"NAME": "…"}}, because a request may
	// read five secrets only.
	Name string `larder:"name" default:"larder"`
}

// Vault says which answers are stored in a KV Store as well, for POPs whose
// cache is cold while every origin fails.
type Vault struct {
	// Store is the KV Store's name.
	Store string `larder:"store" default:"larder_vault"`
	// Interval is how often one POP writes the copy of an answer that has not
	// changed.
	Interval time.Duration `larder:"interval" default:"1m" range:"1s 1d"`
	// MaxAge is how old a copy may be when it is served. It counts instead of
	// stale_if_error, whose zero still excludes an answer.
	MaxAge time.Duration `larder:"max_age" default:"30d" range:"1m 365d"`
	// MaxBody is the largest body that is copied, in bytes.
	MaxBody int64 `larder:"max_body" default:"4MiB" range:"1KiB 16MiB"`
	// Superseded allows copies that a soft purge has made outdated since. What
	// was hard-purged is never served.
	Superseded bool `larder:"superseded" default:"true"`
}

// Purge says how purges are carried out.
type Purge struct {
	// Repeat are the pauses after which the same keys are purged again, each
	// counted from the purge before it; 60 s at most in all. A repeat reaches
	// what was fetched from an origin that did not show the edit yet. Empty:
	// no repeats.
	Repeat []time.Duration `larder:"repeat" default:"[\"3s\"]" range:"1ms 60s"`
	// FastlyAPI answers clients of Fastly's own purge API; nil does not.
	FastlyAPI *FastlyAPI `larder:"fastly_api"`
}

// Limits bound what one request may cost. Sizes are bytes.
type Limits struct {
	// TaggedBody is the largest body that is read whole, for surrogate keys
	// and an ETag; a larger one is stored without them, and every purge of an
	// item refreshes it where its route has items. The platform gives a request
	// 50 ms of CPU. The keys of the worst 1 MiB take about 30 ms of it
	// (bench/results/hostile.md), and more for a larger body: more than the default
	// is for origins that are trusted not to send the worst.
	TaggedBody int64 `larder:"tagged_body" default:"1MiB" range:"1KiB 4MiB"`
	// PurgeBody is the largest body of a purge request or a webhook.
	PurgeBody int64 `larder:"purge_body" default:"256KiB" range:"1KiB 1MiB"`
}

// Logs says what is written to log endpoints, as JSON, one object a line.
type Logs struct {
	// Access is the endpoint that gets a line for each request; empty is none.
	Access string `larder:"access,empty" default:"larder_access"`
	// FreshHits: one of so many fresh hits is written; 0 writes none. All other
	// lines are written.
	FreshHits int `larder:"fresh_hits" default:"1" range:"0 1000000"`
	// Slow is how long a fresh hit takes whose line is always written.
	Slow time.Duration `larder:"slow" default:"1s" range:"1ms 110s"`
}

// RouteNames are the names of all routes.
func (c *Config) RouteNames() []string {
	names := make([]string, len(c.Routes))
	for i := range c.Routes {
		names[i] = c.Routes[i].Name
	}
	return names
}

// RateLimits bound how often the purge and status endpoints and the hooks may be
// used. Zero is no limit. Each POP counts by itself.
type RateLimits struct {
	// WrongTokens is how many different wrong credentials may come from one
	// client's address in a minute, and how many webhooks at a hook that do not
	// authenticate.
	WrongTokens int `larder:"wrong_tokens" default:"10" range:"0 1000"`
	// Purges is how many purges a second are carried out, webhooks included, as
	// an average of ten seconds.
	Purges int `larder:"purges" default:"100" range:"0 10000"`
}

// Route says how requests for one kind of content are cached.
type Route struct {
	// Name of the route in logs and in messages. Unique.
	Name string `larder:"name,required"`
	// Path that the route answers.
	Path Pattern `larder:"path,required"`
	// Methods that are answered from the cache. Requests with other methods
	// pass through.
	Methods []string `larder:"methods,some" enum:"GET,HEAD,QUERY" default:"[\"GET\",\"HEAD\"]"`
	// Query lists the parameters that reach the origin and are a part of the
	// key. Sorted by name.
	Query []Parameter `larder:"query"`
	// AllQuery passes all parameters to the origin ("*" in the file).
	AllQuery bool
	// Ignore lists query parameters that never count: they neither reach the
	// origin nor are a part of the key, AllQuery or not. Those of the whole file
	// are among them.
	Ignore IgnoreList `larder:"ignore"`
	// Unlisted is what any other parameter means. It does not matter where
	// AllQuery lists them all.
	Unlisted Unlisted `larder:"unlisted" enum:"drop,pass,reject"`
	// Filters are the parameters that select or order the items of an answer. A
	// request with one of them gets, for each of Keys, also its
	// [surrogate.Filtered] key.
	Filters []string `larder:"filters"`
	// AllFilters makes a filter of every parameter that Query does not list ("*"
	// in the file).
	AllFilters bool
	// Bypass are conditions on the query under which a request passes
	// through uncached with all of its parameters, such as preview=1.
	Bypass []Condition `larder:"bypass,empty"`
	// BypassHeaders are request headers; a request that carries one passes
	// through as well. Canonical form (net/textproto). Those of the whole file
	// are among them.
	BypassHeaders []string `larder:"bypass_headers"`
	// Headers of the request that reach the origin and are a part of the
	// key. Canonical form (net/textproto), sorted.
	Headers []string `larder:"headers"`
	// AllHeaders lets every end-to-end header reach the origin ("*" in the
	// file); the answer's Vary then selects among variants.
	AllHeaders bool
	// Keys are the surrogate keys that a request's path and query give:
	// {name} is a path variable, {query.name} a query parameter.
	Keys []surrogate.Template `larder:"keys"`
	// Items are the surrogate keys that the JSON body gives.
	Items surrogate.Rules
	// ItemRules are Items as the file has them. [Parse] leaves none here.
	ItemRules []ItemRule `larder:"items"`
	// Lifetimes of the route's answers.
	Lifetimes Lifetimes `larder:"lifetimes"`
}

// UnsafeMethods is what a successful request with an unsafe method makes stale.
type UnsafeMethods string

const (
	// InvalidateURL makes stale what is stored for its URL (RFC 9111 §4.4).
	InvalidateURL UnsafeMethods = "invalidate"
	// InvalidateKeys makes stale, beside that, what has a key that the URL's route
	// makes from the path alone.
	InvalidateKeys UnsafeMethods = "invalidate_keys"
	// IgnoreUnsafe makes nothing stale; only purges do.
	IgnoreUnsafe UnsafeMethods = "ignore"
)

// Unlisted is what a query parameter does that a route does not list.
type Unlisted string

const (
	// DropUnlisted drops it: the request is answered as without it.
	DropUnlisted Unlisted = "drop"
	// PassUnlisted lets the request pass through uncached.
	PassUnlisted Unlisted = "pass"
	// RejectUnlisted refuses the request.
	RejectUnlisted Unlisted = "reject"
)

// ItemRule is a rule for items in the file: a [surrogate.ItemRule], a fragment to
// use at its place, or both.
type ItemRule struct {
	Each string               `larder:"each,required,empty"`
	Keys []surrogate.Template `larder:"keys,some"`
	// Use is the name of a fragment, whose paths begin at each item.
	Use string `larder:"use"`
}

// Parameter is a query parameter that a route passes to the origin.
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

// Lifetimes take precedence over the origin's Cache-Control, except over what
// docs/configure.md lists: no-store, private, and must-revalidate against
// stale answers.
type Lifetimes struct {
	// TTL is the freshness lifetime. Without a value the origin's headers
	// decide.
	TTL OptionalDuration `larder:"ttl" range:"0s 365d"`
	// StaleWhileRevalidate is how long after TTL the stored answer is served at
	// once while it is revalidated in the background (RFC 5861 §3). Without a
	// value the origin's directive decides.
	StaleWhileRevalidate OptionalDuration `larder:"stale_while_revalidate" range:"0s 365d"`
	// StaleIfError is how long after TTL the stored answer is served when every
	// origin fails (RFC 5861 §4). Without a value the origin's directive
	// decides.
	StaleIfError OptionalDuration `larder:"stale_if_error" range:"0s 365d"`
	// ClientTTL is how long browsers and other downstream caches may store an
	// answer, where TTL is set. Zero: they revalidate with the edge.
	ClientTTL time.Duration `larder:"client_ttl" range:"0s 365d"`
	// ClientStaleIfError is how long after ClientTTL downstream caches may use
	// their copy when they cannot reach the edge or it fails (RFC 5861 §4),
	// where TTL is set. If it is zero, they are told must-revalidate.
	ClientStaleIfError time.Duration `larder:"client_stale_if_error" default:"1d" range:"0s 365d"`
	// NotFoundTTL is how long a 404 or 410 is stored under the keys of its
	// path. Zero: never, unless the origin says so itself and TTL is not set.
	NotFoundTTL time.Duration `larder:"not_found_ttl" range:"0s 365d"`
	// Heuristic allows a heuristic lifetime (RFC 9111 §4.2.2) where neither
	// the operator nor the origin gives one.
	Heuristic bool `larder:"heuristic"`
}

// OptionalDuration is a duration that can be absent, which is not zero.
type OptionalDuration struct {
	Duration time.Duration
	Valid    bool
}
