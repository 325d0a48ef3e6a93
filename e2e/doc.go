// Package e2e tests what is deployed: the built Wasm in Viceroy, over real
// sockets, in front of origins that fail in real ways.
//
// It has no code of its own but tests. Two edges run. One is built from the
// repository's larder.json, but for its
// circuit breaker, and stands in front of the demo content API, a
// process that tests edit, break and kill. The other is built from
// testdata/scripted.json and stands in front of an origin that each test scripts
// by itself, for responses that no healthy server sends.
//
// Nothing here waits for a fixed time or asserts one: what takes time is polled
// for, with a bound.
package e2e
