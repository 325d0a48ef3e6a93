package origin

import (
	"fmt"
	"io"
	"time"

	"larder/config"
)

// restStep is how many bytes of a large body are to come in each
// body_timeout. A large body may take long, and those that wait for it are
// served as long as it gets on.
const restStep = 64 << 10

// rest is what follows a body that was read ahead to its limit. Only the time
// that the origin takes counts: whoever reads it may be slow as well.
type rest struct {
	io.ReadCloser
	origin            *config.Origin
	now               func() time.Time
	length, announced int64 // of the whole body, so far and in the end
	step              int64 // bytes since the last whole step
	waited            time.Duration
}

// Read returns an error that wraps [ErrTruncated] or [ErrTimeout] where the
// body does not come to its end.
func (r *rest) Read(p []byte) (int, error) {
	began := r.now()
	n, err := r.ReadCloser.Read(p)
	took := r.now().Sub(began)
	r.length, r.step, r.waited = r.length+int64(n), r.step+int64(n), r.waited+took
	if err != nil {
		if broken := ended(err, r.length, r.announced); broken != nil {
			return n, silent(broken, r.length, took, r.origin)
		}
		return n, io.EOF
	}
	if r.step >= restStep {
		r.step, r.waited = 0, 0
	}
	if r.waited > r.origin.BodyTimeout {
		return n, fmt.Errorf("%w: %d bytes in %v", errSlowBody, r.step, r.waited.Round(time.Millisecond))
	}
	return n, nil
}
