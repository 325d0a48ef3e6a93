package content

import (
	"errors"
	"time"

	"larder/httpcache"
	"larder/shield"
)

// reasonSlow is why a stale answer is served while the origins take long.
const reasonSlow = "origin-slow"

// staleAllowed reports whether the entry may be served before the origins have
// answered: it was not purged, and stale-if-error allows it.
func (e *entry) staleAllowed() bool {
	return e != nil && !e.purged && e.use.StaleIfError
}

// patienceEnds reports whether those who wait for a fetch get the entry after
// config.Patience. The operator must have set the window, since an origin's own
// stale-if-error speaks of errors only. The leader of a flight asks for all.
func (fl flight) patienceEnds(e *entry) bool {
	return fl.After != nil && e != nil && !e.purged && fl.policy.StaleIfError.Valid && fl.policy.StaleIfError.Value > 0
}

// serveStale answers with an entry that a failure makes good enough.
func serveStale(e *entry, reason string) *Result {
	res := resultOf(e)
	res.Shield.State = shield.Stale
	res.Status = httpcache.CacheStatus{Fwd: e.use.Fwd, Detail: "stale-if-error; " + reason}
	if !e.purged {
		res.Status.TTL = httpcache.Some(e.use.TTL)
	}
	return res
}

// serveNegative answers while a negative entry stands: the last try failed, and
// later than any purge, which would have removed it.
func (fo *follower) serveNegative(o outcome) *Result {
	e := fo.e
	if e != nil && e.use.StaleIfError {
		res := serveStale(e, o.reason)
		res.Status.Collapsed = true
		return res
	}
	res := copies{fo.request}.serve(o.reason)
	if res == nil {
		res = unavailable(o.reason, o.retryAt.Sub(fo.Now()))
	}
	res.Status.Fwd, res.Status.Collapsed = fwdOf(e), true
	return res
}

// answerFailed answers after a fetch that failed: with the entry where that is
// allowed, with the vault's copy, or not at all.
func (r *request) answerFailed(e *entry, f *fetched) (res *Result, copied bool) {
	if e != nil && e.use.StaleIfError {
		res = serveStale(e, f.reason())
	} else if now := storedMeanwhile(r, e); now != nil {
		return now, false
	} else {
		res = copies{r}.serve(f.reason())
		if copied = res != nil; !copied {
			res = unavailable(f.reason(), f.retryAfter())
			if errors.Is(f.err, errMistake) {
				res.Err = f.err
			}
		}
		res.Status.Fwd = fwdOf(e)
	}
	res.Status.FwdStatus, res.Trip = f.status(), f.trip
	return res, copied
}

// storedMeanwhile answers with what another request has stored during a fetch
// that failed, or returns nil.
func storedMeanwhile(r *request, e *entry) *Result {
	if e != nil {
		return nil
	}
	now, err := r.lookupStored("")
	if err != nil || now == nil || !now.usable() || r.lacksRange(now) {
		return nil
	}
	res := resultOf(now)
	res.Status = httpcache.CacheStatus{Hit: true, TTL: httpcache.Some(now.use.TTL), Detail: now.record.Detail}
	return res
}

// fwdOf is why a request without a usable entry is forwarded.
func fwdOf(e *entry) httpcache.FwdReason {
	if e == nil {
		return httpcache.FwdURIMiss
	}
	return e.use.Fwd
}

// unavailable is the answer where there is none. wait is how long until there
// may be one; clients are told a second at least.
func unavailable(reason string, wait time.Duration) *Result {
	return &Result{
		Err:    &UnavailableError{Reason: reason, RetryAfter: max(wait, time.Second)},
		Status: httpcache.CacheStatus{Fwd: httpcache.FwdURIMiss, Detail: reason},
		Shield: shield.Answer{State: shield.Failed},
	}
}
