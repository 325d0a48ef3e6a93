package origin

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"larder/config"
)

// readAhead fills resp.Body with at most the limit of bytes. The host's
// timeout between bytes ends a silent transfer; this one ends a slow one.
func (t *attempts) readAhead(o *config.Origin, resp *Response) error {
	if resp.Status == http.StatusNoContent {
		delete(resp.Header, "Content-Length") // which it must not have (RFC 9110 §8.6)
	}
	now := t.client.Now
	start, announced := now(), announcedBody(t.req, resp)
	body := make([]byte, 0, sizeHint(resp.Header, t.limit))
	for int64(len(body)) <= t.limit {
		began := now()
		if t.late(began) || began.Sub(start) > o.BodyTimeout {
			return fmt.Errorf("%w: %d bytes in %v", errSlowBody, len(body), began.Sub(start).Round(time.Millisecond))
		}
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		n, err := resp.Remainder.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if err == nil {
			continue
		}
		if err = ended(err, int64(len(body)), announced); err != nil {
			return stalled(err, now().Sub(began), o)
		}
		err = resp.Remainder.Close()
		resp.Body, resp.Remainder = body, nil
		return err
	}
	resp.Body = body
	resp.Remainder = &remainder{ReadCloser: resp.Remainder, origin: o, now: now, length: int64(len(body)), announced: announced}
	return nil
}

// announcedBody is the length that the body is to have, or 0 if it is unknown:
// the header is gone if the host has decompressed the body.
func announcedBody(req *Request, resp *Response) int64 {
	length, ok := ContentLength(resp.Header)
	if !ok || req.Method == http.MethodHead || resp.Status == http.StatusNotModified {
		return 0
	}
	return length
}

// ended returns nil for the end of a complete body. It compares the length
// with the announced one for hosts that do not.
func ended(err error, length, announced int64) error {
	switch {
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("%w after %d bytes: %w", ErrTruncated, length, err)
	case length < announced:
		return fmt.Errorf("%w: %d of %d bytes", ErrTruncated, length, announced)
	}
	return nil
}

// stalled turns the error of a body that broke off after a long silence into a
// timeout: so the host's timeout between bytes looks from here.
func stalled(err error, silence time.Duration, o *config.Origin) error {
	if silence < min(o.FirstByteTimeout, o.BodyTimeout) {
		return err
	}
	return fmt.Errorf("%w: silent for %v: %v", errStalled, silence.Round(time.Millisecond), err)
}

// sizeHint is room for the announced body and the read that finds its end, or
// for a typical one.
func sizeHint(h http.Header, limit int64) int64 {
	if n, ok := ContentLength(h); ok {
		return min(n, limit) + 512
	}
	return min(limit+1, 16<<10)
}

// ContentLength returns the length in bytes that a header announces for a
// body, or false if it announces none.
func ContentLength(h http.Header) (int64, bool) {
	v := h["Content-Length"]
	if len(v) == 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(v[0], 10, 64)
	return n, err == nil && n >= 0
}
