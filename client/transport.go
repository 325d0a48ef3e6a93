package client

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Transport is an [http.RoundTripper] that survives outages; see the package's
// description. Set its fields before the first request and not after. Hosts is
// the only one that must be set. A Transport must not be copied.
type Transport struct {
	// Hosts are the servers that can answer, as base URLs without a path, in
	// the order of preference: the CDN hostname, a second one, the API itself.
	// A request for any of them may be sent to each, with its credentials.
	// Requests for other hosts go to Base untouched.
	Hosts []string
	// Base sends each attempt. Nil means [http.DefaultTransport].
	Base http.RoundTripper

	// Timeout bounds a request, from the first attempt to the last. The default
	// is 15 s. The deadline of the request's context counts too, and an answer
	// from memory comes shortly before it. Both timeouts end once the first
	// MaxBody bytes of a GET have arrived, and for other methods once the header
	// has.
	Timeout time.Duration
	// AttemptTimeout bounds one attempt at one host. The default is 4 s. An
	// attempt also gets no more than its share of the time left.
	AttemptTimeout time.Duration
	// Retries is how often all hosts are tried again if there is no answer to
	// fall back to. The default is 2; a negative number means never.
	Retries int

	// MaxAge is how long after its last confirmation an answer is used. The
	// default is 7 days.
	MaxAge time.Duration
	// MaxBody is the largest body that is kept, in bytes. The default is 4 MiB.
	// Bodies up to that size are read whole before the program gets them.
	MaxBody int64
	// Memory bounds the bytes that are kept in memory; what was used least
	// recently goes first. The default is 64 MiB.
	Memory int64
	// Store keeps answers outside of this process. Nil means memory alone.
	Store Store
	// Credentials names request headers that identify the client, such as "X-Api-Key",
	// beside Authorization, Proxy-Authorization and Cookie.
	Credentials []string

	// Observe is called after each attempt, for each answer from memory and for
	// each failure of the Store. It must be quick, and safe for concurrent use.
	Observe func(Event)

	once    sync.Once
	err     error // of the settings
	base    http.RoundTripper
	hosts   hosts
	retries retrier
	memory  *memory
	shared  *shared // nil without a Store
}

// EventKind is the kind of an [Event].
type EventKind string

const (
	// Attempted is one attempt at one host.
	Attempted EventKind = "attempt"
	// Probed is an attempt in the background at a host that was down.
	Probed EventKind = "probe"
	// FellBack is an answer from what was kept.
	FellBack EventKind = "fallback"
	// StoreFailed is an error of the Store, which the program does not see.
	StoreFailed EventKind = "store"
)

// Event is what happened to a request.
type Event struct {
	Kind EventKind
	// Request is the program's, or a probe's copy of it; nil for StoreFailed.
	Request *http.Request
	// Host is the base URL of an attempt.
	Host string
	// Status is the attempt's or the answer's; zero if there was none.
	Status int
	// Err is why an attempt or the Store failed; nil if it did not.
	Err error
	// Duration is how long the attempt took.
	Duration time.Duration
	// Age is how old the answer of a fallback is.
	Age time.Duration
}

const (
	defaultTimeout        = 15 * time.Second
	defaultAttemptTimeout = 4 * time.Second
	defaultRetries        = 2
	defaultMaxAge         = 7 * 24 * time.Hour
	defaultMaxBody        = 4 << 20
	defaultMemory         = 64 << 20
)

// RoundTrip implements [http.RoundTripper]. Its errors are those of the last
// attempt, if no host gave any answer; wrong settings are an error too.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	t.once.Do(t.init)
	if t.err != nil {
		closeBody(req)
		return nil, t.err
	}
	if !t.hosts.include(req.URL) {
		return t.base.RoundTrip(req)
	}
	return newCall(t, req).do()
}

// CloseIdleConnections closes Base's, for [http.Client.CloseIdleConnections].
func (t *Transport) CloseIdleConnections() {
	t.once.Do(t.init)
	if c, ok := t.base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

func (t *Transport) init() {
	setDefault(&t.Timeout, defaultTimeout)
	setDefault(&t.AttemptTimeout, defaultAttemptTimeout)
	setDefault(&t.MaxAge, defaultMaxAge)
	setDefault(&t.MaxBody, defaultMaxBody)
	setDefault(&t.Memory, defaultMemory)
	setDefault(&t.Retries, defaultRetries)
	if t.Observe == nil {
		t.Observe = func(Event) {}
	}
	if t.base = t.Base; t.base == nil {
		t.base = http.DefaultTransport
	}
	if t.hosts, t.err = newHosts(t.Hosts); t.err != nil {
		return
	}
	t.retries = newRetrier(max(0, t.Retries))
	t.memory = newMemory(t.Memory)
	if t.Store != nil {
		t.shared = &shared{store: t.Store, maxAge: t.MaxAge, failed: func(err error) {
			t.Observe(Event{Kind: StoreFailed, Err: err})
		}}
	}
}

// storeChanged keeps an entry in memory and in the Store.
func (t *Transport) storeChanged(key string, e *entry) {
	t.memory.set(key, e)
	if t.shared != nil {
		t.shared.set(key, e, false)
	}
}

// storeConfirmed is storeChanged for an entry that is only confirmed anew.
func (t *Transport) storeConfirmed(key string, e *entry) {
	t.memory.set(key, e)
	if t.shared != nil {
		t.shared.set(key, e, true)
	}
}

// setDefault replaces the zero value.
func setDefault[T comparable](value *T, standard T) {
	if *value == *new(T) {
		*value = standard
	}
}

func newHosts(bases []string) (hosts, error) {
	if len(bases) == 0 {
		return nil, errors.New("client: Transport.Hosts is empty; want a base URL such as https://cdn.example.com")
	}
	var all hosts
	for _, base := range bases {
		u, err := url.Parse(base)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" ||
			u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "" {
			return nil, fmt.Errorf("client: Transport.Hosts has %q; want a base URL such as https://cdn.example.com", base)
		}
		all = append(all, newHost(u))
	}
	return all, nil
}

func closeBody(req *http.Request) {
	if req.Body != nil {
		req.Body.Close()
	}
}
