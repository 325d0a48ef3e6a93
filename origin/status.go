package origin

import (
	"math"
	"time"

	"larder/config"
)

// OriginStatus is what is known of an origin, for the operator.
type OriginStatus struct {
	Name    string `json:"name"`
	Backend string `json:"backend"`
	// Disabled by the operator's switch.
	Disabled bool   `json:"disabled"`
	Health   Health `json:"health"`
	// State of the circuit in this place.
	State State `json:"state"`
	// Since is when the circuit last opened or closed; zero if it never did,
	// as far as the place's cache remembers.
	Since time.Time `json:"since,omitzero"`
	// Failures that count against the origin: those of the window while the
	// circuit is closed, and otherwise all since then, trials included.
	Failures int `json:"failures"`
	// NextTrial is when a request may try the origin again; zero while the
	// circuit is closed.
	NextTrial time.Time `json:"next_trial,omitzero"`
}

// Status returns what this place knows of each origin, in their order, the
// shield first where misses go through it. It costs a lookup for each.
func (c *Client) Status() []OriginStatus {
	origins := make([]*config.Origin, 0, len(c.Origins)+1)
	if c.Shield != nil {
		if o := c.Shield(); o != nil {
			origins = append(origins, o)
		}
	}
	for i := range c.Origins {
		origins = append(origins, &c.Origins[i])
	}
	all := make([]OriginStatus, len(origins))
	for i, o := range origins {
		known := c.refresh(o)
		state, failures := known.state(c.Now()), known.count
		if state == Closed {
			failures = len(recent(known.failures, c.Breaker.Window, c.Now()))
		}
		all[i] = OriginStatus{
			Name:      o.Name,
			Backend:   o.Backend,
			Disabled:  c.Disabled != nil && c.Disabled(o.Name),
			Health:    c.health(o),
			State:     state,
			Since:     known.since,
			Failures:  failures,
			NextTrial: known.until,
		}
	}
	return all
}

// Down says why whoever asks next may wait long for nothing: [ErrDisabled] where
// nobody may be asked, an [OpenError] where the shield and every origin that
// may be have been failing, else nil. It costs a lookup for each at most.
func (c *Client) Down() error {
	asked := c.usable()
	if o := c.shield(); o != nil {
		asked = append(asked, o)
	}
	if len(asked) == 0 {
		return ErrDisabled
	}
	wait := time.Duration(math.MaxInt64)
	for _, o := range asked {
		known, _ := c.circuit(o)
		if c.Breaker.Failures == 0 || known.state(c.Now()) == Closed {
			return nil
		}
		wait = min(wait, known.until.Sub(c.Now()))
	}
	return &OpenError{RetryIn: max(wait, 0)}
}
