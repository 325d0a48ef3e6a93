// Package corecache is Fastly's Core Cache in Go.
//
// It mirrors the names of the SDK's cache/core and exists only because that
// package makes host calls on every lookup that Viceroy does not implement.
// Differences: the properties of a found object are read when needed, with one
// host call each; the result of a lookup must be closed; errors name the host
// call and its status.
//
// Read [Cache] first. [Host] is the platform's cache; package coremodel has an
// in-memory model of the same interface for tests without a host. Both pass
// the contract suite in package coretest, natively and in Viceroy.
//
// The cache belongs to one POP and is volatile. Purges reach all POPs.
package corecache
