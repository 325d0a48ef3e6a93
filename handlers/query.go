package handlers

import (
	"bytes"
	"context"
	"io"

	"larder/httpcache"
)

// maxQueryContent is the largest content of a QUERY whose answer is cached, in
// bytes. Requests with more pass through.
const maxQueryContent = 64 << 10

// query answers a QUERY from the cache: its content is a part of the key.
func (a *App) query(ctx context.Context, w *responder, m match) {
	read, err := io.ReadAll(io.LimitReader(w.r.Body, maxQueryContent+1))
	if err != nil {
		w.fail(problemContent.Because(err))
		return
	}
	if len(read) > maxQueryContent {
		a.passThrough(ctx, w, passing{
			path: m.path, rawQuery: m.rawQuery, route: m.route.Name, reason: httpcache.FwdBypass, detail: "query-content-too-large",
			body: bodyOf{io.MultiReader(bytes.NewReader(read), w.r.Body), w.r.Body},
		})
		return
	}
	a.cached(ctx, w, m, read)
}

// bodyOf reads from one thing and closes another.
type bodyOf struct {
	io.Reader
	io.Closer
}
