// Package target says what a request asks for: which route takes it, what of
// its URL and header decides the answer, whose content it is, and the
// surrogate keys that follow from that alone.
//
// [New] makes the [Target] of a request. The edge, the purge endpoint and the
// operator's command all read URLs by this package, so that they agree.
package target
