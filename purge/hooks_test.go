package purge

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/problem"
	"larder/purge/hook"
	"larder/surrogate"
	"larder/vault"
	"larder/vault/kvmodel"
)

const hookSecret = "hook-secret-0123456789"

// strapiHook is a hook with a static secret.
const strapiHook = `"hooks":[{"name":"cms","provider":"strapi","content":[{"type":"article","item":["article:{documentId}"],"lists":["articles"]}]}],`

func published(event, id string) string {
	return fmt.Sprintf(`{"event":%q,"model":"article","entry":{"documentId":%q,"publishedAt":"x"}}`, event, id)
}

// hooksOf returns the hooks of an endpoint, with their secret.
func hooksOf(e *Endpoint) *Hooks {
	return &Hooks{Endpoint: e, Secrets: func(string) ([]string, error) { return []string{hookSecret}, nil }}
}

// deliver sends a webhook to a hook.
func deliver(t testing.TB, h *Hooks, target, body string, change ...func(*fsthttp.Request)) (any, func(), error) {
	t.Helper()
	r, err := fsthttp.NewRequest(http.MethodPost, "https://edge.example"+HooksPath+target, io.NopCloser(strings.NewReader(body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+hookSecret)
	for _, c := range change {
		c(r)
	}
	return h.Serve(context.Background(), r)
}

// prefixed returns soft purges of keys and their buckets, under a prefix.
func prefixed(kind, prefix string, keys ...string) []string {
	var all []string
	for _, key := range keys {
		all = append(all, both(kind, prefix, key)...)
	}
	return all
}

func TestAWebhookPurgesItemAndLists(t *testing.T) {
	const id = "fEPvWuIdQ84nQ_dwxo4k3vGkPuL0FtJDhBDIr3ry_yw" // of demo-token
	named := strings.Replace(strapiHook, `"name"`, `"tenants":["`+id+`","anonymous"],"name"`, 1)
	tests := []struct {
		name, members, target, body string
		want                        []string
	}{
		{"publish", strapiHook, "cms", published("entry.publish", "a1"), prefixed("soft", "", "article:a1", "articles")},
		{"a name that is percent-encoded", strapiHook, "%63ms", published("entry.publish", "a1"), prefixed("soft", "", "article:a1", "articles")},
		{"edit", strapiHook, "cms", published("entry.update", "a1"), prefixed("soft", "", "article:a1", "articles:filtered")},
		{"delete", strapiHook, "cms", published("entry.delete", "a1"), append(prefixed("hard", "", "article:a1"), prefixed("soft", "", "articles")...)},
		{"the tenant in the URL", tenants + strapiHook, "cms?auth_token=demo%2Dtoken", published("entry.publish", "a1"), prefixed("soft", prefixOf("demo-token"), "article:a1", "articles")},
		{"the file's tenants", tenants + named, "cms?auth_token=other", published("entry.publish", "a1"), append(
			prefixed("soft", prefixOf("demo-token"), "article:a1", "articles"), prefixed("soft", "", "article:a1", "articles")...)},
	}
	all := strings.Replace(strapiHook, `"name"`, `"tenants":["all"],"name"`, 1)
	tests = append(tests, struct {
		name, members, target, body string
		want                        []string
	}{"all tenants", tenants + all, "cms", published("entry.delete", "a1"), append(ofAll("hard", "article:a1"), ofAll("soft", "articles")...)})
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, p := endpoint(t, test.members)
			answer, _, err := deliver(t, hooksOf(e), test.target, test.body)
			if err != nil {
				t.Fatal(err)
			}
			if status := answer.(identified).Status(); status != http.StatusOK {
				t.Errorf("the status is %d", status)
			}
			got := slices.DeleteFunc(slices.Clone(p.purged), func(key string) bool { return strings.Contains(key, "larder-") })
			want := append(test.want, test.want...) // content is purged twice; see package fence
			if !slices.Equal(got, want) {
				t.Errorf("it purges\n%q, want\n%q", got, want)
			}
			if !slices.ContainsFunc(p.purged, func(key string) bool {
				return strings.HasSuffix(key, "larder-lease") || strings.HasSuffix(key, surrogate.AllLeasesKey)
			}) {
				t.Errorf("no leases end: %q", p.purged)
			}
		})
	}
}

