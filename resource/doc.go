// Package resource determines what a request is for, the target resource of
// RFC 9110 §7.1: the route, the cache key, the tenant, and the surrogate keys
// that follow from the URL.
//
// [Match] finds the route of a request, [Decide] says whether the route answers it
// from the cache, and [New] makes its [Resource]. The edge, the purge endpoint and the
// operator's command all read URLs through this package, so that they agree.
package resource
