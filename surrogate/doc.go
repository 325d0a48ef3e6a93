// Package surrogate names what an answer contains: the surrogate keys under
// which the cache keeps it and a purge finds it.
//
// A key comes from a route's path and query ([Template]), from the items in a
// JSON body ([Rules]), or from the origin's own headers ([SpaceSeparated],
// [CommaSeparated]). A [Set] collects them, coarse ones first, and brings them
// under the platform's limits: what does not fit is folded into bucket keys ([Bucket]), and whoever
// purges a key purges its bucket too ([ForPurge]). So a purge refreshes
// slightly too much at worst, and never too little.
//
// The package knows nothing of the host; it takes values and returns values.
// [Set] is the function to read first.
//
// Limits: 1,024 bytes a key and 16,384 bytes in all, the separating spaces
// included; only the printable ASCII characters 0x21 to 0x7E (Fastly's
// reference page for the Surrogate-Key header).
package surrogate
