//go:build !race

package fencetest

import (
	"os"
	"runtime/debug"
	"testing"
)

// TestMain trades memory for time: worlds are small and short-lived.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	os.Exit(m.Run())
}
