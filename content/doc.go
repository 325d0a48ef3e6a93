// Package content answers requests for cacheable content: it looks the answer
// up, decides what the request may get, fetches and stores what is missing, and
// returns a [Result]. It writes to no client; package handlers does.
//
// [Server.Serve] is where to start. The files, in the order in which a request
// that misses reads them:
//
//	content.go   the request, its result, and the loop of look up and fetch
//	lookup.go    the stored entry, and what the request may do with it
//	flight.go    one fetch at a time for each resource
//	fetch.go     asks the origins
//	receive.go   judges the answer and makes its record
//	store.go     puts it into the cache, behind the fence
//
// Beside them: outcome.go (how a flight ended), follow.go (those who waited for
// one), stale.go (answers while the origins fail), background.go (revalidation
// behind an answer), large.go and partial.go (bodies that are large or a part),
// keys.go (surrogate keys), vault.go (copies for POPs whose cache is cold) and
// edge.go (both ends of the path to the shield).
//
// # One flight
//
// Misses and revalidations meet in one place: a transaction on a key of the
// resource's own. The leader fetches, stores and publishes on that key how the
// fetch ended; followers wait in the host and look again. So a URL is fetched
// once at a time in a POP. On a route with headers "*" it is once for each set of
// headers, because the origin gets those of the leader; only what renews an entry
// behind answers is once for all of them. A follower whose first flight was raced
// by a purge waits for one more at most: that flight began after the request
// arrived, so its result is right for it whatever was purged since.
//
// An entry's key only ever holds responses. Failures (negative entries), answers
// that cannot be shared (hit-for-pass) and fetches under way stand on the
// flight's key alone.
package content
