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
	Debt int `json:",omitzero"`
	// At is when the last failing answer came, to within a quarter of the
	// window.
	At time.Time `json:",omitzero"`
}

// AllowsRetry reports whether one request may ask the origin twice.
func (b Budget) AllowsRetry(now time.Time, window time.Duration) bool {
	return b.Debt < retryDebt || now.Sub(b.At) > window
}

// Answered counts an answer. At the limits it mostly changes nothing, which
// saves the POP's cache a write for each answer.
func (b Budget) Answered(good bool, now time.Time, window time.Duration) Budget {
	if now.Sub(b.At) > window {
		b = Budget{}
	}
	switch {
	case good && b.Debt <= 1:
		return Budget{}
	case good:
		b.Debt--
	case b.Debt < maxDebt || now.Sub(b.At) > window/4:
		b = Budget{Debt: min(b.Debt+1, maxDebt), At: now}
	}
	return b
}
