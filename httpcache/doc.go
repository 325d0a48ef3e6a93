// Package httpcache is Larder's caching policy. It decides whether a response
// may be stored and for how long, whether a stored response may answer a
// request, and what the response's header says.
//
// The package takes values and returns values. It makes no host calls, sends
// no requests, reads no clock (ages and times are arguments) and holds no
// state, so every rule can be tested natively.
//
// Read [Plan] first: it decides what is stored. Then read [NewStoredResponse],
// which makes the record stored beside a body, and [StoredResponse.Evaluate],
// which decides how that record may answer a request.
//
// # Precedence
//
// The operator's [Policy] takes precedence over the targeted fields of RFC
// 9213, those over Cache-Control and Expires, and those over heuristics. Three
// things are never overridden: no-store, private, and the directives that
// forbid stale responses.
//
//	operator's TTL  the directive in force         outcome
//	set or absent   no-store                       not stored
//	set or absent   private                        not stored, not even for a tenant
//	set             no-cache                       fresh for the TTL, never stale
//	absent          no-cache                       validated before every use, never stale
//	set or absent   must-revalidate,               never stale
//	                proxy-revalidate
//	set             s-maxage, max-age, Expires     the TTL applies
//	absent          s-maxage                       applies; forbids stale unless the origin
//	                                               also names a stale window
//	absent          max-age, Expires               applies
//	absent          none of these                  heuristic where allowed, else validation
//
// # Specifications
//
// RFC 9111 (caching), RFC 9110 (fields, validators, ranges), RFC 5861 (stale
// responses), RFC 8246 (immutable: no effect in a shared cache), RFC 9211
// (Cache-Status), RFC 9213 (targeted fields), RFC 9875 (cache groups), RFC
// 10008 (QUERY).
package httpcache
