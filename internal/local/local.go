// Package local runs Larder on one machine: the built Wasm in Viceroy, in front
// of the demo content API, each as a process of its own on a loopback port. The
// end-to-end tests, the benchmarks and `make serve` stand on it.
//
// Begin with [Build], [StartDemo] and [Start], in that order. Everything that
// is started ends when its context does, or at Close, and on Linux also when
// the program that started it dies: no process is left behind.
//
// The package deploys nothing and speaks to no Fastly account.
package local

import "errors"

var (
	// ErrNotReady says that a program was started and ended, or stayed silent
	// for too long, before it said where it listens.
	ErrNotReady = errors.New("did not become ready")
	// ErrAddressInUse says that another program listens on the wanted address.
	ErrAddressInUse = errors.New("address already in use")
)
