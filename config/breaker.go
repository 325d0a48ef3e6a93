package config

import (
	"net/http"
	"slices"
	"time"
)

// Failures says which answers count as failures, beside having none.
type Failures struct {
	// Statuses in ascending order: 5xx and 429. By default those of RFC 5861
	// §4, 429, which says the same about this client, and 520 to 527 and 530,
	// which Cloudflare sends for an origin that is down.
	Statuses []int `larder:"statuses" default:"[429,500,502,503,504,520,521,522,523,524,525,526,527,530]"`
}

// Has reports whether an answer of this status counts as a failure.
func (f Failures) Has(status int) bool { return slices.Contains(f.Statuses, status) }

// Breaker is when an origin's circuit opens, so that no request is sent to the
// origin any more, and how it closes again.
type Breaker struct {
	// Failures of distinct URLs within Window open the circuit.
	Failures int `larder:"failures" default:"5" range:"1 100"`
	// Window is how long a failure counts.
	Window time.Duration `larder:"window" default:"10s" range:"1s 10m"`
	// Cooldown is how long an open circuit stays open before one request probes
	// the origin. It doubles while probes fail.
	Cooldown time.Duration `larder:"cooldown" default:"1s" range:"100ms 10m"`
	// MaxCooldown is where the doubling ends. At least Cooldown; default 1 m, or
	// Cooldown where that is longer.
	MaxCooldown time.Duration `larder:"max_cooldown" range:"100ms 1h"`
}

// failures checks the statuses. An answer below 500 is about the request and
// not about the origin, except 429, which asks the client to wait.
func (c *checker) failures(f Failures, at *jsonPath) {
	for i, status := range f.Statuses {
		here := at.member("statuses").element(i)
		switch {
		case status == 0: // reported by the decoder
		case status != http.StatusTooManyRequests && (status < 500 || status > 599):
			c.fail(here, "want 429 or a status from 500 to 599, as no other means that the origin cannot answer now; got %d", status)
		case slices.Contains(f.Statuses[:i], status):
			c.fail(here, "want each status once; got %d twice", status)
		}
	}
	slices.Sort(f.Statuses)
}

func (c *checker) breaker(b *Breaker, at *jsonPath) {
	if b.MaxCooldown == 0 {
		b.MaxCooldown = max(b.Cooldown, time.Minute)
	}
	if b.MaxCooldown < b.Cooldown {
		c.fail(at.member("max_cooldown"), "want at least the cooldown of %s; got %s", formatDuration(b.Cooldown), formatDuration(b.MaxCooldown))
	}
}
