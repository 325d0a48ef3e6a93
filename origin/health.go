package origin

import "larder/config"

// Health is what the platform's own checks say of a backend.
type Health string

const (
	// HealthUnknown is that of a backend without a health check.
	HealthUnknown Health = "unknown"
	// Healthy backends pass the platform's checks.
	Healthy Health = "healthy"
	// Unhealthy backends fail them, and sending to them fails at once.
	Unhealthy Health = "unhealthy"
)

func (c *Client) health(o *config.Origin) Health {
	if c.Health == nil {
		return HealthUnknown
	}
	return c.Health(o.Backend)
}

// usable returns the origins that the operator has not switched off, and of
// these the ones that are not unhealthy, unless all are: a check can be wrong,
// and then trying beats giving up.
func (c *Client) usable() []*config.Origin {
	var enabled, healthy []*config.Origin
	for i := range c.Origins {
		o := &c.Origins[i]
		if c.Disabled != nil && c.Disabled(o.Name) {
			continue
		}
		enabled = append(enabled, o)
		if c.health(o) != Unhealthy {
			healthy = append(healthy, o)
		}
	}
	if len(healthy) == 0 {
		return enabled
	}
	return healthy
}
