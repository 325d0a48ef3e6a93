package handlers

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/corecache"
	"larder/corecache/coremodel"
	"larder/fence"
	"larder/origin"
	"larder/purge"
)

// testConfig has short names and round lifetimes: an hour fresh, a minute of
// stale-while-revalidate, a day of stale-if-error.
const testConfig = `{
  "origins": [{"name": "primary", "host": "api.example", "retries": 0}],
  "cors": {"origins": ["https://site.example"], "headers": ["Authorization"], "expose": ["Age"], "max_age": "1h"},
  "debug_header": "Larder-Debug",
  "limits": {"tagged_body": "1KiB"},
  "unmatched": "reject",
  "purge": {"repeat": []},
  "lifetimes": {
    "ttl": "1h", "stale_while_revalidate": "1m", "stale_if_error": "1d", "not_found_ttl": "30s"
  },
  "routes": [
    {"name": "posts", "path": "/posts/", "query": {"tag": null, "page": "1"}, "bypass": {"preview": "*"},
     "keys": ["posts"], "items": [{"each": "data", "keys": ["post:{slug}"]}]},
    {"name": "post", "path": "/posts/{slug}/", "query": {"locale": null}, "headers": ["Accept-Language"], "bypass": {"preview": "*"},
     "keys": ["post:{slug}"], "items": [{"each": "data", "keys": ["post:{slug}"]}, {"each": "data.author", "keys": ["author:{slug}"]}]},
    {"name": "files", "path": "/files/{path...}", "keys": ["file:{path}"]},
    {"name": "open", "path": "/open/{path...}", "query": {"*": null}, "headers": ["*"],
     "lifetimes": {"ttl": "origin", "stale_while_revalidate": "origin", "stale_if_error": "origin"}}
  ]
}`

// tenantsConfig is the same with tenants.
var tenantsConfig = strings.Replace(testConfig, `"debug_header"`, `"tenant": {"query": "auth_token", "header": "Authorization"}, "debug_header"`, 1)

// edge is an App with a cache in memory, the real client of scripted origins,
// and a clock to move. When the test ends, no handle may be open.
type edge struct {
	t      testing.TB
	app    *App
	parts  Parts
	model  *coremodel.Cache
	spy    *spy
	client *origin.Client
	// bubble makes the clock that of the test's synctest bubble.
	bubble bool

	mu     sync.Mutex
	now    time.Time
	asked  []*origin.Request
	answer script // of the first origin
	second script // of the origin "standby", if there is one
	logged []string
	ids    int
}

func newEdge(t testing.TB) *edge { return newEdgeWith(t, testConfig) }

// newEdgeInBubble returns an edge for a synctest bubble, whose clock it uses.
// Requests wait for an origin no longer than config.Patience where a stale
// answer will do.
func newEdgeInBubble(t testing.TB) *edge {
	t.Helper()
	e := newEdge(t)
	e.bubble = true
	e.use(func(p *Parts) { p.After = time.After })
	return e
}

func newEdgeWith(t testing.TB, file string) *edge {
	t.Helper()
	cfg, err := config.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	e := &edge{t: t, now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	e.model = coremodel.New(e.clock)
	e.spy = &spy{Cache: e.model}
	e.client = e.newClient(cfg, e)
	e.use(func(p *Parts) {
		*p = Parts{
			Config: cfg, Pseudonym: "Larder-id1", Cache: e.spy, Origins: e.client, Now: e.clock, Sleep: e.pass, NewID: e.newID, Log: e.log,
			Operations: Operations{purge.Path: &purge.Endpoint{
				Config: cfg, NewID: func() string { return "request-1" }, Now: e.clock, Sleep: e.pass, Log: e.log,
				Guard: &purge.Guard{
					Tokens:           func() ([]purge.Token, error) { return []purge.Token{{Text: "operator"}}, nil },
					FastlyKeyIsValid: func(*fsthttp.Request) (bool, error) { return false, nil },
				},
			}},
		}
	})
	t.Cleanup(func() {
		if n := e.model.Open(); n != 0 {
			t.Errorf("%d handles are still open", n)
		}
	})
	return e
}

// newClient returns a client of the configured origins.
func (e *edge) newClient(cfg *config.Config, sender origin.Sender) *origin.Client {
	return &origin.Client{
		Origins: cfg.Origins, Routes: cfg.RouteNames(), Failures: cfg.Failures, Breaker: cfg.Breaker, Deadline: cfg.Deadline,
		Sender: sender, Cache: e.spy, Now: e.clock, Random: func() float64 { return 0.5 },
	}
}

// use makes the App anew, of changed parts.
func (e *edge) use(change func(*Parts)) {
	e.t.Helper()
	change(&e.parts)
	var purgeDelay time.Duration
	if e.parts.Config.Shield != nil {
		purgeDelay = e.parts.Config.Shield.PurgeDelay
	}
	e.parts.Fence = fence.New(e.parts.Cache, purgeDelay, e.log)
	endpoint := e.parts.Operations[purge.Path].(*purge.Endpoint)
	endpoint.Fence = e.parts.Fence
	if e.parts.Vault != nil {
		endpoint.Vault = e.parts.Vault
	}
	e.app = New(e.parts)
	for i := range e.parts.Config.Routes { // a host runs one request at a time; some tests here do not
		e.app.route(i)
	}
}

func (e *edge) useCache(c corecache.Cache) { e.use(func(p *Parts) { p.Cache = c }) }

// Times of package content.
const (
	// firstBackoff is how long a first negative entry stands.
	firstBackoff = time.Second
	// landingTime is how long the next flight for a resource waits.
	landingTime = 20 * time.Millisecond
	passTime    = 10 * time.Second
	graceTime   = 5 * time.Second
	// rememberedTime is longer than any failure is remembered.
	rememberedTime = 3 * time.Minute
)

func (e *edge) clock() time.Time {
	if e.bubble {
		return time.Now()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.now
}

// pass lets time go by.
func (e *edge) pass(d time.Duration) {
	if e.bubble {
		time.Sleep(d)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.now = e.now.Add(d)
}

func (e *edge) newID() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ids++
	return fmt.Sprintf("id%d", e.ids)
}

func (e *edge) log(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.logged = append(e.logged, fmt.Sprintf(format, args...))
}

func containsFold(s, part string) bool {
	return strings.Contains(strings.ToLower(s), strings.ToLower(part))
}
