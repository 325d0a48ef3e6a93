// Package shield sends an edge's misses through a shield: a POP near the
// origins that runs the same service and answers the misses of all other POPs.
// To an edge, the shield is the first of the origins. To the shield, an edge is
// a client that gets additional header fields.
//
// Read [Site.Backend] first. protocol.go defines the header fields.
//
// # Purges
//
// A purge reaches each POP at its own time. An edge that has been purged may
// ask a shield that has not, and would store the old content that it gets. For
// some time after a purge an edge therefore requires an answer that comes from
// an origin ([Fresh]), until the purge must have reached the shield as well.
package shield
