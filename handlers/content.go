package handlers

import (
	"context"
	"errors"
	"maps"
	"math"
	"net/http"
	"time"

	"larder/corecache"
	"larder/httpcache"
	"larder/resource"
	"larder/shield"
)

// ask is a request for content that is kept.
type ask struct {
	*exchange
	route    *route
	resource resource.Resource
	policy   httpcache.Policy
	request  httpcache.Request
	lookup   corecache.LookupOptions
	// content of a QUERY request, which is a part of the key.
	content []byte
	// missing are the fields that ask for the rest of a kept part.
	missing http.Header
	// waited says that this request has waited for another one's fetch.
	waited bool
	// confirmed is the ID of an entry that was made after this request came,
	// which needs no other validation.
	confirmed string
}

// maxRounds bounds how often a request looks again because others changed the
// cache under it. After that it asks the origin for itself.
const maxRounds = 3

// content answers from the cache, and sees to it that the cache has the
// answer.
func (a *App) content(ctx context.Context, x *exchange, r *route, path, rawQuery string, vars []string, content []byte) {
	if r.AllHeaders {
		// What does not reach the origin must not decide here either, or one
		// could store under a variant what the origin said of another.
		x.header = maps.Clone(x.header)
		httpcache.EndToEnd(x.header)
	}
	k := &ask{
		exchange: x,
		route:    r,
		resource: resource.New(a.config, r.Route, vars, resource.Request{Path: path, Query: rawQuery, Host: x.r.Host, Header: x.header, Content: content}),
		content:  content,
		policy:   r.policy,
		request:  httpcache.Request{Method: x.r.Method, Header: x.header},
	}
	k.policy.Tenant = k.resource.Tenant.ID != "" && !a.asksForUsers(r)
	k.policy.TenantHeader = k.resource.Tenant.FromHeader
	if r.AllHeaders {
		k.lookup.RequestHeader = varyHeader(x.header)
		delete(k.lookup.RequestHeader, noteField)
	}
	k.serveEdge()
	if x.debug {
		x.status.Key = k.resource.PrintableKey()
	}
	defer k.finish()
	for range maxRounds {
		e, err := k.find()
		if err != nil {
			a.log("look up %s: %v", k.resource.Path, err)
			break
		}
		if e == nil && k.miss(ctx) || e != nil && k.meet(ctx, e) {
			return
		}
	}
	e := k.kept()
	defer e.close()
	k.fetchAlone(ctx, e)
}

// kept is the entry as it is now, or nil where there is none that holds the
// whole of what is asked for.
func (k *ask) kept() *entry {
	e, err := k.find()
	if err != nil || e == nil {
		return nil
	}
	if e.record.Kind != httpcache.KindResponse || k.lacks(e) {
		e.close()
		return nil
	}
	return e
}

// asksForUsers reports whether the origin gets an Authorization that is not the
// tenant's credential, and so in no key: the answer may be for one user.
func (a *App) asksForUsers(r *route) bool {
	return r.AllHeaders && a.config.Tenant != nil && a.config.Tenant.Header != "Authorization"
}

// meet does with an entry what its evaluation says. It reports false when the
// cache has to be looked at again.
func (k *ask) meet(ctx context.Context, e *entry) bool {
	defer e.close()
	switch {
	case e.record.Kind == httpcache.KindFailure:
		k.status.Fwd, k.status.Collapsed = httpcache.FwdURIMiss, true
		if !k.fromVault(k.insert, e.record.Detail) {
			k.unavailable(e.record.Detail, e.retryAfter())
		}
	case (e.record.Kind == httpcache.KindPass || k.lacks(e)) && httpcache.OnlyIfCached(&k.request, k.policy):
		k.onlyIfCached()
	case e.record.Kind == httpcache.KindPass:
		k.fetchAlone(ctx, nil)
	case k.lacks(e):
		k.complete(ctx, e)
	case e.use.Use == httpcache.UseFresh:
		k.hit(e)
		k.confirm(e)
	case e.use.Use == httpcache.UseStaleWhileRevalidate:
		k.hit(e)
		k.end()
		k.revalidateBehind(ctx, e)
	case e.use.OnlyIfCached:
		k.onlyIfCached()
	default:
		return k.revalidate(ctx, e)
	}
	return true
}

