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

// Faults describes the faults to inject into responses. The zero value injects
// none. Faults combine: first the delay, then the content (status, garbage),
// then how it is sent (drip, truncate, reset).
type Faults struct {
	// PathPrefix limits the faults to paths that begin with it.
	PathPrefix string `json:"path_prefix"`
	// Methods limits the faults to these methods. The default is GET and HEAD,
	// so that editors can work while customers cannot read.
	Methods []string `json:"methods,omitempty"`
	// Count is the number of requests that the faults apply to, 0 for all.
	Count int `json:"count"`

	// Delay is the delay before the response begins, in milliseconds.
	Delay int `json:"delay_ms"`
	// BodyDelay is the pause after every DripBytes of the body, in milliseconds.
	BodyDelay int `json:"delay_ms_body"`
	// DripBytes is the size of a drip, 1 if it is 0.
	DripBytes int `json:"drip_bytes,omitempty"`

	// Status replaces the response by an error with this status, 400 to 599.
	Status int `json:"status"`
	// Headers are set on the response, such as Retry-After or Cache-Control.
	Headers map[string]string `json:"headers,omitempty"`
	// Garbage replaces the body by text that is not JSON, with status 200.
	Garbage bool `json:"garbage"`
	// Gzip disables compression if it is false.
	Gzip *bool `json:"gzip,omitempty"`

	// Truncate closes the connection after this many bytes of the body, without
	// changing Content-Length.
	Truncate *int `json:"truncate,omitempty"`
	// Reset resets the connection in the middle of the body.
	Reset bool `json:"reset"`
	// Hang accepts the request and never answers.
	Hang bool `json:"hang"`
}

// maxFaultDelay bounds both delays, in milliseconds: ten minutes.
const maxFaultDelay = 600_000

// check returns a [*FieldError] for invalid values.
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

// applyTo reports whether the faults apply to a request.
func (f Faults) applyTo(r *http.Request) bool {
	methods := f.Methods
	if len(methods) == 0 {
		methods = []string{http.MethodGet, http.MethodHead}
	}
	return strings.HasPrefix(r.URL.Path, f.PathPrefix) && slices.Contains(methods, r.Method)
}

// faultSwitch holds the current faults. The zero value has none.
type faultSwitch struct {
	mu      sync.Mutex
	current *Faults // nil for none
}

// set replaces the faults; nil removes them.
func (f *faultSwitch) set(faults *Faults) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.current = faults
}

// get returns the current faults.
func (f *faultSwitch) get() Faults {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.current == nil {
		return Faults{}
	}
	return *f.current
}

// take returns the faults for a request and counts it.
func (f *faultSwitch) take(r *http.Request) (Faults, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.current == nil || !f.current.applyTo(r) {
		return Faults{}, false
	}
	faults := *f.current
	switch faults.Count {
	case 0:
	case 1:
		f.current = nil
	default:
		remaining := faults
		remaining.Count--
		f.current = &remaining
	}
	return faults, true
}

// serveFaults returns the faults on GET, replaces them on PUT and removes them
// on DELETE.
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
	s.sendControl(w, r, s.faults.get())
}

// readFaults reads faults strictly, so that a misspelt fault is an error.
func readFaults(body io.Reader) (Faults, error) {
	var faults Faults
	decoder := json.NewDecoder(io.LimitReader(body, maxEdit))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&faults); err != nil {
		return Faults{}, &FieldError{Field: "error", Message: err.Error()}
	}
	return faults, faults.check()
}
