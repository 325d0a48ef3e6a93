// Package surrogate finds the surrogate keys of a response: the names by which
// a purge finds it in the cache.
//
// Keys come from a route's path and query ([Template]), from the items in a
// JSON body ([Rules]) and from the origin's headers ([SpaceSeparated],
// [CommaSeparated]). A [Set] collects them, coarse ones first, within the
// platform's limits. Keys that do not fit are folded into bucket keys
// ([Bucket]), and purging a key purges its bucket too ([ForPurge]). A purge may
// therefore refresh slightly too much, but never too little.
//
// The package takes values and returns values; it makes no host calls. Read
// [Set] first.
//
// Limits: 1,024 bytes per key; 16,384 bytes in total, including separating
// spaces; only the printable ASCII characters 0x21 to 0x7E (Fastly's reference
// page for the Surrogate-Key header).
package surrogate
