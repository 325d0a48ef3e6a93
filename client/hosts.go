package client

import (
	"net/url"
	"strings"
	"time"

	"github.com/failsafe-go/failsafe-go/circuitbreaker"
)

// A host that could not be reached failuresToOpen times in a row is left out
// for the cooldown.
const (
	failuresToOpen = 2
	cooldown       = 2 * time.Second
)

// host is a server, with the memory of whether it can be reached. Its circuit
// counts attempts without a whole response. A response of any status shows that
// the host works: one bad page is no reason to leave the others.
type host struct {
	scheme, authority string
	circuit           circuitbreaker.CircuitBreaker[any]
}

func newHost(u *url.URL) *host {
	return &host{
		scheme:    u.Scheme,
		authority: strings.ToLower(u.Host),
		circuit: circuitbreaker.NewBuilder[any]().
			WithFailureThreshold(failuresToOpen).
			WithSuccessThreshold(1).
			WithDelay(cooldown).
			WithJitterFactor(0.25).
			Build(),
	}
}

func (h *host) String() string { return h.scheme + "://" + h.authority }

// works reports whether the host is believed to work.
func (h *host) works() bool { return h.circuit.IsClosed() }

// record remembers how an attempt ended.
func (h *host) record(reached bool) {
	switch {
	case !reached:
		h.circuit.RecordFailure()
	case h.works():
		h.circuit.RecordSuccess()
	default:
		h.circuit.Close()
	}
}

type hosts []*host

func (all hosts) include(u *url.URL) bool {
	for _, h := range all {
		if h.scheme == u.Scheme && strings.EqualFold(h.authority, u.Host) {
			return true
		}
	}
	return false
}

// order returns the hosts that work before those that do not, each group in the
// order of preference.
func (all hosts) order() hosts {
	var working, down hosts
	for _, h := range all {
		if h.works() {
			working = append(working, h)
		} else {
			down = append(down, h)
		}
	}
	return append(working, down...)
}

// due returns the hosts that are down and may be probed now; only the caller may
// probe them. A host is not probed while a preferred one works.
func (all hosts) due() hosts {
	var due hosts
	for _, h := range all {
		if h.works() {
			break
		}
		if h.circuit.TryAcquirePermit() {
			due = append(due, h)
		}
	}
	return due
}
