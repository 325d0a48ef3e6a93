// Package client keeps a program going while the API that it reads is down.
//
// A [Transport] is an [http.RoundTripper], so it works under net/http and under
// any SDK that takes an [http.Client]:
//
//	api := &http.Client{Transport: &client.Transport{
//		Hosts: []string{"https://cdn.example.com", "https://api.example.com"},
//	}}
//
// A request for any of the hosts goes to the first one that works. If that host
// fails, the request goes to the next one. If every host fails, the program gets
// the last good answer to the same request; only if there is none, all hosts are
// tried again after a pause. An answer from memory says so:
//
//	resp, err := api.Get("https://cdn.example.com/v2/posts/?auth_token=…")
//	…
//	if age, ok := client.Fallback(resp); ok {
//		log.Printf("the API is down; this answer is %v old", age)
//	}
//
// # What is tried again
//
// GET, HEAD, OPTIONS, TRACE, QUERY, PUT and DELETE are idempotent (RFC 9110
// §9.2.2) and are tried again after an error, a timeout, a truncated body, a
// body that says it is JSON and is not, and after 429, 500, 502, 503 and 504.
// Other methods are tried again only if no connection could be made, so that
// nothing is done twice, or if they have an Idempotency-Key. Retry-After is
// respected; if it asks for more time than there is, the request is not tried
// again. Retries are limited to one for five requests, with ten to spare, so that
// they do not keep a struggling server down. Going on to the next host does not
// count as a retry.
//
// A host that could not be reached twice in a row is left out for some seconds.
// Then the next GET is also sent to it in the background, and whether that
// works decides. No request waits for a host that is known to be down while
// another one works, or while there is an answer to fall back to.
//
// # What is kept
//
// Answers to GET that RFC 9111 lets a private cache use without asking: not
// those with no-store, no-cache, must-revalidate or Vary: *, unless they are
// still fresh. An answer is used for as long after its freshness as its
// stale-if-error says (RFC 5861 §4), and never longer than [Transport.MaxAge].
// While a host works, every request is sent to it; what is kept only makes it
// conditional, so that an unchanged answer is not transferred again.
//
// What is kept for one credential is never given to another: the values of
// Authorization, Cookie and the headers in [Transport.Credentials] are a part of
// the key under which an answer is kept, as is the whole query. A 401 or 403
// removes what was kept for its credential, a 404 or 410 replaces it.
//
// Answers are kept in memory, and in [Transport.Store] if there is one: [Disk],
// package redisstore, or your own. A Store is never on a request's path while
// the API works, so a slow or broken one costs nothing.
//
// # Traces and metrics
//
// [Transport.Observe] is called for every attempt and every fallback. For
// OpenTelemetry, wrap it on both sides: otelhttp.NewTransport around the
// Transport gives a span a request, and as its Base a span an attempt.
package client
