package purge

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/netip"
	"sync"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/problem"
)

const (
	// failureSeconds is the time over which failed authentications are counted,
	// and purgeSeconds the time over which the rate of purges is averaged.
	failureSeconds = 60
	purgeSeconds   = 10
)

var (
	problemFailures = problem.New("too-many-failures", http.StatusTooManyRequests, "Too many wrong credentials have come from this address.").RetryAfter(failureSeconds)
	problemPurges   = problem.New("too-many-purges", http.StatusTooManyRequests, "Too many purges have come to this POP.").RetryAfter(purgeSeconds)
)

// Counter counts events in this POP by entry. An entry's name has at most 64
// characters.
type Counter interface {
	// Increment counts one event.
	Increment(entry string) error
	// LastMinute returns how many events there were in the last 60 s.
	LastMinute(entry string) (uint32, error)
	// Rate returns how many events a second there were in the last 10 s.
	Rate(entry string) (uint32, error)
}

// Limits are how often the operator's endpoints may be used. A counter that
// fails limits nothing: a purge is worth more than a limit. The zero value, and
// nil, have no limits.
type Limits struct {
	Config config.RateLimits
	// Failures counts wrong credentials by client, and Purges all purges.
	Failures, Purges Counter
	// Log takes a line for the operator.
	Log func(format string, args ...any)

	failing sync.Once // logs that a counter fails
}

// AllowClient returns a problem if too many different wrong credentials have come
// from the client's address. Call it before a credential is checked, so that
// guesses are limited.
func (l *Limits) AllowClient(r *fsthttp.Request) error {
	client, ok := clientOf(r)
	if !ok || l == nil || l.Config.WrongTokens == 0 {
		return nil
	}
	if l.count(l.Failures.LastMinute(client)) >= l.Config.WrongTokens {
		return problemFailures
	}
	return nil
}

// Failed records that a request has failed to authenticate. The same credential
// counts once a minute: a sender with an outdated token keeps sending it, and must
// not lock out other senders at its address.
func (l *Limits) Failed(r *fsthttp.Request) {
	client, ok := clientOf(r)
	if !ok || l == nil || l.Config.WrongTokens == 0 {
		return
	}
	guess := digestOf(client, r.Header.Get("Authorization"), r.Header.Get("Fastly-Key"))
	if l.count(l.Failures.LastMinute(guess)) > 0 {
		return
	}
	l.check(l.Failures.Increment(guess))
	l.check(l.Failures.Increment(client))
	if l.count(l.Failures.LastMinute(client)) == l.Config.WrongTokens {
		l.Log("refuse the address %s: %d different wrong tokens have come from there within a minute", client, l.Config.WrongTokens)
	}
}

// FailedWebhook records that a webhook has failed to authenticate, and returns a
// problem if too many from its address have failed at the hook. One that
// authenticates is never refused for the failures of others: the addresses of a CMS
// are shared by all of its customers, any of whom could keep edits from the edge.
func (l *Limits) FailedWebhook(r *fsthttp.Request, hook string) error {
	client, ok := clientOf(r)
	if !ok || l == nil || l.Config.WrongTokens == 0 {
		return nil
	}
	entry := digestOf("hook", hook, client)
	failed := l.count(l.Failures.LastMinute(entry))
	if failed >= l.Config.WrongTokens {
		return problemFailures
	}
	l.check(l.Failures.Increment(entry))
	if failed+1 == l.Config.WrongTokens {
		l.Log("refuse webhooks for %q from %s: %d have failed to authenticate within a minute", hook, client, l.Config.WrongTokens)
	}
	return nil
}

// allPurges is the one entry for purges.
const allPurges = "purges"

// AllowPurge counts an authenticated purge, or returns a problem if there have
// been too many. Refused purges do not count.
func (l *Limits) AllowPurge() error {
	if l == nil || l.Config.Purges == 0 {
		return nil
	}
	if l.count(l.Purges.Rate(allPurges)) >= l.Config.Purges {
		return problemPurges
	}
	l.check(l.Purges.Increment(allPurges))
	return nil
}

// count returns a counter's value, or 0 if the counter fails.
func (l *Limits) count(n uint32, err error) int {
	l.check(err)
	if err != nil {
		return 0
	}
	return int(n)
}

// check logs once that a counter fails.
func (l *Limits) check(err error) {
	if err != nil {
		l.failing.Do(func() { l.Log("count for the rate limits: %v", err) })
	}
}

// clientOf names the client by the address of its connection, which a client
// cannot choose freely as it can X-Forwarded-For. An IPv6 client has a whole /64.
func clientOf(r *fsthttp.Request) (string, bool) {
	address, err := netip.ParseAddr(r.RemoteAddr)
	if err != nil {
		return "", false
	}
	address = address.Unmap().WithZone("")
	if address.Is4() {
		return address.String(), true
	}
	prefix, err := address.Prefix(64)
	return prefix.String(), err == nil
}

// digestOf names several texts together without revealing them.
func digestOf(parts ...string) string {
	sum := sha256.New()
	for _, part := range parts {
		one := sha256.Sum256([]byte(part))
		sum.Write(one[:])
	}
	return base64.RawURLEncoding.EncodeToString(sum.Sum(nil))
}
