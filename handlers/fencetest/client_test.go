//go:build !race

package fencetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/purge"
	"larder/resource"
)

// get is a client's request to the edge, and checks the answer.
func (w *world) get(path string) string { return w.getAt(atEdge, path) }

// getAt is the same at any POP.
func (w *world) getAt(at location, path string) string {
	a := w.self()
	a.at, a.demands = at, w.demands(at) // replaced when the first step begins
	r := w.request(at, http.MethodGet, path, "", nil)
	if w.aborted {
		return ""
	}
	w.traceStep(fmt.Sprintf("is answered %d %s", r.status, r.body))
	status := r.header.Get("Cache-Status")
	var content struct {
		Path string
		Data []struct {
			Path    string
			Version int
		}
	}
	if err := json.Unmarshal([]byte(r.body), &content); err != nil || content.Data == nil {
		if w.scenario.origin != mayFail {
			w.fault("the answer is %d %s", r.status, r.body)
		}
		return status
	}
	if content.Path != path {
		w.fault("the answer for %s is %s", path, r.body)
	}
	for _, item := range content.Data {
		if demanded := a.demands[item.Path]; item.Version < demanded {
			w.fault("%s gets version %d of %s, but began after version %d was promised (Cache-Status: %s)",
				a.name, item.Version, item.Path, demanded, status)
		}
	}
	return status
}

// edit changes a post at the origin and sends a purge to one POP after the
// other, the edge if none is named. A hard one deletes the post. Where messages
// are unordered, the platform brings them from that POP to all.
func (w *world) edit(path string, hard bool, at ...location) {
	if len(at) == 0 {
		at = []location{atEdge}
	}
	p := w.posts[path]
	w.pause(step{what: "edit " + path, access: access{kind: originContent, key: path, writes: true}})
	p.version++
	p.gone = hard
	version := p.version
	w.traceStep(fmt.Sprintf("now has version %d", version))
	for i, pop := range at {
		if i > 0 && w.scenario.delivery == travelling {
			w.pause(step{what: "the purge arrives" + w.pops[pop].name, slow: true})
		}
		if w.purge(pop, path, version, hard); w.aborted {
			return
		}
	}
}

// purge sends a purge of a post's key to a POP.
func (w *world) purge(at location, path string, version int, hard bool) {
	a := w.self()
	p := newPurgeRequest(path, version, hard)
	a.purging = p
	acknowledged := func(r *reply) {
		if r.status != http.StatusOK {
			w.fault("the purge is answered with %d %s", r.status, r.body)
			return
		}
		w.traceStep("has its purge acknowledged" + w.pops[at].name)
		if w.scenario.delivery != unordered {
			w.announce(at, path, version, hard)
		}
	}
	w.request(at, http.MethodPost, purge.Path+queryOf(path), fmt.Sprintf(`{"keys":["post:%s"],"soft":%v}`, slugOf(path), !hard), acknowledged)
	a.purging = nil
	if w.aborted {
		return
	}
	p.finished = true
	w.arrived(p)
}

// post changes a post through the edge, which invalidates what is stored for
// the URL before it answers (RFC 9111 §4.4).
func (w *world) post(path string) {
	a := w.self()
	version := w.posts[path].version + 1
	p := newPurgeRequest(path, version, false)
	a.purging = p
	r := w.request(atEdge, http.MethodPost, path, "", nil)
	a.purging = nil
	if w.aborted {
		return
	}
	if r.status != http.StatusNoContent {
		w.fault("the unsafe request is answered with %d %s", r.status, r.body)
		return
	}
	w.traceStep("is answered")
	if w.scenario.delivery != unordered {
		w.announce(atEdge, path, version, false)
	}
	p.finished = true
	w.arrived(p)
}

func queryOf(path string) string {
	_, query, found := strings.Cut(path, "?")
	if !found {
		return ""
	}
	return "?" + query
}

// request sends a request to a POP, as the host does. answered is called when
// the client has the answer; the App may go on after that.
func (w *world) request(at location, method, uri, body string, answered func(*reply)) *reply {
	header := fsthttp.Header{}
	if method != http.MethodGet {
		header.Set("Authorization", "Bearer operator")
	}
	answer := &reply{header: fsthttp.Header{}, answered: answered}
	w.serve(context.Background(), at, answer, method, "https://edge.example"+uri, header, body)
	if !w.aborted {
		answer.end()
	}
	return answer
}

func (w *world) serve(ctx context.Context, at location, answer *reply, method, uri string, header fsthttp.Header, body string) {
	u, err := resource.ParseRequestURI(uri)
	if err != nil {
		panic(err) // it never fails
	}
	defer w.beginRequest(at)()
	w.pops[at].app.ServeHTTP(ctx, answer, &fsthttp.Request{
		Method: method, URL: u, Host: u.Host, Header: header, Body: io.NopCloser(strings.NewReader(body)),
	})
}

// reply is a response writer that stores the answer.
type reply struct {
	status   int
	header   fsthttp.Header
	body     string
	answered func(*reply) // once
}

func (r *reply) end() {
	if answered := r.answered; answered != nil {
		r.answered = nil
		answered(r)
	}
}

func (r *reply) Header() fsthttp.Header      { return r.header }
func (r *reply) WriteHeader(code int)        { r.status = code }
func (r *reply) Write(p []byte) (int, error) { r.body += string(p); return len(p), nil }
func (r *reply) Close() error                { r.end(); return nil }
func (r *reply) SetManualFramingMode(bool)   {}
func (r *reply) Append(io.ReadCloser) error  { return errors.ErrUnsupported }
