package handlers

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"larder/config"
	"larder/content"
	"larder/httpcache"
	"larder/origin"
	"larder/resource"
	"larder/shield"
)

// passing is a request that passes through.
type passing struct {
	path, rawQuery string
	// route is the name of the request's route, or empty.
	route string
	// reason and detail are for Cache-Status.
	reason httpcache.FwdReason
	detail string
	// body is the request's where some of it has been read already, else nil.
	body io.ReadCloser
}

// passThrough sends a request to the origin as it is, and its answer back, and
// stores nothing.
func (a *App) passThrough(ctx context.Context, w *responder, p passing) {
	w.status.Fwd, w.status.Detail = p.reason, p.detail
	req := a.passedRequest(w, p)
	if err := readUpload(req, w.header); err != nil {
		w.fail(problemContent.Because(err))
		return
	}
	began := a.now()
	resp, err := a.origins.Do(ctx, req, 0)
	w.line.describePassed(resource.TenantOf(a.config.Tenant, p.rawQuery, w.header), resp, a.now().Sub(began))
	if err != nil {
		w.addDetail(content.Reason(err))
		w.fail(unavailableProblem(err, origin.RetryAfter(err)))
		return
	}
	w.release(func() { _ = resp.Close() }) // a body that cannot be closed cannot be helped
	if resp.Others != nil {
		a.log("pass %s: answered by %q; %v", p.path, resp.Origin, resp.Others)
	}
	if resp.Status < 200 || resp.Status > 599 {
		w.addDetail("origin-answer-invalid")
		w.fail(unavailableProblem(content.ErrAnswer, 0))
		return
	}
	w.status.FwdStatus = resp.Status
	if later := a.invalidate(w, p.path, p.rawQuery, resp); later != nil {
		w.then(later)
	}
	header := resp.Header.Clone()
	httpcache.EndToEnd(header)
	w.begin(resp.Status, header, framedLength(resp))
	if w.r.Method != http.MethodHead && resp.Remainder != nil && hasContent(resp.Status) {
		if err := w.copy(resp.Remainder, framedLength(resp)); err != nil {
			w.cut(err)
		}
	}
}

// passedRequest is the client's request as the origin gets it.
func (a *App) passedRequest(w *responder, p passing) *origin.Request {
	header := w.header.Clone()
	httpcache.EndToEnd(header)
	delete(header, "Host")
	delete(header, "Content-Length")
	delete(header, shield.EdgeField)
	addForwardedFor(header, w.r.RemoteAddr)
	origin.Introduce(a.config.Name, a.pseudonym, header)
	req := &origin.Request{Method: w.r.Method, Path: p.path, Query: p.rawQuery, Host: w.r.Host, Header: header, Route: p.route, PassThrough: true}
	if req.Body = w.r.Body; p.body != nil {
		req.Body = p.body
	}
	return req
}

// maxUploadRead is the largest upload that is read before it is sent, in bytes.
const maxUploadRead = 64 << 10

// readUpload reads a small upload whole. Over HTTP/2 no header need announce an
// upload (RFC 9113 §8.1), so only reading shows whether there is one. The time that
// the client takes then does not count as the origin's, and an upload that breaks
// off never reaches an origin. A larger upload is sent while it arrives, and only
// the platform's own timeouts bound the wait for the answer.
func readUpload(req *origin.Request, header http.Header) error {
	length, announced := origin.ContentLength(header)
	if announced && length > maxUploadRead {
		return nil
	}
	read, err := io.ReadAll(io.LimitReader(req.Body, maxUploadRead+1))
	if err != nil {
		return fmt.Errorf("read the upload: %w", err)
	}
	if len(read) > maxUploadRead {
		req.Body = bodyOf{io.MultiReader(bytes.NewReader(read), req.Body), req.Body}
		return nil
	}
	req.Body, req.Content = nil, read
	return nil
}

func (w *responder) addDetail(detail string) {
	w.status.Detail = strings.TrimPrefix(w.status.Detail+"; "+detail, "; ")
}

// framedLength is the length to announce, or -1 where there is none.
func framedLength(resp *origin.Response) int64 {
	n, ok := origin.ContentLength(resp.Header)
	if !ok || !hasContent(resp.Status) {
		return -1
	}
	return n
}

// hasContent reports whether answers with the status can have a body (RFC 9110
// §6.4.1).
func hasContent(status int) bool {
	return status != http.StatusNoContent && status != http.StatusNotModified
}

// maxKeyedHeader is the largest header, in bytes, that a fetch sends on to an
// origin. Many servers refuse or reset larger ones, and a failure that a client's
// header causes must not count against an origin.
const maxKeyedHeader = 8 << 10

// keyedHeader is the size, in HTTP/1.1, of the fields of a request that a fetch for
// the route sends on to an origin.
func keyedHeader(route *config.Route, header http.Header) (n int) {
	for name, values := range header {
		if !route.AllHeaders && !slices.Contains(route.Headers, name) {
			continue
		}
		for _, value := range values {
			n += len(name) + len(": ") + len(value) + len("\r\n")
		}
	}
	return n
}

// addForwardedFor adds the client's address. Only requests that pass
// through may depend on it.
func addForwardedFor(header http.Header, client string) {
	if client != "" {
		header.Set("X-Forwarded-For", strings.Join(append(header["X-Forwarded-For"], client), ", "))
	}
}
