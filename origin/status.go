package origin

import "larder/config"

// OriginStatus is what this POP knows of an origin, for the operator.
type OriginStatus struct {
	Name    string `json:"name"`
	Backend string `json:"backend"`
	// Disabled by the operator's switch.
	Disabled bool `json:"disabled"`
	// ForceClosed by the operator's switch: the circuits are then closed.
	ForceClosed bool   `json:"force_closed,omitempty"`
	Health      Health `json:"health"`
	// Circuits that are not closed or have failures that count.
	Circuits []CircuitStatus `json:"circuits"`
}

// Status returns what this POP knows of each origin, in their order, after the
// shield if there is one. It costs a lookup for each circuit.
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
	return OriginStatus{
		Name:        o.Name,
		Backend:     o.Backend,
		Disabled:    c.Disabled != nil && c.Disabled(o.Name),
		ForceClosed: c.ForceClosed != nil && c.ForceClosed(o.Name),
		Health:      c.health(o),
		Circuits:    c.circuitStatus(o.Name),
	}
}
