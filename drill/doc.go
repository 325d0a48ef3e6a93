// Command drill shows that Larder keeps its two promises while things go wrong:
// it breaks origins and the KV Store in every way of a table while customers go
// on asking, plays an eight-hour outage in a few seconds, and lets readers look
// for old content while writers edit and purge, at a place alone and at one
// behind a shield. What runs is the Wasm that is deployed, in Viceroy, over real
// sockets.
//
// It prints what customers got, and fails if anybody got what they must not:
// an error while there is a copy, an error other than a quick 503 where there
// is none, or content older than a purge that was acknowledged before they
// asked. `make drill` runs it; with -short it fits into `make test`.
//
// What the deployed program cannot be made to do is changed while compiling
// (changed.go): Viceroy has no KV Store that is slow or fails, and a search that
// would find nothing without the fence proves nothing with it.
//
// Latencies are those of an ordinary client, which in Viceroy waits up to 40 ms
// for delayed acknowledgements; bench/outage measures without them.
//
// Read main.go first, then faults.go, the table.
package main
