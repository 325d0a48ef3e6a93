package surrogate

import (
	"fmt"
	"hash/fnv"
)

// rulesVersion must change whenever the same templates and rules produce
// different keys than before.
const rulesVersion = 3

// Fingerprint returns 8 hexadecimal digits that identify a route's key rules:
// the templates of its keys, the rules for its items, and whatever else their
// variables depend on, all in order. An entry stored under another fingerprint
// may lack keys that a purge relies on.
func Fingerprint(keys []Template, items Rules, variables ...any) string {
	hash := fnv.New32a()
	fmt.Fprintf(hash, "%d\n%q\n", rulesVersion, keys)
	for _, rule := range items {
		fmt.Fprintf(hash, "%q %q\n", rule.Each, rule.Keys)
	}
	fmt.Fprintf(hash, "\n%v", variables)
	return fmt.Sprintf("%08x", hash.Sum32())
}