func TestAWebhookThatConcernsEverythingPurgesItSoftly(t *testing.T) {
	e, p := endpoint(t, tenants+`"hooks":[{"name":"wp","provider":"wordpress"}],`)
	h := hooksOf(e)
	body := `{"events":[{"action":"all","type":"option","id":"blogname"}]}`
	if _, _, err := deliver(t, h, "wp?auth_token=a", body, signWordPress(body, e.Now())); err != nil {
		t.Fatal(err)
	}
	if want := "soft " + prefixOf("a") + surrogate.AllKey; !slices.Contains(p.purged, want) {
		t.Errorf("it purges %q, want %s", p.purged, want)
	}
}

func TestAWebhookThatPurgesNothingSaysWhy(t *testing.T) {
	e, p := endpoint(t, strapiHook)
	answer, later, err := deliver(t, hooksOf(e), "cms", `{"event":"entry.update","model":"article","entry":{"documentId":"a","publishedAt":null}}`)
	if err != nil || later != nil || len(p.purged) > 0 {
		t.Fatalf("purged %q, %v", p.purged, err)
	}
	if status := answer.(identified).Status(); status != http.StatusAccepted {
		t.Errorf("the status is %d", status)
	}
	text, err := json.Marshal(answer)
	const want = `{"status":"ignored","ignored":[{"event":"entry.update","reason":"a draft is not published"}]}`
	if err != nil || string(text) != want {
		t.Errorf("got %s, %v; want %s", text, err, want)
	}
}

func TestWebhooksThatAreRefusedPurgeNothing(t *testing.T) {
	fine := published("entry.publish", "a1")
	tests := []struct {
		name, members, target, body string
		change                      func(*fsthttp.Request)
		secrets                     func(string) ([]string, error)
		status                      int
		kind                        string
	}{
		{name: "a hook that is not there", target: "other", body: fine, status: 404, kind: "no-operation"},
		{name: "no hook", target: "", body: fine, status: 404, kind: "no-operation"},
		{name: "a hook's name in another case", target: "CMS", body: fine, status: 404, kind: "no-operation"},
		{name: "a GET", target: "cms", body: fine, change: func(r *fsthttp.Request) { r.Method = "GET" }, status: 405, kind: "method-not-allowed"},
		{name: "a DELETE", target: "cms", body: fine, change: func(r *fsthttp.Request) { r.Method = "DELETE" }, status: 405, kind: "method-not-allowed"},
		{name: "a stranger", target: "cms", body: fine, change: func(r *fsthttp.Request) { r.Header.Del("Authorization") }, status: 403, kind: "hook-refused"},
		{name: "the operator's token", target: "cms", body: fine, change: func(r *fsthttp.Request) { r.Header.Set("Authorization", "Bearer operator") }, status: 403, kind: "hook-refused"},
		{name: "a body above the limit", target: "cms", body: fine + strings.Repeat(" ", 2048), status: 413, kind: "hook-too-large"},
		{name: "a body that is not JSON", target: "cms", body: "event=entry.publish", status: 400, kind: "bad-hook"},
		{name: "no tenant", members: tenants, target: "cms", body: fine, status: 400, kind: "no-tenant"},
		{name: "an empty tenant", members: tenants, target: "cms?auth_token=", body: fine, status: 400, kind: "no-tenant"},
		{name: "no secret", target: "cms", body: fine, secrets: func(string) ([]string, error) { return nil, nil }, status: 503, kind: "no-hook-secret"},
		{name: "a store that fails", target: "cms", body: fine, secrets: func(string) ([]string, error) { return nil, errors.New("the store is away") }, status: 503, kind: "no-hook-secret"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, p := endpoint(t, test.members+strapiHook)
			h := hooksOf(e)
			if test.secrets != nil {
				h.Secrets = test.secrets
			}
			if test.change == nil {
				test.change = func(*fsthttp.Request) {}
			}
			_, later, err := deliver(t, h, test.target, test.body, test.change)
			d := problem.From(err)
			if d.Status != test.status || d.Type != problem.TypePrefix+test.kind {
				t.Errorf("got %d %s: %v", d.Status, d.Type, err)
			}
			if later != nil || len(p.purged) > 0 {
				t.Errorf("it purges %q", p.purged)
			}
			if strings.Contains(err.Error(), hookSecret) {
				t.Errorf("the error shows the secret: %v", err)
			}
		})
	}
}

