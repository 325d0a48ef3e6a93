//go:build !race

package fencetest

import "strings"

// This file is all that the checker knows of the names of cache keys. It needs
// them to break the fence on purpose, and for readable schedules.

// isLease reports whether a cache key is a lease's.
func isLease(key string) bool { return strings.Contains(key, "lease\n") }

func isNoLease(key string) bool { return !isLease(key) }

// isQuiet reports whether a cache key is that of the purge quiet period.
func isQuiet(key []byte) bool { return strings.Contains(string(key), "\nquiet\n") }

// display is what schedules call a cache key.
func (w *world) display(key []byte) string {
	if w.trace == nil {
		return string(key) // which is as good for a fingerprint
	}
	parts := strings.Split(string(key), "\n")
	switch {
	case len(parts) == 3 && parts[2] == "":
		return "the " + parts[1]
	case len(parts) == 3:
		return "the " + parts[1] + " of " + parts[2]
	case len(parts) > 4 && parts[2] != "":
		return parts[2][:4] + ":" + parts[3]
	case len(parts) > 4:
		return parts[3]
	}
	return string(key)
}
