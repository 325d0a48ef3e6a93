package origin

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"larder/shield"
)

// attempt asks one origin once. A body that is read ahead belongs to it: an
// answer that is cut short is none, and so is one that the caller cannot use.
func (t *tour) attempt(s stop) (*Response, error) {
	o, c := s.origin, t.client
	headCtx, cancel := context.WithTimeout(t.within, o.FirstByteTimeout)
	defer cancel()
	sent := c.Now()
	resp, err := c.Sender.Send(headCtx, o.Backend, t.own(s))
	if err != nil {
		if headCtx.Err() != nil {
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

// own is the request as one origin gets it.
func (t *tour) own(s stop) *Request {
	o, own := s.origin, *t.req
	own.Header = t.req.Header.Clone()
	if own.Header == nil {
		own.Header = make(http.Header)
	}
	for name, value := range o.Headers {
		own.Header.Set(name, value)
	}
	if o.Host != "" {
		own.Host = o.Host
	}
	if len(own.Content) > 0 {
		own.Body = io.NopCloser(bytes.NewReader(own.Content))
	}
	own.Header.Set("Host", own.Host)
	if s.shield {
		own.Header.Set(shield.EdgeField, own.Shield.FieldValue(o.Headers[shield.EdgeField]))
	}
	return &own
}

// receive reads an answer as far as it is read ahead, and says why it is none.
// Of a failing status there is nothing more to ask than that it is whole.
func (t *tour) receive(s stop, resp *Response) error {
	if s.shield {
		if err := fromShield(resp); err != nil {
			return err
		}
	}
	if t.limit > 0 && resp.Rest != nil && !t.req.streams(resp.Header) {
		if err := t.read(s.origin, resp); err != nil {
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
