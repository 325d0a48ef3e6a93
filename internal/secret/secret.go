// Package secret compares secrets.
package secret

import (
	"crypto/sha256"
	"crypto/subtle"
)

// OneOf reports whether given is one of the secrets; see [Index].
func OneOf(given string, secrets []string) bool { return Index(given, secrets) >= 0 }

// Index returns the index of the first secret that given is, or -1. An empty secret
// never matches. The time it takes shows neither where secrets differ nor how long
// they are.
func Index(given string, secrets []string) int {
	g := sha256.Sum256([]byte(given))
	index := -1
	for i := len(secrets) - 1; i >= 0; i-- {
		if secrets[i] == "" {
			continue
		}
		s := sha256.Sum256([]byte(secrets[i]))
		index = subtle.ConstantTimeSelect(subtle.ConstantTimeCompare(g[:], s[:]), i, index)
	}
	return index
}