func TestKeysForAllTenantsTogetherAreBounded(t *testing.T) {
	ids := []string{"anonymous"}
	for _, credential := range []string{"a", "b"} {
		ids = append(ids, surrogate.TenantID(credential))
	}
	e, p := endpoint(t, tenants+`"hooks":[{"name":"dato","provider":"datocms","tenants":["`+strings.Join(ids, `","`)+`"]}],`)
	e.Config.Limits.PurgeBody = 1 << 20
	deliverTags := func(n int) error {
		tags := make([]string, n)
		for i := range tags {
			tags[i] = fmt.Sprintf(`"t%d"`, i)
		}
		_, _, err := deliver(t, hooksOf(e), "dato", `{"entity_type":"cda_cache_tags","event_type":"invalidate","entity":{"attributes":{"tags":[`+strings.Join(tags, ",")+`]}}}`)
		return err
	}
	most := e.maxKeys() / 3
	if err := deliverTags(most); err != nil || len(p.purged) < most*3 || slices.Contains(p.purged, "soft "+surrogate.AnonymousKey) {
		t.Errorf("got %v, purged %d keys", err, len(p.purged))
	}
	p.purged = nil
	if err := deliverTags(most + 1); err != nil || len(p.purged) > 20 || !slices.Contains(p.purged, "soft "+surrogate.AnonymousKey) || !slices.Contains(p.purged, "soft "+prefixOf("a")+surrogate.AllKey) {
		t.Errorf("one more: got %v, purged %d keys", err, len(p.purged))
	}
}

// A CMS cannot send a webhook in parts, and many do not send it again.
func TestAWebhookOfTooManyKeysRefreshesEverything(t *testing.T) {
	for _, n := range []int{501, hook.MaxKeys + 1, 10_000} {
		v := newVaultedFor(t, `"hooks":[{"name":"dato","provider":"datocms"}],`)
		v.Config.Limits.PurgeBody = 1 << 20
		v.save("t1")
		v.pass(time.Minute)
		tags := make([]string, n)
		for i := range tags {
			tags[i] = fmt.Sprintf(`"t%d"`, i)
		}
		answer, later, err := deliver(t, hooksOf(v.Endpoint), "dato", `{"entity_type":"cda_cache_tags","event_type":"invalidate","entity":{"attributes":{"tags":[`+strings.Join(tags, ",")+`]}}}`)
		if err != nil {
			t.Fatalf("%d tags: %v", n, err)
		}
		if got := answer.(identified).answer.(*HookResult); !got.All || len(got.Hard) > 0 {
			t.Errorf("%d tags: the answer is %.100v", n, got)
		}
		if !slices.Contains(v.cache.purged, "soft "+surrogate.AllKey) || len(v.cache.purged) > 2*maxWork+1000 {
			t.Errorf("%d tags: %d purges", n, len(v.cache.purged))
		}
		later()
		if got := v.copies("t1"); got != "superseded" {
			t.Errorf("%d tags: the vault's copy is %s", n, got)
		}
	}
}

// In an outage, what is gone must not come back.
func TestAWebhookThatDeletesTooMuchAtOnceIsRefused(t *testing.T) {
	e, p := endpoint(t, `"hooks":[{"name":"wp","provider":"wordpress"}],`)
	e.Config.Limits.PurgeBody = 1 << 20
	h := hooksOf(e)
	batch := func(n int) error {
		var events []string
		for i := range n {
			events = append(events, fmt.Sprintf(`{"action":"delete","type":"post","id":%d,"list":"posts"}`, i))
		}
		body := `{"events":[` + strings.Join(events, ",") + `]}`
		_, _, err := deliver(t, h, "wp", body, signWordPress(body, e.Now()))
		return err
	}
	for _, n := range []int{501, hook.MaxKeys + 1} {
		if err := batch(n); problem.From(err).Status != http.StatusRequestEntityTooLarge || len(p.purged) > 0 {
			t.Errorf("%d posts: %v, purged %d keys", n, err, len(p.purged))
		}
	}
	if err := batch(500); err != nil || !slices.Contains(p.purged, "hard post:499") || !slices.Contains(p.purged, "soft "+surrogate.AllKey) {
		t.Errorf("500 posts and their lists: %v", err)
	}
}

