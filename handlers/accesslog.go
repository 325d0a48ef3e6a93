package handlers

import (
	"time"

	"larder/accesslog"
	"larder/content"
	"larder/origin"
	"larder/resource"
	"larder/shield"
)

// line collects what the access log says of a request.
type line struct{ accesslog.Line }

// describe adds what is known of a request for content.
func (l *line) describe(req content.Request, res *content.Result) {
	l.Tenant, l.Edge = req.Resource.Tenant.ID, req.Edge != shield.Direct
	l.Purged, l.Origin, l.Attempts = res.Purged, res.Trip.Origin, res.Trip.Attempts
	l.OriginMilliseconds = accesslog.MillisecondsOf(res.Trip.Took)
	if res.Record != nil {
		seconds := int64(res.Age / time.Second)
		l.Age = &seconds
	}
}

// describePassed adds what is known of a request that has passed through; resp is
// nil if no origin answered.
func (l *line) describePassed(tenant resource.Tenant, resp *origin.Response, took time.Duration) {
	l.Tenant, l.OriginMilliseconds = tenant.ID, accesslog.MillisecondsOf(took)
	if resp != nil {
		l.Origin, l.Attempts = resp.Origin, resp.Attempts
	}
}

// requestID is the field that tells a client what its request is called in the
// access log. Only the problems that Larder makes and purges have it.
const requestID = "Larder-Request-Id"

// id names the request in the access log.
func (w *responder) id() string {
	if w.line.ID == "" {
		w.line.ID = w.app.content.NewID()
	}
	return w.line.ID
}

// logAccess writes the line of a request that has been answered.
func (w *responder) logAccess() {
	if w.app.accessLog == nil {
		return
	}
	l := &w.line
	l.Time, l.Method = w.arrived.UTC(), w.r.Method
	if l.Path == "" { // it was refused before
		l.Path = w.r.URL.Path
	}
	l.SetCacheStatus(w.status)
	if err := w.app.accessLog.Write(l.Line, w.app.now().Sub(w.arrived)); err != nil {
		w.app.log("write to the access log: %v", err)
	}
}
