package contentapi

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
)

// Faults is what goes wrong with the answers that it applies to. The zero value
// is none. Several faults combine: the delay comes first, then what is to be
// sent (status, garbage), then how (drip, truncate, reset).
type Faults struct {
	// PathPrefix limits the faults to paths that begin with it.
	PathPrefix string `json:"path_prefix"`
	// Methods limits the faults to these methods; without any, to GET and HEAD,
	// so that editors can work while customers cannot read.
	Methods []string `json:"methods,omitempty"`
	// Count is how many more requests the faults apply to, 0 for all.
	Count int `json:"count"`

	// Delay is how long the answer waits before it begins, in milliseconds.
	Delay int `json:"delay_ms"`
	// BodyDelay is the pause after every DripBytes of the body, in milliseconds.
	BodyDelay int `json:"delay_ms_body"`
	// DripBytes is the size of a drip, 1 if it is 0.
	DripBytes int `json:"drip_bytes,omitempty"`

	// Status replaces the answer by an error with this status, 400 to 599.
	Status int `json:"status"`
	// Headers are set on the answer, such as Retry-After or Cache-Control.
	Headers map[string]string `json:"headers,omitempty"`
	// Garbage replaces the body by something that is not JSON, with status 200.
	Garbage bool `json:"garbage"`
	// Gzip switches compression off where it is false.
	Gzip *bool `json:"gzip,omitempty"`

	// Truncate closes the connection after this many bytes of the body, under
	// the Content-Length of the whole.
	Truncate *int `json:"truncate,omitempty"`
	// Reset resets the connection in the middle of the body.
	Reset bool `json:"reset"`
	// Hang takes the request and never answers.
	Hang bool `json:"hang"`
}

// maxFaultDelay bounds both delays, in milliseconds: ten minutes.
const maxFaultDelay = 600_000

// check returns a [*FieldError] for what makes no sense.
func (f Faults) check() error {
	switch {
	case f.Count < 0:
		return &FieldError{Field: "count", Message: "Want 0 or more."}
	case f.Delay < 0 || f.Delay > maxFaultDelay:
		return &FieldError{Field: "delay_ms", Message: fmt.Sprintf("Want 0 to %d.", maxFaultDelay)}
	case f.BodyDelay < 0 || f.BodyDelay > maxFaultDelay:
		return &FieldError{Field: "delay_ms_body", Message: fmt.Sprintf("Want 0 to %d.", maxFaultDelay)}
	case f.DripBytes < 0:
		return &FieldError{Field: "drip_bytes", Message: "Want 0 or more."}
	case f.Status != 0 && (f.Status < 400 || f.Status > 599):
		return &FieldError{Field: "status", Message: "Want 400 to 599, or 0 for none."}
	case f.Truncate != nil && *f.Truncate < 0:
		return &FieldError{Field: "truncate", Message: "Want 0 or more, or null for none."}
	}
	return nil
}

// concern reports whether the faults apply to a request.
func (f Faults) concern(r *http.Request) bool {
	methods := f.Methods
	if len(methods) == 0 {
		methods = []string{http.MethodGet, http.MethodHead}
	}
	return strings.HasPrefix(r.URL.Path, f.PathPrefix) && slices.Contains(methods, r.Method)
}

// faultSwitch holds the faults of the moment. The zero value has none.
type faultSwitch struct {
	mu  sync.Mutex
	now *Faults // nil for none
}

// set replaces the faults; nil ends them.
func (f *faultSwitch) set(faults *Faults) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = faults
}

// shown returns the faults of the moment.
func (f *faultSwitch) shown() Faults {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now == nil {
		return Faults{}
	}
	return *f.now
}

// take returns the faults for a request and counts it.
func (f *faultSwitch) take(r *http.Request) (Faults, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.now == nil || !f.now.concern(r) {
		return Faults{}, false
	}
	faults := *f.now
	switch faults.Count {
	case 0:
	case 1:
		f.now = nil
	default:
		left := faults
		left.Count--
		f.now = &left
	}
	return faults, true
}

// serveFaults shows the faults on GET, replaces them on PUT and ends them on
// DELETE.
func (s *Server) serveFaults(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
	case http.MethodDelete:
		s.faults.set(nil)
	case http.MethodPut:
		faults, err := readFaults(r.Body)
		if err != nil {
			s.sendError(w, r, err)
			return
		}
		s.faults.set(&faults)
	default:
		s.sendError(w, r, errMethod)
		return
	}
	s.sendControl(w, r, s.faults.shown())
}

// readFaults reads faults strictly: a drill with a misspelt fault would prove
// nothing.
func readFaults(body io.Reader) (Faults, error) {
	var faults Faults
	decoder := json.NewDecoder(io.LimitReader(body, maxEdit))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&faults); err != nil {
		return Faults{}, &FieldError{Field: "error", Message: err.Error()}
	}
	return faults, faults.check()
}
