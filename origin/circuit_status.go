package origin

import (
	"time"

	"larder/origin/breaker"
)

// CircuitStatus is what this POP knows of an origin's reachability for the
// requests of a route.
type CircuitStatus struct {
	Route string        `json:"route"`
	State breaker.State `json:"state"`
	// Since is when the circuit last opened or closed; zero if it never did,
	// as far as the POP's cache remembers.
	Since time.Time `json:"since,omitzero"`
	// Failures that count: those of the window while the circuit is closed,
	// otherwise all since it was last closed, probes included.
	Failures int `json:"failures"`
	// NextProbe is when a request may probe the origin; zero while the circuit
	// is closed.
	NextProbe time.Time `json:"next_probe,omitzero"`
}

// circuitStatus returns the circuits of an origin that are not closed or have
// failures that count. It costs a lookup for each route.
func (c *Client) circuitStatus(origin string) []CircuitStatus {
	now, all := c.Now(), []CircuitStatus{}
	for _, route := range c.Routes {
		circuit := c.store().Circuit(breaker.Name{Origin: origin, Route: route})
		status := CircuitStatus{
			Route:     route,
			State:     circuit.State(now),
			Since:     circuit.Since,
			Failures:  circuit.Failures(now, c.Breaker.Window),
			NextProbe: circuit.Until,
		}
		if status.State != breaker.Closed || status.Failures > 0 {
			all = append(all, status)
		}
	}
	return all
}
