//go:build race

package fencetest

// raced says that the race detector is on.
const raced = true
