//go:build !race

package fencetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"larder/handlers"
	"larder/origin"
)

// originMode is how the origin of a scenario behaves.
type originMode uint8

const (
	_ originMode = iota
	// streams sends bodies in two pieces, of which the second goes straight
	// into the cache.
	streams
	// mayFail means that an edited item may be served as it was, but not a
	// deleted one.
	mayFail
)

// Do is the origin. It answers with what it has in the moment of the step; how
// long the answer is under way is up to the explorer.
func (w *world) Do(_ context.Context, req *origin.Request, _ int64) (*origin.Response, error) {
	path := req.Path
	if req.Query != "" {
		path += "?" + req.Query
	}
	reads := access{kind: originContent, key: path, writes: req.Method == http.MethodPost}
	if w.lists[path] != nil {
		reads.key = ""
	}
	w.pause(step{what: "the origin answers", slow: true, access: reads})
	if req.Method == http.MethodPost {
		p := w.posts[path]
		p.version++
		w.observe(fmt.Sprintf("version %d", p.version))
		return &origin.Response{Origin: "primary", Status: http.StatusNoContent, Header: http.Header{}, RequestTime: w.clock(), ResponseTime: w.clock()}, nil
	}
	w.fetches[path]++
	if w.down {
		w.observe("an error")
		return nil, fmt.Errorf("%w: connection refused", origin.ErrUnavailable)
	}
	body, etag, err := w.content(path)
	if err != nil {
		return nil, err
	}
	resp := &origin.Response{
		Origin: "primary", Status: http.StatusOK, RequestTime: w.clock(), ResponseTime: w.clock(),
		Header: http.Header{"Content-Type": {"application/json"}, "Etag": {etag}},
		Body:   []byte(body),
	}
	p := w.posts[path]
	switch {
	case p != nil && p.gone:
		resp.Status = http.StatusNotFound
	case req.Header.Get("If-None-Match") == etag:
		resp.Status, resp.Body = http.StatusNotModified, nil
	case w.scenario.origin == streams:
		resp.Header.Set("Content-Length", strconv.Itoa(len(resp.Body)))
		resp.Remainder = &slowBody{w, resp.Body[10:]}
		resp.Body = resp.Body[:10]
	}
	w.observe(fmt.Sprintf("%d, %s", resp.Status, strings.Trim(etag, `"`)))
	return resp, nil
}

// content is what the origin has at a path: the body and its validator.
func (w *world) content(path string) (body, etag string, err error) {
	shown, isList := w.lists[path]
	if !isList {
		shown = []string{path}
	}
	var items, versions []string
	for _, post := range shown {
		p := w.posts[post]
		if p == nil {
			return "", "", errors.New("the scenario has no such path")
		}
		items = append(items, fmt.Sprintf(`{"slug":%q,"version":%d,"path":%q}`, slugOf(post), p.version, post))
		versions = append(versions, fmt.Sprintf("%s v%d", slugOf(post), p.version))
	}
	return fmt.Sprintf(`{"path":%q,"data":[%s]}`, path, strings.Join(items, ",")), `"` + strings.Join(versions, ", ") + `"`, nil
}

// slugOf is the last part of a path, such as "tea" of "/posts/tea/".
func slugOf(path string) string {
	path, _, _ = strings.Cut(path, "?")
	parts := strings.Split(strings.Trim(path, "/"), "/")
	return parts[len(parts)-1]
}

// slowBody is the remainder of a body that arrives late.
type slowBody struct {
	world     *world
	remainder []byte
}

func (b *slowBody) Read(p []byte) (int, error) {
	if b.world.aborted {
		return 0, errAborted
	}
	if len(b.remainder) == 0 {
		return 0, io.EOF
	}
	b.world.pause(step{what: "the origin sends the remainder"})
	n := copy(p, b.remainder)
	b.remainder = b.remainder[n:]
	return n, nil
}

func (b *slowBody) Close() error { return nil }

// outage makes the origin fail.
func outage() play {
	return play{"origin", func(w *world) {
		w.pause(step{what: "the origin fails from now on", slow: true, access: access{kind: originContent, writes: true}})
		w.down = true
	}}
}

var _ handlers.Origins = (*world)(nil)
