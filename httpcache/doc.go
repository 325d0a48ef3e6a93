// Package httpcache is Larder's caching policy: it says whether a response may
// be kept, for how long, what a request gets from what is kept, and what is
// answered. It takes values and returns values.
//
// It refuses to do anything else: it calls no host, sends no request, reads no
// clock (the entry's age and the times of a response are arguments) and holds
// no state, so that every rule is tested natively and the hit path stays
// short.
//
// [Plan] is the function to read first: it decides what is kept. Then
// [NewStoredResponse], which makes the record that lives beside a kept body,
// and [StoredResponse.Evaluate], which says what a request gets from it.
//
// # Who wins
//
// The operator's [Policy] stands above the targeted fields of RFC 9213, those
// above Cache-Control and Expires, and those above heuristics. Three things
// are never overridden: no-store, private, and the directives that forbid
// stale answers.
//
//	operator's TTL  the directive in force         outcome
//	set or absent   no-store                       not stored
//	set or absent   private                        not stored, not even for a tenant
//	set             no-cache                       fresh for the TTL, never stale
//	absent          no-cache                       validated before every use, never stale
//	set or absent   must-revalidate,               never stale
//	                proxy-revalidate
//	set             s-maxage, max-age, Expires     the TTL counts
//	absent          s-maxage                       counts; forbids stale unless the origin
//	                                               names a stale window beside it
//	absent          max-age, Expires               counts
//	absent          none of these                  heuristic where allowed, else validation
//
// # Specifications
//
// RFC 9111 (caching), RFC 9110 (fields, validators, ranges), RFC 5861 (stale
// answers), RFC 8246 (immutable: no effect in a shared cache), RFC 9211
// (Cache-Status), RFC 9213 (targeted fields), RFC 9875 (cache groups), RFC
// 10008 (QUERY).
package httpcache
