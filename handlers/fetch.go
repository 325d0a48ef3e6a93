package handlers

import (
	"context"
	"net/http"
	"slices"
	"time"

	"larder/origin"
	"larder/resource"
	"larder/shield"
)

// fetch asks the origin, and prepares the answer for the client and for the
// cache. previous is the entry that it may validate, or nil.
func (k *ask) fetch(ctx context.Context, previous *entry) *fetched {
	id := k.app.newID()
	f := &fetched{id: id, previous: previous, policy: k.policy}
	if err := k.lease(id); err != nil { // no purge would be noticed
		k.app.log("lease for %s: %v", k.resource.Path, err)
		f.lost = true
	}
	req := k.originRequest(previous)
	if k.edge != shield.Direct {
		// The edge hears of failures, and gets a copy, while it still waits.
		req.Within = k.app.config.Shield.FirstByteTimeout * 9 / 10
	}
	f.ranged = len(req.Header["Range"]) > 0
	f.conditional = len(req.Header["If-None-Match"])+len(req.Header["If-Modified-Since"]) > 0
	req.Accept = func(resp *origin.Response) error { return k.accept(f, resp) }
	req.Streams = k.streams
	calm := k.calm(id)
	req.Shield = k.demand(req, calm)
	began := k.app.now()
	f.resp, f.err = k.app.origins.Do(ctx, req, k.app.config.Limits.TaggedBody)
	if f.err == nil && f.halved == f.resp {
		// The cache has swallowed a part of the body: once more, past it.
		_ = f.resp.Close() // the connection is lost either way
		req.Spent = f.resp.Attempts
		req.Within = max(k.within(req)-k.app.now().Sub(began), time.Millisecond)
		f.resp, f.err = k.app.origins.Do(ctx, req, k.app.config.Limits.TaggedBody)
	}
	f.took = k.app.now().Sub(began)
	if f.err != nil {
		k.app.log("fetch %s: %v", k.resource.Path, f.err)
		return f
	}
	k.receive(f, calm)
	if f.failed() && f.resp.Spare != nil {
		// A copy of the shield's beats an origin's answer that is of no use,
		// and an origin's failure says more than a copy that may not be given.
		f.resp, f.err = f.resp.TakeSpare(), nil
		k.receive(f, calm)
	}
	k.app.tell(k.resource.Path, f.resp, f.err)
	return f
}

// tell logs what has failed, be it only on the way to a good answer.
func (a *App) tell(path string, resp *origin.Response, err error) {
	switch {
	case err != nil && resp.Others != nil:
		a.log("fetch %s: origin %q: %v; %v", path, resp.Origin, err, resp.Others)
	case err != nil:
		a.log("fetch %s: origin %q: %v", path, resp.Origin, err)
	case resp.Others != nil:
		a.log("fetch %s: answered by %q; %v", path, resp.Origin, resp.Others)
	}
}

// originRequest is the request as the origin gets it: nothing in it that the
// key does not have.
func (k *ask) originRequest(previous *entry) *origin.Request {
	header := make(http.Header, 8)
	if k.route.AllHeaders {
		for name, values := range k.header {
			header[name] = values
		}
		for _, name := range ownHeaders {
			delete(header, name)
		}
		if previous == nil && k.asksForPart() {
			header["Range"] = k.header["Range"]
		}
	}
	for _, name := range k.route.Headers {
		if values := resource.Listed(k.header, name); len(values) > 0 {
			header[name] = values
		}
	}
	if tenant := k.app.config.Tenant; tenant != nil && tenant.Header != "" {
		if k.resource.Tenant.FromHeader {
			header.Set(tenant.Header, k.header.Get(tenant.Header))
		} else {
			header.Del(tenant.Header)
		}
	}
	for name, values := range k.missing {
		header[name] = values
	}
	if k.validates(previous) {
		for name, values := range previous.record.ValidationHeader() {
			header[name] = values
		}
	}
	k.app.introduce(header, k.header)
	method := http.MethodGet
	if k.r.Method == methodQuery {
		method = methodQuery
		for _, name := range resource.ContentHeaders() {
			if values := k.header[name]; len(values) > 0 {
				header[name] = values
			}
		}
	}
	return &origin.Request{
		Method:  method,
		Content: k.content,
		Path:    k.resource.Path,
		Query:   k.resource.OriginQuery(k.app.config),
		Host:    k.r.Host,
		Header:  header,
		// Nothing is stored that could be served instead.
		LastResort: previous == nil,
	}
}

// within is how long all attempts for a request may take.
func (k *ask) within(req *origin.Request) time.Duration {
	if req.Within > 0 {
		return min(req.Within, k.app.config.Deadline)
	}
	return k.app.config.Deadline
}

// validates reports whether the origin is asked if an entry still holds. What
// stands in for a while is replaced, not renewed, and so is what was tagged by
// other rules than those that hold now.
func (k *ask) validates(e *entry) bool {
	return e != nil && e.record.Detail == "" && e.record.Rules == k.route.rules()
}

// ownHeaders of a request are the edge's to answer or to set: conditions and
// ranges are answered from what is kept.
var ownHeaders = []string{
	"If-None-Match", "If-Modified-Since", "If-Match", "If-Unmodified-Since", "If-Range", "Range",
	"Accept-Encoding", "Host", "Content-Length", shield.EdgeField,
}

// introduce sets the headers by which an origin knows the edge. CDN-Loop goes
// on from whoever asked (RFC 8586 §2).
func (a *App) introduce(header, request http.Header) {
	header["Accept-Encoding"] = []string{"gzip"}
	header["Cdn-Loop"] = append(slices.Clone(request["Cdn-Loop"]), a.config.Name)
	if header.Get("User-Agent") == "" {
		header["User-Agent"] = []string{a.config.Name}
	}
}
