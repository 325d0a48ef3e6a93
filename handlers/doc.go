// Package handlers is the way of a request through Larder.
//
// [App.ServeHTTP] is where every request enters. It finds the route and goes
// on to one of the kinds of request. The files, in the order of the way:
//
//	app.go          enters, and chooses the kind of request
//	exchange.go     what every answer has: CORS, Cache-Status, framing
//	preflight.go    CORS preflights, answered at the edge
//	status.go       whether Larder is well, and what it knows
//	passthrough.go  what is not kept; invalidate.go: what that changes
//	querymethod.go  QUERY, whose content is a part of the key
//	content.go      kept answers: look up, decide, answer
//
// What content.go needs, in the same order:
//
//	entry.go        what the cache has, and notes of how fetches ended
//	flight.go       one synchronous revalidation at a time
//	fetch.go        ask the origins; fetched.go: what came
//	usable.go       whether that makes sense
//	receive.go      make the record of it; keys.go: its surrogate keys
//	store.go        put it into the cache; large.go: large bodies
//	lease.go        the fence, by which no purge is undone
//	answer.go       send it; ranges.go, partial.go: parts of it
//	vault.go        copies for cold places in an outage
//	shield.go       both ends of the way to the shield; calm.go: its fence
//
// What a request asks for is found out in package resource. What is kept and for
// how long is decided in package httpcache; this package only carries the
// decisions out.
package handlers
