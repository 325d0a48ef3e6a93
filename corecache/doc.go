// Package corecache is Fastly's Core Cache in Go.
//
// It mirrors the names of the SDK's cache/core, and takes its place only
// because that one asks the host, on every lookup, for things that Viceroy
// does not have. Differences: properties of a found object are asked for when
// they are wanted, one host call each; what a lookup returns must be closed;
// errors name the host call and its status.
//
// [Cache] is what to read first. [Host] is the real cache, over the host's own
// calls; package coremodel has an in-memory model of the
// same interface for tests without a host. Both pass the conformance test in
// package coretest, natively and inside Viceroy.
//
// The cache is of one place (POP), and volatile. Purges reach all places.
package corecache
