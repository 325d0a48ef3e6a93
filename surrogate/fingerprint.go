package surrogate

import (
	"fmt"
	"hash/fnv"
)

// rulesVersion changes whenever the same templates and rules give other keys
// than before.
const rulesVersion = 1

// Fingerprint is a short text that names a route's key rules: the templates of
// its own keys, the rules of its items, and what else their variables depend
// on. It is the same as long as they are, in the same order; an entry that was
// stored under another one may lack keys that a purge takes it to have.
func Fingerprint(keys []Template, items Rules, variables ...any) string {
	hash := fnv.New32a()
	fmt.Fprintf(hash, "%d\n%q\n", rulesVersion, keys)
	for _, rule := range items {
		fmt.Fprintf(hash, "%q %q\n", rule.Each, rule.Keys)
	}
	fmt.Fprintf(hash, "\n%v", variables)
	return fmt.Sprintf("%08x", hash.Sum32())
}
