package origin

import (
	"fmt"
	"io"
	"time"

	"larder/config"
)

// remainderStep is how many bytes of a large body must arrive in each
// body_timeout. A large body may take long, as long as it makes progress.
const remainderStep = 64 << 10

// remainder is the body after what was read ahead. Only the time that the
// origin takes counts: the reader may be slow as well.
type remainder struct {
	io.ReadCloser
	origin            *config.Origin
	now               func() time.Time
	length, announced int64 // of the whole body: so far, and in the end
	step              int64 // bytes since the last whole step
	waited            time.Duration
}

// Read returns an error that wraps [ErrTruncated] or [ErrTimeout] if the body
// does not arrive as a whole.
func (r *remainder) Read(p []byte) (int, error) {
	began := r.now()
	n, err := r.ReadCloser.Read(p)
	took := r.now().Sub(began)
	r.length, r.step, r.waited = r.length+int64(n), r.step+int64(n), r.waited+took
	if err != nil {
		if broken := ended(err, r.length, r.announced); broken != nil {
			return n, stalled(broken, took, r.origin)
		}
		return n, io.EOF
	}
	if r.step >= remainderStep {
		r.step, r.waited = 0, 0
	}
	if r.waited > r.origin.BodyTimeout {
		return n, fmt.Errorf("%w: %d bytes in %v", errSlowBody, r.step, r.waited.Round(time.Millisecond))
	}
	return n, nil
}
