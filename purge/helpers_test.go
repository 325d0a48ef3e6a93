package purge

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/corecache"
	"larder/fence"
	"larder/surrogate"
)

// purger records what is purged: "soft KEY" and "hard KEY".
type purger struct {
	purged []string
	fail   map[string]error
	before func() // runs before each purge, if set
}

func (p *purger) Purge(key string, soft bool) error {
	if p.before != nil {
		p.before()
	}
	kind := "hard "
	if soft {
		kind = "soft "
	}
	p.purged = append(p.purged, kind+key)
	return p.fail[key]
}

// purgedCache is a cache of which nothing but purges is used.
type purgedCache struct {
	corecache.Cache
	purger *purger
}

func (c purgedCache) Purge(key string, soft bool) error { return c.purger.Purge(key, soft) }

// call is a call to the endpoint; the zero value is an authorised POST without a
// body.
type call struct {
	method, query, body string
	header              []string // "Name: value"
	token               string   // "none" for no Authorization
}

func (q call) build(t testing.TB) *fsthttp.Request {
	t.Helper()
	method := q.method
	if method == "" {
		method = http.MethodPost
	}
	r, err := fsthttp.NewRequest(method, "https://edge.example"+Path+q.query, io.NopCloser(strings.NewReader(q.body)))
	if err != nil {
		t.Fatal(err)
	}
	if q.token == "" {
		q.token = "Bearer operator"
	}
	if q.token != "none" {
		r.Header.Set("Authorization", q.token)
	}
	for _, line := range q.header {
		name, value, _ := strings.Cut(line, ": ")
		r.Header.Add(name, value)
	}
	return r
}

// requestID is that of every request.
const requestID = "id-of-the-request"

const (
	plain   = ``
	tenants = `"tenant":{"query":"auth_token","header":"Authorization"},`
)

// endpoint returns an endpoint with the token "operator" and a limit of 2 KiB
// for bodies.
func endpoint(t testing.TB, members string) (*Endpoint, *purger) {
	t.Helper()
	cfg := parseConfig(t, `{`+members+`"limits":{"purge_body":"2KiB"},"origins":[{"name":"primary","host":"api.example"}],
		"routes":[{"name":"all","path":"/{path...}"}]}`)
	p := &purger{}
	return &Endpoint{Config: cfg, Fence: fence.New(purgedCache{purger: p}, 0, t.Logf), NewID: func() string { return requestID }, Now: time.Now, Sleep: func(time.Duration) {}, Log: t.Logf, Guard: &Guard{
		Tokens:           func() ([]Token, error) { return tokensOf("", "older", "operator"), nil },
		FastlyKeyIsValid: func(r *fsthttp.Request) (bool, error) { return r.Header.Get("Fastly-Key") == "valid", nil },
	}}, p
}

func parseConfig(t testing.TB, file string) *config.Config {
	t.Helper()
	cfg, err := config.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// tokensOf returns tokens without limits.
func tokensOf(texts ...string) []Token {
	var tokens []Token
	for _, text := range texts {
		tokens = append(tokens, Token{Name: "name of " + text, Text: text})
	}
	return tokens
}

// ofAll returns the keys of a purge for all tenants as the purger records them.
func ofAll(kind, key string) []string {
	var purged []string
	for _, k := range surrogate.ForPurgeOfAll(key) {
		purged = append(purged, kind+" "+k)
	}
	return purged
}

// both returns a key and its bucket as the purger records them.
func both(kind, prefix, key string) []string {
	var all []string
	for _, k := range surrogate.ForPurge(prefix, key) {
		all = append(all, kind+" "+k)
	}
	return all
}

func prefixOf(credential string) string {
	return surrogate.TenantPrefix(surrogate.TenantID(credential))
}

// signWordPress signs a webhook as the WordPress plugin does.
func signWordPress(body string, at time.Time) func(*fsthttp.Request) {
	ms := strconv.FormatInt(at.UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(hookSecret))
	mac.Write([]byte(ms + "." + body))
	return func(r *fsthttp.Request) {
		r.Header.Set("Larder-Signature", "t="+ms+",v1="+hex.EncodeToString(mac.Sum(nil)))
	}
}
