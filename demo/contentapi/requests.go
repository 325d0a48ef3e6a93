package contentapi

import (
	"net/http"
	"net/url"
	"sync"
)

// counter counts the requests that reach the API. The zero value is ready.
type counter struct {
	mu     sync.Mutex
	counts map[string]int
	total  int
}

// requestCounts is the response of /_demo/requests. The keys of Counts are
// "METHOD path" or "METHOD path?query", with the parameters sorted by name.
type requestCounts struct {
	Total  int            `json:"total"`
	Counts map[string]int `json:"counts"`
}

// count counts every request on arrival.
func (c *counter) count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.add(r)
		next.ServeHTTP(w, r)
	})
}

func (c *counter) add(r *http.Request) {
	key := r.Method + " " + r.URL.EscapedPath()
	if query, err := url.ParseQuery(r.URL.RawQuery); err != nil {
		key += "?" + r.URL.RawQuery
	} else if len(query) > 0 {
		key += "?" + query.Encode()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.counts == nil {
		c.counts = map[string]int{}
	}
	c.counts[key]++
	c.total++
}

// snapshot copies the counts and, if reset is set, resets them to zero.
func (c *counter) snapshot(reset bool) requestCounts {
	c.mu.Lock()
	defer c.mu.Unlock()
	shown := requestCounts{Total: c.total, Counts: make(map[string]int, len(c.counts))}
	for key, n := range c.counts {
		shown.Counts[key] = n
	}
	if reset {
		c.counts, c.total = nil, 0
	}
	return shown
}

// serveRequests returns the counts on GET. On DELETE it also resets them.
func (s *Server) serveRequests(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet:
		s.sendControl(w, r, s.requests.snapshot(false))
	case http.MethodDelete:
		s.sendControl(w, r, s.requests.snapshot(true))
	default:
		s.sendError(w, r, errMethod)
	}
}

// sendControl writes a response of /_demo/.
func (s *Server) sendControl(w http.ResponseWriter, r *http.Request, value any) {
	body, err := encode(value)
	if err != nil {
		s.sendError(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, http.StatusOK, body)
}
