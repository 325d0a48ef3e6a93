package origin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"larder/shield"
)

// attempt asks one origin once. Reading ahead belongs to it: an answer that is
// cut short is an error, and so is one that the caller cannot use.
func (t *attempts) attempt(s candidate) (*Response, error) {
	o, c := s.origin, t.client
	ctx := t.within
	// Only the host sees when a client's body has been sent. The backend's own
	// first_byte_timeout bounds the wait then.
	if t.req.Body == nil {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, o.FirstByteTimeout)
		defer cancel()
	}
	sent := c.Now()
	resp, err := c.Sender.Send(ctx, o.Backend, s.request(t.req))
	if err != nil {
		if ctx.Err() != nil && !errors.Is(err, ErrStarved) {
			return nil, fmt.Errorf("%w: no answer in %v", ErrTimeout, c.Now().Sub(sent).Round(time.Millisecond))
		}
		return nil, err
	}
	resp.Origin, resp.RequestTime, resp.ResponseTime = o.Name, sent, c.Now()
	if err := t.receive(s, resp); err != nil {
		_ = resp.Close() // it is of no use either way
		return nil, err
	}
	return resp, nil
}

// request is the request as one origin gets it.
func (s candidate) request(of *Request) *Request {
	o, req := s.origin, *of
	req.Header = of.Header.Clone()
	if req.Header == nil {
		req.Header = make(http.Header)
	}
	for name, value := range o.Headers {
		req.Header.Set(name, value)
	}
	if o.Host != "" {
		req.Host = o.Host
	}
	if len(req.Content) > 0 {
		req.Body = sizedBody{bytes.NewReader(req.Content)}
	}
	req.Header.Set("Host", req.Host)
	if s.shield {
		req.Header.Set(shield.EdgeField, req.Shield.FieldValue(o.Headers[shield.EdgeField]))
	}
	return &req
}

// sizedBody is a body whose length is known.
type sizedBody struct{ *bytes.Reader }

func (sizedBody) Close() error { return nil }

// receive reads an answer as far as it is read ahead, and returns why it is of
// no use. A failing status need only be complete.
func (t *attempts) receive(s candidate, resp *Response) error {
	if s.shield {
		if err := fromShield(resp); err != nil {
			return err
		}
	}
	if t.limit > 0 && resp.Remainder != nil && !t.req.streams(resp) {
		if err := t.readAhead(s.origin, resp); err != nil {
			return err
		}
	}
	if t.req.Accept == nil || t.client.Failures.Has(resp.Status) {
		return nil
	}
	if err := t.req.Accept(resp); err != nil {
		return fmt.Errorf("%w: %w", ErrNotAccepted, err)
	}
	return nil
}
