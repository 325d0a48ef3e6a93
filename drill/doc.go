// Command drill shows that Larder keeps its two promises while things go wrong.
// It breaks origins and the KV Store in every way of a table while customers go
// on sending requests, plays an eight-hour outage in a few seconds, and lets
// readers look for old content while writers edit and purge: at a single POP, at
// one behind a shield, and at one whose origin shows edits late. It runs the Wasm
// that is deployed, in Viceroy, over real sockets.
//
// It prints what customers got, and fails if one of them got what they must not:
// an error while there is a copy, an error other than a quick 503 if there is
// none, or content older than a purge that was acknowledged before the request.
// `make drill` runs it; with -short it fits into `make test`.
//
// Some drills change the program while compiling it (changed.go): Viceroy has no
// KV Store that is slow or fails, and a search that would find nothing without
// the fence proves nothing with it.
//
// Latencies are those of an ordinary client, which in Viceroy waits up to 40 ms
// for delayed acknowledgements; bench/outage measures without them.
//
// Read main.go first, then faults.go, the table.
package main
