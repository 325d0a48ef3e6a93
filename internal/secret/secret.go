// Package secret compares secrets.
package secret

import (
	"crypto/sha256"
	"crypto/subtle"
)

// OneOf reports whether given is one of the secrets. An empty secret never
// matches. The time it takes shows neither where secrets differ nor how long
// they are.
func OneOf(given string, secrets []string) bool {
	g := sha256.Sum256([]byte(given))
	match := 0
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		s := sha256.Sum256([]byte(secret))
		match |= subtle.ConstantTimeCompare(g[:], s[:])
	}
	return match == 1
}
