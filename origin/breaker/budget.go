package breaker

import "time"

const (
	// maxDebt bounds how many good answers it takes to allow retries again.
	maxDebt = 10
	// retryDebt is the debt from which an origin is not asked twice.
	retryDebt = 5
)

// Budget allows retries while an origin mostly gives good answers. A failing
// answer adds one to its debt, a good one takes one away, and a debt that no
// failing answer has renewed within the window is forgotten. The zero value
// allows retries.
type Budget struct {
	debt int
	at   time.Time // the last failing answer, to within a quarter of the window
}

// AllowsRetry reports whether one request may ask the origin twice.
func (b Budget) AllowsRetry(now time.Time, window time.Duration) bool {
	return b.debt < retryDebt || now.Sub(b.at) > window
}

// Answered counts an answer. At the limits it mostly changes nothing, which
// saves the POP's cache a write for each answer.
func (b Budget) Answered(good bool, now time.Time, window time.Duration) Budget {
	if now.Sub(b.at) > window {
		b = Budget{}
	}
	switch {
	case good && b.debt <= 1:
		return Budget{}
	case good:
		b.debt--
	case b.debt < maxDebt || now.Sub(b.at) > window/4:
		b = Budget{debt: min(b.debt+1, maxDebt), at: now}
	}
	return b
}
