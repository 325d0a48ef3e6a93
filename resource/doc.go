// Package resource says what a request is for (the target resource of RFC 9110
// §7.1): which route takes it, what of its URL and header decides the answer,
// whose content it is, and the surrogate keys that follow from that alone.
//
// [New] makes the [Resource] of a request. The edge, the purge endpoint and the
// operator's command all read URLs through this package, so that they agree.
package resource
