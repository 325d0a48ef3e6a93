// Package origin sends requests to the origins, in their order, until one
// gives a usable answer. [Client.Do] is where to start; package breaker holds
// the circuits.
//
// # Circuits are about reachability
//
//   - There is a circuit for each origin and route, so requests that hang, or
//     that a client makes hang, take the origin away from their own route only.
//   - A circuit counts only what Larder's own keyed GET, HEAD and QUERY fetches
//     meet: a refused or reset connection, a TLS or DNS failure, no header
//     within first_byte_timeout, or a body that stalls. A failing status that
//     took more than half of first_byte_timeout counts too: a gateway sends it
//     for an origin that does not respond.
//   - Each URL (path and query) counts once within the window, and a success
//     of the same route takes one failure back. One URL alone never opens a
//     circuit; its negative entry, which the caller writes, protects the origin
//     from it.
//   - Any other answer, whatever its status or body, is a success: the origin
//     is reachable.
//   - When enough failures count, the circuit opens and the origin is skipped
//     for a cooldown with jitter. Then one request per POP probes it. A failed
//     probe doubles the cooldown, up to max_cooldown; a successful one closes
//     the circuit.
//   - A request without any copy to serve (LastResort) may be that probe before
//     the cooldown is over, once every other origin has failed or been skipped.
//     That leaves the cooldown as it is. A POP has one probe at a time, and two
//     in each shortest cooldown at most.
//   - The operator can keep an origin's circuits closed (ForceClosed). Nothing
//     counts meanwhile.
//
// # Bad answers are about the URL
//
//   - A failing status, an invalid or truncated body, or one that is too slow:
//     the next origin is tried. It never touches a circuit. [Unreachable] tells
//     the two kinds of failure apart.
//   - Retry-After is reported to the caller, and touches no circuit either.
//   - Retry budget: while an origin's recent answers are mostly failures, it is
//     not asked twice for one request.
//
// # Requests that pass through
//
// They never count and never probe, because their bodies, their headers and
// their aborts are the client's. They try the origins with closed circuits for
// their route first, and the first origin of all if every circuit is open. A
// request with a Body is sent once, and how long that takes is up to the client.
package origin
