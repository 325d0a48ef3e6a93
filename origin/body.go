package origin

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"larder/config"
)

// read fills resp.Body with at most the limit of bytes. The host's timeout
// between bytes ends a silent transfer; this one ends one that only trickles.
func (t *tour) read(o *config.Origin, resp *Response) error {
	now := t.client.Now
	start, announced := now(), t.announced(resp)
	body := make([]byte, 0, sizeHint(resp.Header, t.limit))
	for int64(len(body)) <= t.limit {
		began := now()
		if t.late(began) || began.Sub(start) > o.BodyTimeout {
			return fmt.Errorf("%w: %d bytes in %v", slowBody(int64(len(body))), len(body), began.Sub(start).Round(time.Millisecond))
		}
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		n, err := resp.Rest.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if err == nil {
			continue
		}
		if err = ended(err, int64(len(body)), announced); err != nil {
			return silent(err, int64(len(body)), now().Sub(began), o)
		}
		err = resp.Rest.Close()
		resp.Body, resp.Rest = body, nil
		return err
	}
	resp.Body = body
	resp.Rest = &rest{ReadCloser: resp.Rest, origin: o, now: now, length: int64(len(body)), announced: announced}
	return nil
}

// announced is the length that the body is to have, or 0 where nobody says so:
// the header is gone where the host decompressed the body.
func (t *tour) announced(resp *Response) int64 {
	length, ok := ContentLength(resp.Header)
	if !ok || t.req.Method == http.MethodHead || resp.Status == http.StatusNotModified {
		return 0
	}
	return length
}

// ended says whether a body that has ended so is complete. The length is
// compared with what was announced for hosts that do not do it themselves.
func ended(err error, length, announced int64) error {
	switch {
	case !errors.Is(err, io.EOF):
		return fmt.Errorf("%w after %d bytes: %w", ErrTruncated, length, err)
	case length < announced:
		return fmt.Errorf("%w: %d of %d bytes", ErrTruncated, length, announced)
	}
	return nil
}

// silent makes a timeout of a body that broke off after a silence, which is
// how the host's timeout between bytes looks from here. Who is silent within
// an answer for as long as is allowed before it hangs, and has cost the time
// for another try.
func silent(err error, length int64, silence time.Duration, o *config.Origin) error {
	if silence < min(o.FirstByteTimeout, o.BodyTimeout) {
		return err
	}
	return fmt.Errorf("%w: silent for %v: %v", slowBody(length), silence.Round(time.Millisecond), err)
}

// slowBody is the error of a body of which so much has come in its time.
func slowBody(length int64) error {
	if length == 0 {
		return errNoBody
	}
	return errSlowBody
}

// sizeHint is room for the announced body and the read that finds its end, or
// for a typical one.
func sizeHint(h http.Header, limit int64) int64 {
	if n, ok := ContentLength(h); ok {
		return min(n, limit) + 512
	}
	return min(limit+1, 16<<10)
}
