// Package local runs Larder on one machine: the built Wasm in Viceroy in front
// of the demo content API, each in its own process on a loopback port. The
// end-to-end tests, the benchmarks and `make serve` use it.
//
// Begin with [Build], [StartDemo] and [Start], in that order. Every process ends
// with its context or at Close. On Linux it also ends when the program that
// started it dies, so that no process is left behind.
//
// The package deploys nothing and uses no Fastly account.
package local

import "errors"

var (
	// ErrNotReady means that a program ended, or stayed silent for too long,
	// before it reported its address.
	ErrNotReady = errors.New("did not become ready")
	// ErrAddressInUse means that another program listens on the address.
	ErrAddressInUse = errors.New("address already in use")
)
