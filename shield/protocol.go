package shield

import (
	"crypto/sha256"
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// Fields between an edge and the shield. They leave neither of them.
const (
	// EdgeField of a request has the edge's token, and after it its demand.
	EdgeField = "Larder-Edge"
	// AnswerField says what kind of answer the shield gives. An answer without
	// it does not come from Larder.
	AnswerField = "Larder-Shield"
	// HintField is the origin's X-Compress-Hint, which is meant for the way to
	// the client.
	HintField = "Larder-Compress-Hint"
	// StatusField is the shield's member of Cache-Status. It is about one
	// request, so the edge must not keep it.
	StatusField = "Larder-Shield-Status"
)

// Demand is what an edge asks of the shield.
type Demand uint8

const (
	// Direct does not ask the shield at all.
	Direct Demand = iota
	// Any takes what the shield gives to its own clients.
	Any
	// Fresh takes only what an origin has said since it was asked.
	Fresh
)

const freshSuffix = "; fresh"

// Ask is the value of [EdgeField].
func (d Demand) Ask(token string) string {
	if d == Fresh {
		return token + freshSuffix
	}
	return token
}

// parseAsk is the reverse of [Demand.Ask].
func parseAsk(value string) (token string, d Demand) {
	if token, ok := strings.CutSuffix(value, freshSuffix); ok {
		return token, Fresh
	}
	return value, Any
}

// State is how good a shield's answer is.
type State string

const (
	// Usable answers are as good as an origin's.
	Usable State = "usable"
	// Stale answers are copies that the failure of every origin excuses.
	Stale State = "stale"
	// Failed means that the shield has nothing to give.
	Failed State = "failed"
)

// Answer is what a shield says of its answer.
type Answer struct {
	State State
	// TTL is the freshness that is left, negative where there is none. It is
	// of use only where HasTTL: what is not kept has none.
	TTL    time.Duration
	HasTTL bool
}

const ttlParameter = "; ttl="

// String is the value of [AnswerField]; TTL is in milliseconds.
func (a Answer) String() string {
	if !a.HasTTL {
		return string(a.State)
	}
	ttl := max(-maxTTL, min(a.TTL, maxTTL))
	return string(a.State) + ttlParameter + strconv.FormatInt(ttl.Milliseconds(), 10)
}

// maxTTL bounds what is said and can be read; it is ten years. Some origins let
// their answers live longer (max-age=2147483647).
const maxTTL = 10 * 365 * 24 * time.Hour

// ParseAnswer reads the value of [AnswerField]. It returns false for what no
// shield says.
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

// token proves that a request comes from this service. It is made of a purge
// token and does not reveal it.
func token(purgeToken string) string {
	sum := sha256.Sum256([]byte("larder edge 1\n" + purgeToken))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
