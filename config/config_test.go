package config

import (
	"reflect"
	"testing"
	"time"

	"larder/surrogate"
)

func parse(t *testing.T, file string) *Config {
	t.Helper()
	c, err := Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

var defaultLifetimes = Lifetimes{ClientStaleIfError: day}

func TestDefaults(t *testing.T) {
	got := parse(t, minimal(``, ``))
	want := &Config{
		Name: "Larder",
		Origins: []Origin{{
			Name:             "primary",
			Backend:          "primary",
			FirstByteTimeout: 5 * time.Second,
			BodyTimeout:      10 * time.Second,
			Retries:          1,
		}},
		Deadline: 15 * time.Second,
		Patience: time.Second,
		Failures: Failures{Statuses: []int{429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530}},
		Breaker:  Breaker{Failures: 5, Window: 10 * time.Second, Cooldown: time.Second, MaxCooldown: time.Minute},
		Secrets:  Secrets{Store: "larder_secrets", Name: "larder"},
		HSTS:     365 * day, RefusePlainCredentials: true,
		Purge:         Purge{Repeat: []time.Duration{3 * time.Second}},
		Limits:        Limits{TaggedBody: 1 << 20, PurgeBody: 256 << 10},
		RateLimits:    RateLimits{WrongTokens: 10, Purges: 100},
		Logs:          Logs{Access: "larder_access", FreshHits: 1, Slow: time.Second},
		PassUnmatched: true, Unlisted: DropUnlisted, UnsafeMethods: InvalidateURL,
		Lifetimes: defaultLifetimes,
		Routes:    []Route{{Name: "all", Path: pattern(t, "/{path...}"), Methods: []string{"GET", "HEAD"}, Unlisted: DropUnlisted, Lifetimes: defaultLifetimes}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestEverythingSet(t *testing.T) {
	got := parse(t, `{
		"$schema": "config/larder.schema.json",
		"name": "Pantry",
		"origins": [{"name": "main", "backend": "main_eu", "host": "[::1]:8080", "first_byte_timeout": "2s",
			"body_timeout": "500ms", "headers": {"x-edge-key": "k"}, "retries": 3}],
		"deadline": "110s", "patience": "110s", "purge": {"repeat": ["1ms", "20s", "39s999ms"], "fastly_api": {"prefix": "/_larder/a-b/C_1", "soft": false}},
		"failures": {"statuses": [503, 502, 599]},
		"breaker": {"failures": 100, "window": "1s", "cooldown": "100ms", "max_cooldown": "1h"},
		"shield": {"site": "frankfurt-de", "first_byte_timeout": "4s", "body_timeout": "5s", "purge_delay": "1m"},
		"tenant": {"query": "auth_token", "header": "authorization"},
		"cors": {"origins": ["https://WWW.example.com:8443", "http://localhost"], "headers": ["x-a"], "expose": ["age"], "max_age": "2h"},
		"plain_http": "allow", "hsts": "730d",
		"link_hosts": ["WWW.example.com", "localhost:8080"],
		"debug_header": "larder-debug",
		"secrets": {"store": "s", "name": "n"},
		"vault": {"store": "v", "interval": "1d", "max_age": "365d", "max_body": 1024, "superseded": false},
		"limits": {"tagged_body": "4MiB", "purge_body": 1024}, "rate_limits": {"wrong_tokens": 0, "purges": 10000}, "logs": {"access": "", "fresh_hits": 0, "slow": "110s"},
		"unmatched": "reject", "ignore": ["utm_*", "fbclid"], "unlisted": "reject", "bypass_headers": ["x-preview"],
		"unsafe_methods": "ignore",
		"routes": [{"name": "post", "path": "/p/{slug}", "methods": ["QUERY", "GET"],
			"query": {"z": null, "a": "", "*": null}, "filters": ["z", "*", "sort"], "bypass": {"preview": "1", "draft": ""}, "ignore": ["cb"], "bypass_headers": ["x-wp-nonce"],
			"headers": ["x-b", "accept-language"], "keys": ["post:{slug}", "any:{query.other}"]}]
	}`)
	template, err := surrogate.ParseTemplate("post:{slug}")
	if err != nil {
		t.Fatal(err)
	}
	other, err := surrogate.ParseTemplate("any:{query.other}")
	if err != nil {
		t.Fatal(err)
	}
	want := &Config{
		Schema: "config/larder.schema.json",
		Name:   "Pantry",
		Origins: []Origin{{
			Name: "main", Backend: "main_eu", Host: "[::1]:8080",
			FirstByteTimeout: 2 * time.Second, BodyTimeout: 500 * time.Millisecond,
			Headers: map[string]string{"X-Edge-Key": "k"},
			Retries: 3,
		}},
		Deadline: 110 * time.Second, Patience: 110 * time.Second,
		Purge:    Purge{Repeat: []time.Duration{time.Millisecond, 20 * time.Second, 39999 * time.Millisecond}, FastlyAPI: &FastlyAPI{Prefix: "/_larder/a-b/C_1"}},
		Failures: Failures{Statuses: []int{502, 503, 599}},
		Breaker:  Breaker{Failures: 100, Window: time.Second, Cooldown: 100 * time.Millisecond, MaxCooldown: time.Hour},
		Shield:   &Shield{Site: "frankfurt-de", FirstByteTimeout: 4 * time.Second, BodyTimeout: 5 * time.Second, PurgeDelay: time.Minute},
		Tenant:   &Tenant{Query: "auth_token", Header: "Authorization"},
		CORS: &CORS{
			Origins: []string{"https://www.example.com:8443", "http://localhost"},
			Headers: []string{"X-A"}, Expose: []string{"Age"}, MaxAge: 2 * time.Hour,
		},
		HSTS:        730 * day,
		LinkHosts:   []string{"www.example.com", "localhost:8080"},
		DebugHeader: "Larder-Debug",
		Secrets:     Secrets{Store: "s", Name: "n"},
		Vault:       &Vault{Store: "v", Interval: day, MaxAge: 365 * day, MaxBody: 1 << 10},
		Limits:      Limits{TaggedBody: 4 << 20, PurgeBody: 1 << 10},
		RateLimits:  RateLimits{Purges: 10000},
		Logs:        Logs{Slow: 110 * time.Second},
		Ignore:      IgnoreList{"utm_*", "fbclid"}, Unlisted: RejectUnlisted,
		BypassHeaders: []string{"X-Preview"}, UnsafeMethods: IgnoreUnsafe,
		Lifetimes: defaultLifetimes,
		Routes: []Route{{
			Name: "post", Path: pattern(t, "/p/{slug}"), Methods: []string{"QUERY", "GET"},
			Query:    []Parameter{{Name: "a", HasDefault: true}, {Name: "z"}},
			AllQuery: true,
			Ignore:   IgnoreList{"utm_*", "fbclid", "cb"}, Unlisted: RejectUnlisted,
			Filters: []string{"z", "sort"}, AllFilters: true,
			Bypass:  []Condition{{"draft", ""}, {"preview", "1"}},
			Headers: []string{"Accept-Language", "X-B"}, BypassHeaders: []string{"X-Preview", "X-Wp-Nonce"},
			Keys: []surrogate.Template{template, other},

			Lifetimes: defaultLifetimes,
		}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestRouteLifetimesOverrideFieldByField(t *testing.T) {
	set := func(d time.Duration) OptionalDuration { return OptionalDuration{Duration: d, Valid: true} }
	const above = `{"ttl":"1d","stale_while_revalidate":"10m","client_ttl":"5s","client_stale_if_error":"1h","not_found_ttl":"30s","heuristic":true}`
	inherited := Lifetimes{
		TTL: set(day), StaleWhileRevalidate: set(10 * time.Minute),
		ClientTTL: 5 * time.Second, ClientStaleIfError: time.Hour, NotFoundTTL: 30 * time.Second, Heuristic: true,
	}
	tests := []struct {
		name   string
		route  string
		change func(*Lifetimes)
	}{
		{"nothing set", `{}`, func(*Lifetimes) {}},
		{"a shorter ttl", `{"ttl":"1h"}`, func(l *Lifetimes) { l.TTL = set(time.Hour) }},
		{"a ttl of nothing", `{"ttl":"0s"}`, func(l *Lifetimes) { l.TTL = set(0) }},
		{"the origin's ttl", `{"ttl":"origin"}`, func(l *Lifetimes) { l.TTL = OptionalDuration{} }},
		{"the origin's stale window", `{"stale_while_revalidate":"origin"}`, func(l *Lifetimes) { l.StaleWhileRevalidate = OptionalDuration{} }},
		{"a window that the file does not set", `{"stale_if_error":"7d"}`, func(l *Lifetimes) { l.StaleIfError = set(7 * day) }},
		{"no 404s and nothing for clients", `{"not_found_ttl":"0s","client_ttl":"0s"}`, func(l *Lifetimes) { l.NotFoundTTL, l.ClientTTL = 0, 0 }},
		{"nothing stale for clients", `{"client_stale_if_error":"0s"}`, func(l *Lifetimes) { l.ClientStaleIfError = 0 }},
		{"no heuristic", `{"heuristic":false}`, func(l *Lifetimes) { l.Heuristic = false }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := inherited
			test.change(&want)
			got := parse(t, minimal(`"lifetimes":`+above+`,`, `,"lifetimes":`+test.route)).Routes[0].Lifetimes
			if got != want {
				t.Errorf("got  %+v\nwant %+v", got, want)
			}
		})
	}
}

func TestRoutesThatShareAPathByMethod(t *testing.T) {
	parse(t, routes(`{"name":"a","path":"/{x}","methods":["GET","HEAD"]},{"name":"b","path":"/{x}","methods":["QUERY"]}`))
}

func TestAllHeaders(t *testing.T) {
	for _, file := range []string{
		route(`"headers":["*"]`),
		`{"lifetimes":{"ttl":"1d"},` + route(`"headers":["*"],"lifetimes":{"ttl":"origin"}`)[1:],
	} {
		r := parse(t, file).Routes[0]
		if !r.AllHeaders || r.Headers != nil {
			t.Errorf("all %v, headers %q", r.AllHeaders, r.Headers)
		}
	}
}
