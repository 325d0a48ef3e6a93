// Package attacks sends hostile requests at the built Wasm in Viceroy, and looks
// for what must not follow from them. It has tests only.
//
// A case is data: an edge, an origin's behaviour, and steps. Each step is a
// request and what must hold for its answer. To add a case, put a few lines into
// the list of its class, in the file named after it:
//
//	{"a forwarded host", strict, mirror, steps{
//		{get("/things/tea/", "X-Forwarded-Host: evil.example"), must(status(200))},
//		{get("/things/tea/"), must(hit, bodyLacks("evil.example"))},
//	}},
//
// The edges, with their configurations, are in edges_test.go; requests are in
// requests_test.go, checks in checks_test.go and behaviours in origin_test.go.
//
// Each case begins with an empty cache and vault. These rules hold in every
// case, without a check of its own:
//
//   - the guest does not crash
//   - no origin receives a purge token, or a request that Larder did not make
//   - no log line and no problem has a credential
//   - no answer has a header field that belongs inside the edge, unless it was
//     requested with the debug header
//   - no request takes much more guest CPU than the platform allows
//
// The guest says its own CPU time, in Server-Timing. A busy machine adds to it, as
// cpu_test.go says, so a case that is over the limit is repeated, and the fastest
// run counts.
package attacks
