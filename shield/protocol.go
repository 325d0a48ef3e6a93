package shield

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// Header fields between an edge and the shield. Neither passes them on to
// clients or origins.
const (
	// EdgeField of a request holds the edge's token and its requirement.
	EdgeField = "Larder-Edge"
	// AnswerField of a response holds an [Answer]. A response without it does
	// not come from Larder.
	AnswerField = "Larder-Shield"
	// HintField carries the origin's X-Compress-Hint, which only matters
	// between the edge and the client.
	HintField = "Larder-Compress-Hint"
	// StatusField is the shield's member of Cache-Status. It concerns one
	// request, so the edge must not store it.
	StatusField = "Larder-Shield-Status"
)

// Requirement is what an edge requires of the shield's answer.
type Requirement uint8

const (
	// Direct bypasses the shield.
	Direct Requirement = iota
	// Any accepts whatever the shield would serve to a client.
	Any
	// Fresh accepts only a response that an origin sent or validated after the
	// request arrived at the shield.
	Fresh
)

const freshSuffix = "; fresh"

// FieldValue returns the value of [EdgeField].
func (r Requirement) FieldValue(token string) string {
	if r == Fresh {
		return token + freshSuffix
	}
	return token
}

// parseEdgeField is the inverse of [Requirement.FieldValue].
func parseEdgeField(value string) (token string, r Requirement) {
	if token, ok := strings.CutSuffix(value, freshSuffix); ok {
		return token, Fresh
	}
	return value, Any
}

// State classifies a shield's answer.
type State string

const (
	// Usable answers are as good as an origin's.
	Usable State = "usable"
	// Stale answers are stale copies, served because every origin failed.
	Stale State = "stale"
	// Failed means that the shield has no response to serve.
	Failed State = "failed"
)

// Answer is a shield's statement about its answer.
type Answer struct {
	State State
	// TTL is the remaining freshness, negative when stale. It is valid only if
	// HasTTL is set; a response that is not stored has none.
	TTL    time.Duration
	HasTTL bool
}

const ttlParameter = "; ttl="

// String returns the value of [AnswerField], with the TTL in milliseconds.
func (a Answer) String() string {
	if !a.HasTTL {
		return string(a.State)
	}
	ttl := max(-maxTTL, min(a.TTL, maxTTL))
	return string(a.State) + ttlParameter + strconv.FormatInt(ttl.Milliseconds(), 10)
}

// maxTTL is the longest TTL in the protocol: ten years. Some origins set longer
// lifetimes (max-age=2147483647).
const maxTTL = 10 * 365 * 24 * time.Hour

// ParseAnswer reads the value of [AnswerField]. ok is false if it is malformed.
func ParseAnswer(value string) (a Answer, ok bool) {
	state, ttl, has := strings.Cut(value, ttlParameter)
	a.State = State(state)
	switch a.State {
	case Usable, Stale, Failed:
	default:
		return Answer{}, false
	}
	if !has {
		return a, true
	}
	ms, err := strconv.ParseInt(ttl, 10, 64)
	if err != nil || ms > maxTTL.Milliseconds() || ms < -maxTTL.Milliseconds() {
		return Answer{}, false
	}
	a.TTL, a.HasTTL = time.Duration(ms)*time.Millisecond, true
	return a, true
}

// token returns the token that proves that a request comes from this service.
// It is derived from a purge token without revealing it.
func token(purgeToken string) string {
	sum := sha256.Sum256([]byte("larder edge 1\n" + purgeToken))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
