// Package purge is the endpoint that purges content: POST /_larder/purge.
//
// A purge is soft unless the request says otherwise, so that an edit does not
// delete the copy that the next outage needs. Hard purges are for deleted
// items. Every purge first ends the leases of all fetches in progress, so that
// none of them can put old content back (see package fence).
//
// [Endpoint.Serve] is where to start. The endpoint fails closed: it checks a
// request as a whole before it purges anything.
package purge
