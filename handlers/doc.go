// Package handlers is the way of a request through Larder.
//
// [App.ServeHTTP] is where every request enters. It finds the route
// (routes.go) and goes on to one of the kinds of request:
//
//	content.go      kept answers: look up, decide, answer
//	fetch.go        ask the origin, tag, keep
//	flight.go       one synchronous revalidation at a time
//	passthrough.go  everything that is not kept
//	preflight.go    CORS preflights, answered at the edge
//
// What is kept and for how long is decided in package httpcache; this package
// only carries the decisions out.
package handlers
