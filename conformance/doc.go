// Command conformance runs the public HTTP cache tests, http-cache-tests from
// npm, against Larder as it is deployed: the Wasm with the preset that follows
// the origin, in Viceroy, between the suite's own client and server. `make
// conformance` calls it. Viceroy's timeouts are longer than usual; see [patient].
//
//	go run ./conformance              run everything and compare with the record
//	go run ./conformance -update      likewise, and rewrite the record
//	go run ./conformance -v           likewise, and show the output of origin and edge
//	go run ./conformance ID...        run these cases and show every message
//
// The record is in testdata/conformance: larder.json holds the outcome of each
// case, comparison.md the counts compared with other caches, and
// exceptions.json the reason for every required or optimal case that does not
// pass. The command fails if a case gets worse, or fails without a reason. Read
// [judge] first: it decides that.
//
// The command takes the suite's expectations as they are. Where one of them is
// wrong, exceptions.json says so.
package main
