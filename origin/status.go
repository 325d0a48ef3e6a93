package origin

import (
	"time"

	"larder/config"
	"larder/origin/breaker"
)

// OriginStatus is what this POP knows of an origin, for the operator.
type OriginStatus struct {
	Name    string `json:"name"`
	Backend string `json:"backend"`
	// Disabled by the operator's switch.
	Disabled bool `json:"disabled"`
	// ForceClosed by the operator's switch: the circuit is then closed.
	ForceClosed bool   `json:"force_closed,omitempty"`
	Health      Health `json:"health"`
	// State of the circuit.
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

// Status returns what this POP knows of each origin, in their order, after the
// shield if there is one. It costs a lookup for each.
func (c *Client) Status() []OriginStatus {
	var all []OriginStatus
	if c.Shield != nil {
		if o := c.Shield(); o != nil {
			all = append(all, c.status(o))
		}
	}
	for i := range c.Origins {
		all = append(all, c.status(&c.Origins[i]))
	}
	return all
}

func (c *Client) status(o *config.Origin) OriginStatus {
	now, circuit := c.Now(), c.store().Circuit(o.Name)
	return OriginStatus{
		Name:        o.Name,
		Backend:     o.Backend,
		Disabled:    c.Disabled != nil && c.Disabled(o.Name),
		ForceClosed: c.ForceClosed != nil && c.ForceClosed(o.Name),
		Health:      c.health(o),
		State:       circuit.State(now),
		Since:       circuit.Since,
		Failures:    circuit.Failures(now, c.Breaker.Window),
		NextProbe:   circuit.Until,
	}
}
