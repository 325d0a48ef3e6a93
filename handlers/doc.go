// Package handlers is Larder's HTTP surface: it takes every request, chooses
// what kind of request it is, and writes every answer.
//
// [App.ServeHTTP] is where every request enters. The files, in order:
//
//	app.go          takes a request, and chooses its kind
//	responder.go    what every answer has: CORS, Cache-Status, framing
//	preflight.go    CORS preflights, answered at the edge
//	operations.go   Larder's own paths; status.go: health and status
//	passthrough.go  what is not cached; invalidate.go: what that changes
//	query.go        QUERY, whose content is a part of the key
//	cached.go       cacheable content: package content finds the answer
//	respond.go      sends it: whole, in part, or that nothing has changed
//
// What may be cached and for how long is decided in package httpcache, what a
// request is for in package resource.
package handlers
