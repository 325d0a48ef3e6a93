package client

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strings"
)

// readUpTo reads a body of up to limit bytes and puts it back as bytes in
// memory. Of a larger one it reads the beginning only, and complete is false.
func readUpTo(resp *http.Response, limit int64) (body []byte, complete bool, err error) {
	var buffer bytes.Buffer
	if resp.ContentLength > 0 {
		buffer.Grow(int(min(resp.ContentLength, limit)) + bytes.MinRead)
	}
	if _, err := buffer.ReadFrom(io.LimitReader(resp.Body, limit+1)); err != nil {
		return nil, false, err
	}
	body = buffer.Bytes()
	if int64(len(body)) > limit {
		resp.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), resp.Body), resp.Body}
		return nil, false, nil
	}
	resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return body, true, nil
}

// isJSON reports whether the body should be a complete JSON text.
func isJSON(h http.Header) bool {
	if h.Get("Content-Encoding") != "" {
		return false
	}
	mediaType, _, err := mime.ParseMediaType(h.Get("Content-Type"))
	return err == nil && (mediaType == "application/json" || strings.HasSuffix(mediaType, "+json"))
}

// validJSON accepts an empty body too, such as that of a 204.
func validJSON(body []byte) bool { return len(body) == 0 || json.Valid(body) }

// cancelBody ends the attempt's context with its body.
type cancelBody struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

func (b *cancelBody) Close() error {
	err := b.ReadCloser.Close()
	b.cancel(nil)
	return err
}
