package content

import (
	"net/http"

	"larder/httpcache"
	"larder/origin"
	"larder/resource"
	"larder/shield"
)

// requirement is what this fetch requires of the shield. Until the purge quiet
// period is over the shield must ask the origins itself.
func (ft *fetch) requirement(req *origin.Request, quiet bool) shield.Requirement {
	switch {
	case !ft.Shield.Enabled(), req.Method != http.MethodGet:
		return shield.Direct
	case ft.Edge != shield.Direct: // this is the shield for it
		return shield.Direct
	case resource.TooLong(req.Path, req.Query): // the shield would refuse it, which must not count against it
		return shield.Direct
	case !quiet, httpcache.LimitsAge(&httpcache.Request{Method: ft.Method, Header: ft.Header}, ft.policy):
		return shield.Fresh
	}
	return shield.Any
}

// trustShield takes up what the shield says of its answer. Its error means that
// the answer is a copy that an outage does not excuse here, or not better than
// the entry that is here.
func (rec *reception) trustShield(resp *origin.Response, policy httpcache.Policy) (httpcache.Policy, error) {
	if resp.Shield == nil {
		return policy, nil
	}
	if resp.Shield.HasTTL {
		policy.Remaining = httpcache.Some(resp.Shield.TTL)
	}
	if resp.Stale() && (!rec.quiet || rec.previous != nil && rec.previous.use.StaleIfError) {
		return policy, errStale
	}
	return policy, nil
}
