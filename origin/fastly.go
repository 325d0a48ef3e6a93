package origin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"
)

// Fastly sends requests to the service's backends, past the platform's
// read-through cache.
type Fastly struct{}

var _ Sender = Fastly{}

// Send implements [Sender]. The host decompresses a gzip'd body, because
// surrogate keys are found in plain text.
func (Fastly) Send(ctx context.Context, backend string, req *Request) (*Response, error) {
	uri := "http://" + req.Host + req.Path
	if req.Query != "" {
		uri += "?" + req.Query
	}
	out, err := fsthttp.NewRequest(req.Method, uri, nil)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRequest, withoutURL(err))
	}
	switch body := req.Body.(type) {
	case nil:
	case sizedBody: // the SDK announces the length of a reader that it knows
		out.SetBody(body.Reader)
	default:
		out.SetBody(body)
	}
	out.Header = fsthttp.Header(req.Header)
	out.CacheOptions.Pass = true
	out.DecompressResponseOptions.Gzip = true
	polled := time.Now()
	out.SendPollIntervalFn = func(n int) time.Duration {
		polled = time.Now()
		return pollInterval(n)
	}
	resp, err := out.Send(ctx, backend)
	if err != nil && ctx.Err() != nil && time.Since(polled) > starved {
		return nil, fmt.Errorf("send to backend %q: %w", backend, ErrStarved)
	}
	if err != nil {
		return nil, fmt.Errorf("send to backend %q: %w", backend, classify(err))
	}
	return &Response{Status: resp.StatusCode, Header: http.Header(resp.Header), Remainder: body{resp.Body, resp}}, nil
}

// body also closes the answer that it belongs to.
type body struct {
	io.ReadCloser
	answer *fsthttp.Response
}

func (b body) Close() error {
	defer b.answer.Close() // the answer has been read; a handle that stays costs little
	return b.ReadCloser.Close()
}

// classify marks timeouts, requests that cannot be sent, and answers that the
// platform refuses.
func classify(err error) error {
	err = withoutURL(err)
	var sent fsthttp.SendError
	if !errors.As(err, &sent) {
		return err
	}
	switch sent.Cause() {
	case fsthttp.SendErrorHTTPRequestURIInvalid, fsthttp.SendErrorHTTPRequestCacheKeyInvalid:
		return fmt.Errorf("%w: %w", ErrRequest, err)
	case fsthttp.SendErrorDNSTimeout, fsthttp.SendErrorConnectionTimeout, fsthttp.SendErrorHTTPResponseTimeout:
		return fmt.Errorf("%w: %w", ErrTimeout, err)
	case fsthttp.SendErrorHTTPResponseHeaderSectionTooLarge, fsthttp.SendErrorHTTPResponseBodyTooLarge,
		fsthttp.SendErrorHTTPResponseStatusInvalid, fsthttp.SendErrorHTTPProtocolError:
		return fmt.Errorf("%w: %w", errMalformed, err)
	}
	return err
}

// PlatformHealth returns a function for [Client].Health that asks the
// platform. It looks a backend up once, which takes a dozen host calls, and
// then makes one call each time.
func PlatformHealth() func(backend string) Health {
	var mu sync.Mutex
	backends := map[string]*fsthttp.Backend{}
	return func(name string) Health {
		mu.Lock()
		defer mu.Unlock()
		backend, known := backends[name]
		if !known {
			var err error
			if backend, err = fsthttp.BackendFromName(name); err != nil {
				return HealthUnknown
			}
			backends[name] = backend
		}
		health, err := backend.Health()
		switch {
		case err != nil:
			return HealthUnknown
		case health == fsthttp.BackendHealthHealthy:
			return Healthy
		case health == fsthttp.BackendHealthUnhealthy:
			return Unhealthy
		}
		return HealthUnknown
	}
}

// starved is the time without a poll after which a timeout says nothing of the
// origin: ten times the longest interval. A host call that blocks, such as a
// write to a client, stops the polls.
const starved = time.Second

// pollInterval polls often while an answer is likely, and less so later: each
// poll costs CPU time, of which a request has 50 ms, and an upload may take
// minutes.
func pollInterval(n int) time.Duration {
	switch {
	case n < 20:
		return time.Millisecond
	case n < 100:
		return 5 * time.Millisecond
	case n < 300:
		return 20 * time.Millisecond
	}
	return 100 * time.Millisecond
}