// hit answers from an entry.
func (k *ask) hit(e *entry) {
	k.status.Hit = true
	k.status.TTL = httpcache.Some(e.use.TTL)
	k.status.Detail = e.record.Detail
	if e.record.Detail != "" { // a copy that stands in for a while
		k.answer.State = shield.Stale
	}
	k.answerEntry(e)
}

// miss fetches what nobody has, once per place: the others wait in the host
// until there is an entry, and look again.
func (k *ask) miss(ctx context.Context) bool {
	k.status.Fwd = httpcache.FwdURIMiss
	if httpcache.OnlyIfCached(&k.request, k.policy) {
		k.onlyIfCached()
		return true
	}
	tx, err := k.app.cache.Transact(k.resource.Key, k.lookup)
	if err != nil {
		k.app.log("transaction for %s: %v", k.resource.Path, err)
		k.fetchAlone(ctx, nil)
		return true
	}
	defer k.closeTransaction(tx)
	if !tx.MustInsertOrUpdate() {
		k.waited = true
		return false
	}
	f := k.fetch(ctx, nil)
	defer f.close()
	if now := k.kept(); now != nil { // somebody else's, who has asked alone
		now.close()
		switch {
		case f.failed():
			return false // which looks again
		case f.keep && k.app.leased(f.id) == stands: // else what there is now is better
			k.store(f, k.insert)
			k.save(f)
		}
		k.answerFetched(f)
		return true
	}
	switch {
	case f.failed():
		if k.fromVault(tx.Insert, f.why()) {
			break
		}
		k.noteFailure(k.forVariant(tx.Insert, f), f)
		k.unavailable(f.why(), f.retryAfter())
	case k.vaultBeats(f, tx.Insert):
	case !f.keep:
		k.note(k.forVariant(tx.Insert, f), httpcache.KindPass, passTime, f.refusal)
		k.answerFetched(f)
	default:
		k.store(f, tx.Insert)
		k.save(f)
		k.answerFetched(f)
	}
	return true
}

// fetchAlone asks the origin for this request only. e is the entry that the
// answer replaces, or nil.
func (k *ask) fetchAlone(ctx context.Context, e *entry) {
	if k.status.Fwd == httpcache.FwdNone {
		k.status.Fwd = httpcache.FwdMiss
	}
	f := k.fetch(ctx, e)
	defer f.close()
	if f.failed() {
		k.failed(e, f)
		return
	}
	if k.vaultBeats(f, k.insert) {
		return
	}
	k.replace(e, f)
	k.answerFetched(f)
}

// failed answers after a fetch that failed: with the entry where that is
// allowed.
func (k *ask) failed(e *entry, f *fetched) {
	if e != nil && e.use.StaleIfError {
		k.stale(e, f.why())
		return
	}
	if !k.fromVault(k.insert, f.why()) {
		k.unavailable(f.why(), f.retryAfter())
	}
}

// stale answers with an entry that an outage makes good enough.
func (k *ask) stale(e *entry, why string) {
	k.status.Detail = "stale-if-error; " + why
	k.answer.State = shield.Stale
	if !e.purged {
		k.status.TTL = httpcache.Some(e.use.TTL)
	}
	k.status.Collapsed = k.waited
	k.answerEntry(e)
}

// unavailable answers when there is nothing to answer with. wait is after how
// long there may be, a second at least.
func (k *ask) unavailable(why string, wait time.Duration) {
	k.status.Detail = why
	k.fail(problemUnavailable.RetryAfter(seconds(wait)).Because(errors.New(why)))
}

// seconds is how long a client is told to wait: one at least, so that those who
// come back do not find the same failure.
func seconds(wait time.Duration) int { return int(math.Ceil(max(wait, failureTime).Seconds())) }

func (k *ask) onlyIfCached() {
	k.status.Fwd = httpcache.FwdNone
	k.status.Detail = "only-if-cached"
	k.fail(problemNotCached)
}

func (k *ask) closeTransaction(tx corecache.Transaction) {
	if err := tx.Close(); err != nil {
		k.app.log("close the transaction for %s: %v", k.resource.Path, err)
	}
}

// varyHeader holds the request's fields in the form in which variants are
// compared.
func varyHeader(header http.Header) http.Header {
	normal := make(http.Header, len(header))
	for name, values := range header {
		normal[name] = []string{httpcache.NormalizeVaryValue(name, values)}
	}
	return normal
}