// The sender waits for a few seconds only, and a call to the KV Store cannot be
// interrupted.
func TestTheAnswerToAWebhookDoesNotWaitForTheVault(t *testing.T) {
	for name, fault := range map[string]func(*vaulted) error{
		"a store that hangs": func(v *vaulted) error { v.pass(time.Hour); return nil },
		"a store that fails": func(*vaulted) error { return vault.ErrBusy },
		"a store that works": func(*vaulted) error { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			v := newVaultedFor(t, strapiHook)
			v.kv.Before = func(kvmodel.Call) error { t.Error("the KV Store is called before the answer"); return nil }
			began := v.now
			_, later, err := deliver(t, hooksOf(v.Endpoint), "cms", published("entry.delete", "a1"))
			if err != nil || later == nil {
				t.Fatal(err)
			}
			if took := v.now.Sub(began); took > 0 {
				t.Errorf("the answer takes %v", took)
			}
			calls := 0
			v.kv.Before = func(kvmodel.Call) error { calls++; return fault(v) }
			later()
			if calls == 0 {
				t.Error("the vault is not told afterwards")
			}
		})
	}
}

func TestWhatAWebhookDeletesDoesNotComeBackFromTheVault(t *testing.T) {
	v := newVaultedFor(t, strapiHook)
	v.save("article:a1")
	v.save("articles")
	v.save("article:a2")
	v.pass(time.Minute)
	_, later, err := deliver(t, hooksOf(v.Endpoint), "cms", published("entry.delete", "a1"))
	if err != nil {
		t.Fatal(err)
	}
	once := len(v.cache.purged)
	// Until the vault is told, an outage may bring the copy back into the cache.
	told := -1
	v.kv.Before = func(kvmodel.Call) error { told = len(v.cache.purged); return nil }
	var slept int
	v.Sleep = func(d time.Duration) {
		if slept == 0 {
			slept = len(v.cache.purged)
		}
		v.pass(d)
	}
	later()
	if told != once || slept <= told || !slices.Contains(v.cache.purged[told:slept], "hard article:a1") {
		t.Errorf("after the vault is told, and before the first pause, it purges %q", v.cache.purged[told:slept])
	}
	if got := []string{v.copies("article:a1"), v.copies("articles"), v.copies("article:a2")}; !slices.Equal(got, []string{"none", "superseded", "current"}) {
		t.Errorf("the copies are %q", got)
	}
}

func TestAWebhooksPurgeIsRepeated(t *testing.T) {
	e, p := endpoint(t, `"purge":{"repeat":["3s","20s"]},`+strapiHook)
	var slept []time.Duration
	e.Sleep = func(d time.Duration) { slept = append(slept, d) }
	_, later, err := deliver(t, hooksOf(e), "cms", published("entry.publish", "a1"))
	if err != nil {
		t.Fatal(err)
	}
	once := slices.Clone(p.purged)
	later()
	if !slices.Equal(p.purged, slices.Concat(once, once, once)) || !slices.Equal(slept, []time.Duration{3 * time.Second, 20 * time.Second}) {
		t.Errorf("it purges %q with pauses %v", p.purged, slept)
	}
}

// A CMS that sends a webhook again after a failure then gets it done.
func TestACacheThatFailsFailsTheWebhook(t *testing.T) {
	e, p := endpoint(t, strapiHook)
	p.fail = map[string]error{"article:a1": errors.New("cache is away")}
	_, later, err := deliver(t, hooksOf(e), "cms", published("entry.publish", "a1"))
	if !errors.Is(err, problemFailed) || later == nil {
		t.Errorf("got %v", err)
	}
	if !slices.Contains(p.purged, "soft articles") {
		t.Errorf("the other keys are not purged: %q", p.purged)
	}
}
