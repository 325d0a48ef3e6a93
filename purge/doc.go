// Package purge is the endpoint through which content is purged:
// POST /_larder/purge.
//
// A purge is soft unless it says otherwise: an edit must not cost the copy
// that the next outage needs. A hard one is for what was deleted. Either ends
// the leases of all fetches under way first, so that none of them can put old
// content back (see handlers/lease.go).
//
// [Endpoint.Serve] is where to start. The endpoint fails closed: a request is
// checked as a whole before anything is purged.
package purge
