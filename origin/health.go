package origin

import "larder/config"

// Health is what the platform's own checks say of a backend.
type Health string

const (
	// HealthUnknown is that of a backend without a health check.
	HealthUnknown Health = "unknown"
	// Healthy backends answer the platform's checks.
	Healthy Health = "healthy"
	// Unhealthy backends do not, and sending to them fails at once.
	Unhealthy Health = "unhealthy"
)

// health is remembered as long as a circuit is.
func (c *Client) health(o *config.Origin) Health {
	if c.Health == nil {
		return HealthUnknown
	}
	now := c.Now()
	health, known := HealthUnknown, false
	c.remembered(o, func(m *memory) { health, known = m.health, fresh(m.checked, now) })
	if known {
		return health
	}
	health = c.Health(o.Backend)
	c.remembered(o, func(m *memory) { m.health, m.checked = health, now })
	return health
}

// usable returns the origins to try, in their order: those that the operator
// has not switched off, and of these the ones that are not unhealthy, unless
// all are. A check can be wrong; then trying beats giving up.
func (c *Client) usable() []*config.Origin {
	enabled := make([]*config.Origin, 0, len(c.Origins))
	for i := range c.Origins {
		if o := &c.Origins[i]; c.Disabled == nil || !c.Disabled(o.Name) {
			enabled = append(enabled, o)
		}
	}
	healthy := make([]*config.Origin, 0, len(enabled))
	for _, o := range enabled {
		if c.health(o) != Unhealthy {
			healthy = append(healthy, o)
		}
	}
	if len(healthy) == 0 {
		return enabled
	}
	return healthy
}
