package handlers

import (
	"net/http"
	"time"

	"larder/httpcache"
	"larder/origin"
	"larder/resource"
	"larder/shield"
)

// This file is both ends of the way from an edge to the shield. What the two
// tell each other is in package shield.

// demand says what this fetch asks of the shield.
func (k *ask) demand(req *origin.Request, c calm) shield.Requirement {
	switch {
	case !k.app.shield.Enabled(), req.Method != http.MethodGet:
		return shield.Direct
	// What the shield would refuse must not count against it.
	case k.app.passes(k.header)+1 >= maxPasses, resource.TooLong(req.Path, req.Query):
		return shield.Direct
	case c != calmLong, httpcache.LimitsAge(&k.request, k.policy):
		return shield.Fresh
	}
	return shield.Any
}

// fromShield takes up what the shield says of its answer. Its error means that
// the answer is a copy that an outage does not excuse here, or not better than
// the one that is here.
func (k *ask) fromShield(f *fetched, c calm) error {
	if said := f.resp.Shield; said.HasTTL {
		f.policy.Remaining = httpcache.Some(said.TTL)
	}
	if f.resp.Stale() && (c == calmBroken || f.previous != nil && f.previous.use.StaleIfError) {
		return errStale
	}
	k.status.Nearer = f.resp.ShieldStatus
	return nil
}

// serveEdge makes this place the shield of another one that asks: that hears
// what the origin says, not what clients are told.
func (k *ask) serveEdge() {
	k.edge = k.app.shield.Authenticate(k.header.Get(shield.EdgeField))
	if k.edge == shield.Direct {
		return
	}
	k.debug = false
	k.answer.State = shield.Usable
	k.policy.Validate = k.edge == shield.Fresh
}

// forEdge returns the record as an edge gets it.
func (k *ask) forEdge(s *httpcache.StoredResponse, age time.Duration) *httpcache.StoredResponse {
	own := *s
	own.Header = s.OriginHeader()
	if s.Freshness > 0 || s.Window() > 0 {
		k.answer.TTL, k.answer.HasTTL = s.Freshness-age, true
	} else if s.OriginETag == "" {
		// A tag that was made here would let the edge keep what the origin
		// gave no lifetime.
		delete(own.Header, "Etag")
	}
	return &own
}

// tellEdge completes the header that an edge gets.
func (x *exchange) tellEdge(out http.Header) {
	out[shield.AnswerField] = []string{x.answer.String()}
	out[shield.StatusField] = []string{x.status.String()}
	if hint, ok := out["X-Compress-Hint"]; ok {
		out[shield.HintField] = hint
	}
}
