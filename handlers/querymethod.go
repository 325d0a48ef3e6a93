package handlers

import (
	"bytes"
	"context"
	"io"

	"larder/httpcache"
)

// methodQuery is the safe method whose request has content (RFC 10008).
const methodQuery = "QUERY"

// maxQueryContent is the largest content of a QUERY that is kept an answer
// to, in bytes. Larger ones pass through.
const maxQueryContent = 64 << 10

// query answers a QUERY from the cache: its content is a part of the key.
func (a *App) query(ctx context.Context, x *exchange, r *route, path, rawQuery string, vars []string) {
	read, err := io.ReadAll(io.LimitReader(x.r.Body, maxQueryContent+1))
	if err != nil {
		x.fail(problemContent.Because(err))
		return
	}
	if len(read) > maxQueryContent {
		x.body = bodyOf{io.MultiReader(bytes.NewReader(read), x.r.Body), x.r.Body}
		a.passThrough(ctx, x, path, rawQuery, httpcache.FwdBypass, "query-content-too-large")
		return
	}
	a.content(ctx, x, r, path, rawQuery, vars, read)
}

// bodyOf reads from one thing and closes another.
type bodyOf struct {
	io.Reader
	io.Closer
}
