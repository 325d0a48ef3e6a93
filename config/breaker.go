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
	// Failures within Window open the circuit.
	Failures int `larder:"failures" default:"5" range:"1 100"`
	// Window is how long a failure counts.
	Window time.Duration `larder:"window" default:"10s" range:"1s 10m"`
	// Pause is how long an open circuit stays open before one request tries
	// the origin. It grows while trials fail.
	Pause time.Duration `larder:"pause" default:"1s" range:"100ms 10m"`
	// MaxPause is where the doubling ends. At least Pause; default 1 m, or
	// Pause where that is longer.
	MaxPause time.Duration `larder:"max_pause" range:"100ms 1h"`
}

// failures checks the statuses. An answer below 500 is about the request and
// not about the origin, except 429, which asks for a pause.
func (c *checker) failures(f Failures, at *place) {
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

func (c *checker) breaker(b *Breaker, at *place) {
	if b.MaxPause == 0 {
		b.MaxPause = max(b.Pause, time.Minute)
	}
	if b.MaxPause < b.Pause {
		c.fail(at.member("max_pause"), "want at least the pause of %s; got %s", formatDuration(b.Pause), formatDuration(b.MaxPause))
	}
}
