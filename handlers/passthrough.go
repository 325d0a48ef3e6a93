package handlers

import (
	"context"
	"net/http"
	"strings"

	"larder/httpcache"
	"larder/origin"
	"larder/shield"
)

// passThrough sends a request to the origin as it is, and its answer back,
// and keeps nothing.
func (a *App) passThrough(ctx context.Context, x *exchange, path, rawQuery string, reason httpcache.FwdReason, detail string) {
	x.status.Fwd, x.status.Detail = reason, detail
	header := x.header.Clone()
	httpcache.EndToEnd(header)
	delete(header, "Host")
	delete(header, "Content-Length")
	delete(header, shield.EdgeField)
	addForwardedFor(header, x.r.RemoteAddr)
	req := &origin.Request{Method: x.r.Method, Path: path, Query: rawQuery, Host: x.r.Host, Header: header, PassThrough: true}
	if hasBody(x.header) {
		req.Body = x.r.Body
	}
	if x.body != nil {
		req.Body = x.body
	}
	a.introduce(header, x.header)
	resp, err := a.origins.Do(ctx, req, 0)
	if err != nil {
		x.status.Detail = strings.TrimPrefix(detail+"; "+why(err), "; ")
		x.fail(problemUnavailable.RetryAfter(seconds(origin.RetryAfter(err))).Because(err))
		return
	}
	defer resp.Close()
	a.tell(path, resp, nil)
	if resp.Status < 200 || resp.Status > 599 {
		x.status.Detail = strings.TrimPrefix(detail+"; "+errFrame.Error(), "; ")
		x.fail(problemUnavailable.RetryAfter(1))
		return
	}
	x.status.FwdStatus = resp.Status
	a.invalidate(x, path, rawQuery, resp)
	defer x.finish()
	answer := resp.Header.Clone()
	httpcache.EndToEnd(answer)
	x.begin(resp.Status, answer, framedLength(x.r.Method, resp))
	if x.r.Method != http.MethodHead && resp.Remainder != nil && hasContent(resp.Status) {
		if err := x.copy(resp.Remainder, announcedLength(resp.Header)); err != nil {
			x.cut(err)
		}
	}
}

// framedLength is the length to announce, or -1 where there is none.
func framedLength(method string, resp *origin.Response) int64 {
	if !hasContent(resp.Status) {
		return -1
	}
	return announcedLength(resp.Header)
}

// hasContent reports whether answers with the status can have a body (RFC 9110
// §6.4.1).
func hasContent(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// hasBody reports whether a request announces a body (RFC 9112 §6.3).
func hasBody(header http.Header) bool {
	length := header.Get("Content-Length")
	return length != "" && length != "0" || header.Get("Transfer-Encoding") != ""
}

// addForwardedFor tells the origin who is asking. Only requests that are
// passed through may depend on it.
func addForwardedFor(header http.Header, client string) {
	if client != "" {
		header.Set("X-Forwarded-For", strings.Join(append(header["X-Forwarded-For"], client), ", "))
	}
}
