package contentapi

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Options configures a [Server]. The zero value is a primary that sends no
// notifications and logs nothing.
type Options struct {
	Standby bool             // read-only, with X-Origin: standby
	Targets []Target         // to notify of edits
	Site    fs.FS            // static files under /site/, none if nil
	Now     func() time.Time // the clock for edits, time.Now if nil
	Log     *slog.Logger
}

// Server answers the API. It is safe for concurrent use.
type Server struct {
	store    *Store
	standby  bool
	now      func() time.Time
	log      *slog.Logger
	notifier *notifier
	faults   faultSwitch
	requests counter
	handler  http.Handler
	editing  sync.Mutex // held from an edit to its announcement, to keep their order
}

// New returns a server for store. The caller must close the server, then the
// store.
func New(store *Store, options Options) *Server {
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Log == nil {
		options.Log = slog.New(slog.DiscardHandler)
	}
	s := &Server{
		store:    store,
		standby:  options.Standby,
		now:      options.Now,
		log:      options.Log,
		notifier: newNotifier(options.Targets, options.Log),
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/_demo/faults", s.serveFaults)
	mux.HandleFunc("/_demo/requests", s.serveRequests)
	if options.Site != nil {
		mux.Handle("GET /site/", http.StripPrefix("/site/", http.FileServerFS(options.Site)))
	}
	mux.Handle("/", s.requests.count(s.faults.apply(s.api())))
	s.handler = s.named(mux)
	return s
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Close sends the remaining announcements, until ctx is done.
func (s *Server) Close(ctx context.Context) error { return s.notifier.close(ctx) }

// named adds X-Origin with the origin's name to every response.
func (s *Server) named(next http.Handler) http.Handler {
	name := "primary"
	if s.standby {
		name = "standby"
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Origin", name)
		next.ServeHTTP(w, r)
	})
}

// call is an authenticated API request.
type call struct {
	*http.Request
	view  View
	query url.Values
}

// method answers a call with a status and a value for JSON, or an error.
type method func(c call) (int, any, error)

// methods maps HTTP methods to the handlers of a resource.
type methods map[string]method

// serve checks the method and the token, and sends the method's result.
func (s *Server) serve(of methods) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := r.Method
		if name == http.MethodHead {
			name = http.MethodGet
		}
		do, ok := of[name]
		if !ok {
			w.Header().Set("Allow", of.allow())
			s.sendError(w, r, errMethod)
			return
		}
		reading := name == http.MethodGet
		query := r.URL.Query()
		tenant, ok := tenantOf(r, query, reading)
		if !ok {
			s.sendError(w, r, errToken)
			return
		}
		if !reading && s.standby {
			s.sendError(w, r, errReadOnly)
			return
		}
		preview := query.Get("preview")
		c := call{Request: r, query: query, view: View{Tenant: tenant, Drafts: preview == "1" || preview == "true"}}
		// The date is read first. After a concurrent edit it is then too old,
		// which only costs a download, but never too new.
		changed, err := s.store.Changed(tenant)
		if err != nil {
			s.sendError(w, r, err)
			return
		}
		status, value, err := do(c)
		if err != nil {
			s.sendError(w, r, err)
			return
		}
		s.send(w, c, status, value, changed)
	})
}

// send writes a value as JSON. Responses to reads have validators.
func (s *Server) send(w http.ResponseWriter, c call, status int, value any, changed time.Time) {
	if status == http.StatusNoContent {
		w.WriteHeader(status)
		return
	}
	body, err := encode(value)
	if err != nil {
		s.sendError(w, c.Request, err)
		return
	}
	reading := c.Method == http.MethodGet || c.Method == http.MethodHead
	if !reading {
		writeJSON(w, status, body)
		return
	}
	if c.view.Drafts {
		w.Header().Set("Cache-Control", "private, no-store")
	}
	document{body: body, changed: changed, now: s.now()}.write(w, c.Request)
}

// sendError writes an error in the API's format.
func (s *Server) sendError(w http.ResponseWriter, r *http.Request, err error) {
	failure, known := failureOf(err)
	if !known {
		s.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	body, err := encode(failure.body)
	if err != nil {
		s.log.Error("error not encoded", "error", err)
	}
	writeJSON(w, failure.status, body)
}

// maxEdit is the maximum size of an edit's body in bytes.
const maxEdit = 1 << 20

// decode reads the body of an edit.
func decode[T any](c call) (T, error) {
	var change T
	decoder := json.NewDecoder(http.MaxBytesReader(nil, c.Body, maxEdit))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&change); err != nil {
		if errors.As(err, new(*http.MaxBytesError)) {
			return change, errTooLarge
		}
		return change, &FieldError{Field: "error", Message: err.Error()}
	}
	return change, nil
}
