package origin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"larder/config"
	"larder/shield"
)

// attempt asks one origin once. A body that is read ahead belongs to it: an
// answer that is cut short is none.
func (c *Client) attempt(ctx context.Context, s stop, req *Request, limit int64) (*Response, error) {
	o := s.origin
	own := *req
	own.Header = req.Header.Clone()
	if own.Header == nil {
		own.Header = make(http.Header)
	}
	for name, value := range o.Headers {
		own.Header.Set(name, value)
	}
	if o.Host != "" {
		own.Host = o.Host
	}
	own.Header.Set("Host", own.Host)
	if s.shield {
		own.Header.Set(shield.EdgeField, req.Shield.Ask(o.Headers[shield.EdgeField]))
	}

	headCtx, cancel := context.WithTimeout(ctx, o.FirstByteTimeout)
	defer cancel()
	sent := c.Now()
	resp, err := c.Sender.Send(headCtx, o.Backend, &own)
	if err != nil {
		if headCtx.Err() != nil {
			return nil, fmt.Errorf("%w: no answer in %v", ErrTimeout, c.Now().Sub(sent).Round(time.Millisecond))
		}
		return nil, err
	}
	resp.Origin, resp.RequestTime, resp.ResponseTime = o.Name, sent, c.Now()
	if s.shield {
		if err := fromShield(resp); err != nil {
			_ = resp.Close() // there is nothing in it
			return nil, err
		}
	}
	if limit > 0 && resp.Rest != nil {
		if err := c.read(ctx, o, resp, req.Method, limit); err != nil {
			_ = resp.Close() // the connection is lost either way
			return nil, err
		}
	}
	return resp, nil
}

// read fills resp.Body with at most limit bytes. The host's timeout between
// bytes ends a silent transfer; this one ends one that only trickles.
func (c *Client) read(ctx context.Context, o *config.Origin, resp *Response, method string, limit int64) error {
	start := c.Now()
	body := make([]byte, 0, sizeHint(resp.Header, limit))
	for int64(len(body)) <= limit {
		if ctx.Err() != nil || c.Now().Sub(start) > o.BodyTimeout {
			return fmt.Errorf("%w: %d bytes of the body in %v", ErrTimeout, len(body), c.Now().Sub(start).Round(time.Millisecond))
		}
		if len(body) == cap(body) {
			body = append(body, 0)[:len(body)]
		}
		n, err := resp.Rest.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if errors.Is(err, io.EOF) {
			if err := complete(resp.Header, method, resp.Status, len(body)); err != nil {
				return err
			}
			err := resp.Rest.Close()
			resp.Body, resp.Rest = body, nil
			return err
		}
		if err != nil {
			return fmt.Errorf("%w after %d bytes: %w", ErrTruncated, len(body), err)
		}
	}
	resp.Body = body
	return nil
}

// complete compares the length with what was announced, for hosts that do not
// do it themselves. The header is gone where the host decompressed the body.
func complete(h http.Header, method string, status, length int) error {
	announced, ok := ContentLength(h)
	if !ok || method == http.MethodHead || status == http.StatusNotModified {
		return nil
	}
	if int64(length) < announced {
		return fmt.Errorf("%w: %d of %d bytes", ErrTruncated, length, announced)
	}
	return nil
}

// sizeHint is room for the announced body and the read that finds its end, or
// for a typical one.
func sizeHint(h http.Header, limit int64) int64 {
	if n, ok := ContentLength(h); ok {
		return min(n, limit) + 512
	}
	return min(limit+1, 16<<10)
}
