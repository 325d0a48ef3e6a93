package purge

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/problem"
)

// limitedHooks are two hooks, with a limit of three wrong webhooks and two purges.
func limitedHooks(t *testing.T) (h *Hooks, p *purger, failures *counter, logged *[]string) {
	t.Helper()
	e, p := endpoint(t, strings.Replace(strapiHook, `"hooks":[`, `"hooks":[{"name":"blog","provider":"strapi"},`, 1))
	failures, logged = newCounter(), &[]string{}
	e.Limits = &Limits{
		Config: config.RateLimits{WrongTokens: 3, Purges: 2}, Failures: failures, Purges: newCounter(),
		Log: func(format string, args ...any) { *logged = append(*logged, fmt.Sprintf(format, args...)) },
	}
	e.Guard.Limits = e.Limits
	return hooksOf(e), p, failures, logged
}

// knock sends a webhook with a secret from an address, and returns the problem's
// status, or 200.
func knock(t *testing.T, h *Hooks, name, address, secret string) int {
	t.Helper()
	_, _, err := deliver(t, h, name, published("entry.publish", "a1"), func(r *fsthttp.Request) {
		r.RemoteAddr = address
		r.Header.Set("Authorization", "Bearer "+secret)
	})
	if err == nil {
		return 200
	}
	d := problem.From(err)
	if answer, _ := d.Answer(); d.Status == 429 && answer.Get("Retry-After") == "" {
		t.Errorf("%v without Retry-After", d)
	}
	return d.Status
}

func TestWebhooksThatFailAreLimitedByHookAndAddress(t *testing.T) {
	h, p, failures, logged := limitedHooks(t)
	for i := range 3 {
		if got := knock(t, h, "cms", attacker, "a wrong secret"); got != 403 {
			t.Errorf("failure %d: %d", i, got)
		}
	}
	for range 3 {
		if got := knock(t, h, "cms", attacker, "another wrong secret"); got != 429 {
			t.Errorf("a failure past the limit: %d", got)
		}
	}
	for name, got := range map[string]int{
		"another address": knock(t, h, "cms", sender, "a wrong secret"),
		"another hook":    knock(t, h, "blog", attacker, "a wrong secret"),
	} {
		if got != 403 {
			t.Errorf("%s: %d", name, got)
		}
	}
	if len(p.purged) > 0 {
		t.Errorf("it purged %q", p.purged)
	}
	if len(*logged) != 1 || !strings.Contains((*logged)[0], `refuse webhooks for "cms" from `+attacker+": 3 have failed") {
		t.Errorf("the log has %q", *logged)
	}
	for entry := range failures.events {
		if strings.Contains(entry, "wrong") || len(entry) > 64 {
			t.Errorf("an entry is %q, of %d bytes", entry, len(entry))
		}
	}
	clear(failures.events) // a minute later
	if got := knock(t, h, "cms", attacker, "a wrong secret"); got != 403 {
		t.Errorf("a minute later: %d", got)
	}
}

// All customers of a CMS share its addresses. What one of them sends to a hook must
// not keep another one's edits from the edge.
func TestOthersFailuresNeverRefuseAWebhookThatAuthenticates(t *testing.T) {
	h, p, _, _ := limitedHooks(t)
	for i := range 20 {
		knock(t, h, "cms", attacker, fmt.Sprint("guess ", i))
	}
	if got := knock(t, h, "cms", attacker, hookSecret); got != 200 || len(p.purged) == 0 {
		t.Errorf("the CMS beside it: %d", got)
	}
	if err := h.Guard.Check(call{}.build(t)); err != nil {
		t.Errorf("the operator beside it: %v", err)
	}
}

func TestAFloodOfWebhooksIsLimitedAsPurgesAre(t *testing.T) {
	h, p, _, _ := limitedHooks(t)
	for i, want := range []int{200, 200, 429, 429} {
		before := len(p.purged)
		if got := knock(t, h, "cms", sender, hookSecret); got != want {
			t.Errorf("webhook %d: %d", i, got)
		}
		if purged := len(p.purged) > before; purged != (want == 200) {
			t.Errorf("webhook %d purged: %v", i, purged)
		}
	}
	_, _, err := deliver(t, h, "cms", published("entry.publish", "a1"))
	if !errors.Is(err, problemPurges) {
		t.Errorf("got %v", err)
	}
	// What purges nothing does not count.
	if _, _, err := deliver(t, h, "cms", `{"event":"trigger-test"}`); err != nil {
		t.Errorf("an event that is ignored: %v", err)
	}
}

func TestACounterThatFailsLimitsNoWebhook(t *testing.T) {
	h, _, failures, logged := limitedHooks(t)
	failures.err = errNoStore
	for range 10 {
		if got := knock(t, h, "cms", attacker, "a wrong secret"); got != 403 {
			t.Errorf("got %d", got)
		}
	}
	if len(*logged) != 1 || !strings.Contains((*logged)[0], errNoStore.Error()) {
		t.Errorf("the log has %q", *logged)
	}
}

func TestWithoutLimitsNoWebhookIsCounted(t *testing.T) {
	h, _, failures, _ := limitedHooks(t)
	h.Limits.Config = config.RateLimits{}
	for range 10 {
		if got := knock(t, h, "cms", attacker, "a wrong secret"); got != 403 {
			t.Errorf("got %d", got)
		}
	}
	if len(failures.events) > 0 {
		t.Errorf("counted %v", failures.events)
	}
}
