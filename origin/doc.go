// Package origin asks the origins for an answer, in their order, until one
// gives it, and leaves those alone that keep failing.
//
// [Client.Do] is where to start. It reads bodies as a whole up to a limit, and
// shows each answer to the caller's Accept, so that a body that is cut short,
// or is not what it should be, counts as a failure like any other and is tried
// elsewhere.
//
// # Circuits
//
// Each origin has a circuit, which all sandboxes of a place share
// (circuit.go is the rule, shared.go the sharing):
//
//   - closed: the origin is asked. A failure counts for as long as the window
//     is, and a good answer takes one back. When enough of them count, the
//     circuit opens.
//   - open: the origin is not asked, until a pause is over.
//   - half-open: one request of the place tries the origin, once. A good
//     answer closes the circuit; a failure opens it again, mostly for twice as
//     long.
//
// Where an origin with a closed circuit fails and all others are in their
// pauses, requests try them early, until that has failed once in a shortest
// pause: they may be well again, and nobody else can answer.
//
// An origin that answers 429 with Retry-After is left alone for as long as it
// asks, within an hour. Failures that are the request's own, or that come from
// giving an origin less time than is configured for it, do not count.
//
// # Whose failure it is
//
// One bad page, or one client, must not take a sound origin away:
//
//   - No answer is the origin's failure, and counts each time. So is a status
//     that takes long to come: a gateway gives it for a dead origin.
//   - A bad answer is its path's: a status, a body that is cut short or takes
//     too long, and what is not accepted. Those of one path count once. A
//     trial that fails so on a path that has failed before makes no pause
//     longer, and the next one is due after the shortest. Those of other paths
//     make pauses longer once for as many as open a circuit.
//   - While a circuit is open, a path that has failed gets a trial only a
//     shortest pause later than others. When a trial has closed the circuit,
//     the bad answers of such paths do not count until one of them was good,
//     or none has come for as long as the longest pause, or the origin has
//     given no good answer at all for so long. Of these paths, a few times as
//     many are known as open a circuit.
//   - A bad answer to a request for one client alone (Private), or none in
//     time, counts for nothing, unless the circuit depends on it.
package origin
