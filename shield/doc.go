// Package shield leads an edge's misses through a shield: another place of the
// same service, near the origins, that collects what all places ask and keeps
// what they get. A shield is Larder too. To an edge it is the first of the
// origins; to the shield an edge is a client that is told more.
//
// [Site.Backend] is where to start. protocol.go is what the two tell each other.
//
// # Purges
//
// A purge reaches each place in its own time. An edge that was purged already
// may ask a shield that was not, and would keep the old content that it gets.
// So an edge that has lately seen a purge asks for what the origins say now
// ([Fresh]), until the purge must have reached the shield as well
// (handlers/calm.go).
package shield
