package surrogate

import (
	"fmt"
	"hash/fnv"
)

// rulesVersion must change whenever the same templates and rules produce
// different keys than before.
const rulesVersion = 1

// Fingerprint returns 8 hexadecimal digits that identify a route's key rules:
// the templates of its keys, the rules for its items, and whatever else their
// variables depend on, all in order. An entry stored under another fingerprint
// may lack keys that a purge relies on.
func Fingerprint(keys []Template, items Rules, variables ...any) string {
	hash := fnv.New32a()
	fmt.Fprintf(hash, "%d\n%q\n%s\n%v", rulesVersion, keys, items.text, variables)
	return fmt.Sprintf("%08x", hash.Sum32())
}
