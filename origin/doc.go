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
//     long. Where nobody has tried for longer than the longest pause, pauses
//     begin anew.
//
// A request that an origin has failed tries those early that are in their
// pauses: they may be well again, and nobody else can answer. So whoever asks
// one origin asks all, and while nobody asks any, nobody waits for one. Early
// trials make no pause longer. One that has had no answer bars the next ones
// for ten times as long as it took, and for a shortest pause at least. One with
// a bad answer bars those of its path alone, unless as many paths as open a
// circuit have failed so.
//
// A request that cannot be repeated is no trial while another origin is well:
// it would be lost.
//
// An origin that answers 429 with Retry-After is left alone for as long as it
// asks: as a whole, whatever the path, for longer than the longest pause where
// it asks so, within an hour. Nobody tries it early. Failures that are the
// request's own, or that come from the little time that earlier attempts have
// left, do not count.
//
// # Whose failure it is
//
// One bad page, or one client, must not take a sound origin away:
//
//   - No answer is the origin's failure, and counts each time. So is a status
//     that takes long to come: a gateway gives it for a dead origin. And so is
//     a body of which nothing comes in its time.
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
