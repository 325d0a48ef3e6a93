package purge

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/problem"
	"larder/surrogate"
)

// limitedTo returns an endpoint whose one token has limits.
func limitedTo(t *testing.T, members string, tenants, keys []string) (*Endpoint, *purger) {
	t.Helper()
	e, p := endpoint(t, members)
	e.Guard.Tokens = func() ([]Token, error) {
		return []Token{{Name: "ci", Text: "the-text-of-a-token", Tenants: tenants, Keys: keys}}, nil
	}
	return e, p
}

// refusedFor fails the test unless a purge was refused for what detail names, and
// nothing was purged.
func refusedFor(t *testing.T, p *purger, err error, detail string) {
	t.Helper()
	if !errors.Is(err, problemForbidden) || problem.From(err).Status != 403 {
		t.Fatalf("got %v", err)
	}
	if got := problem.From(err).Detail; !strings.Contains(got, detail) || !strings.Contains(got, `"ci"`) || strings.Contains(got, "the-text-of-a-token") {
		t.Errorf("the detail is %q, want %q in it", got, detail)
	}
	if len(p.purged) > 0 {
		t.Errorf("it purged %q", p.purged)
	}
}

func TestATokenIsLimitedToItsKeys(t *testing.T) {
	for _, c := range []struct {
		name string
		keys []string
		body string
		// refused is what the answer names; empty if the purge is carried out.
		refused string
	}{
		{"the key", []string{"posts"}, `{"keys":["posts"]}`, ""},
		{"a key that begins so", []string{"post:*"}, `{"keys":["post:a"]}`, ""},
		{"what a prefix alone allows", []string{"post:*"}, `{"keys":["post:"]}`, ""},
		{"all of several keys", []string{"post:*", "posts"}, `{"keys":["post:a","posts"],"hard":["post:b"]}`, ""},
		{"any key", []string{"*"}, `{"keys":["a","b"]}`, ""},
		{"a key in another spelling", []string{"crème"}, `{"keys":["cr%c3%a8me"]}`, ""},
		{"another key", []string{"posts"}, `{"keys":["pages"]}`, `purge the key "pages"`},
		{"a key that only begins like it", []string{"posts"}, `{"keys":["posts:filtered"]}`, `"posts:filtered"`},
		{"a key in another case", []string{"posts"}, `{"keys":["Posts"]}`, `"Posts"`},
		{"a key beside an allowed one", []string{"post:*"}, `{"keys":["post:a","author:b"]}`, `"author:b"`},
		{"a hard key", []string{"post:*"}, `{"keys":["post:a"],"hard":["author:b"]}`, `"author:b"`},
		{"a key under Fastly's name", []string{"post:*"}, `{"surrogate_keys":["author:b"]}`, `"author:b"`},
		{"an encoded beginning", []string{"post:*"}, `{"keys":["%70ost:a"]}`, `"%70ost:a"`},
		{"everything", []string{"*"}, `{"all":true}`, "purge everything"},
		{"everything beside a key", []string{"a"}, `{"keys":["a"],"all":true}`, "purge everything"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, p := limitedTo(t, plain, nil, c.keys)
			_, _, err := e.Serve(context.Background(), call{body: c.body, token: "Bearer the-text-of-a-token"}.build(t))
			if c.refused != "" {
				refusedFor(t, p, err, c.refused)
			} else if err != nil || len(p.purged) == 0 {
				t.Errorf("refused: %v", err)
			}
		})
	}
}

func TestATokenIsLimitedToItsTenants(t *testing.T) {
	first, second := surrogate.TenantID("first"), surrogate.TenantID("second")
	for _, c := range []struct {
		name, members string
		tenants       []string
		body          string
		refused       string
	}{
		{"its tenant", tenants, []string{first}, `{"keys":["a"],"credentials":["first"]}`, ""},
		{"everything of its tenant", tenants, []string{first}, `{"all":true,"credentials":["first"]}`, ""},
		{"both of its tenants", tenants, []string{first, "anonymous"}, `{"keys":["a"],"anonymous":true,"credentials":["first"]}`, ""},
		{"anything of a service without tenants", plain, []string{"anonymous"}, `{"keys":["a"]}`, ""},
		{"another tenant", tenants, []string{first}, `{"keys":["a"],"tenants":["` + second + `"]}`, "content of the tenant " + second[:11] + "…"},
		{"another tenant beside its own", tenants, []string{first}, `{"keys":["a"],"credentials":["first","second"]}`, "content of the tenant " + second[:11]},
		{"the anonymous tenant", tenants, []string{first}, `{"keys":["a"],"anonymous":true}`, "content of the anonymous tenant"},
		{"a tenant, for the anonymous one's token", tenants, []string{"anonymous"}, `{"keys":["a"],"credentials":["first"]}`, "content of the tenant " + first[:11]},
		{"everything of everyone", tenants, []string{first, second, "anonymous"}, `{"all":true}`, "content of all tenants"},
		{"the content of a service without tenants", plain, []string{first}, `{"keys":["a"]}`, "content of the anonymous tenant"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, p := limitedTo(t, c.members, c.tenants, nil)
			_, _, err := e.Serve(context.Background(), call{body: c.body, token: "Bearer the-text-of-a-token"}.build(t))
			if c.refused != "" {
				refusedFor(t, p, err, c.refused)
			} else if err != nil || len(p.purged) == 0 {
				t.Errorf("refused: %v", err)
			}
		})
	}
}

// A scope that is not the content of one tenant is never within a token's limits,
// whatever it is.
func TestALimitedTokenAllowsOnlyScopesOfItsTenants(t *testing.T) {
	token := &Token{Name: "ci", Tenants: []string{"anonymous", aTenant}}
	own := scopeOf(surrogate.TenantPrefix(aTenant), true)
	if err := token.allowScopes([]scope{own, scopeOf("", true)}, true); err != nil {
		t.Error(err)
	}
	own.everyone = true
	for _, s := range []scope{own, everyone(), {}, {all: surrogate.AllKey}} {
		if token.allowScopes([]scope{s}, true) == nil {
			t.Errorf("allowed %+v", s)
		}
	}
}

func TestALimitedTokenDoesNotReadTheStatus(t *testing.T) {
	for name, token := range map[string]Token{"tenants": {Tenants: []string{"anonymous"}}, "keys": {Keys: []string{"*"}}} {
		token.Text = "operator"
		guard := &Guard{Tokens: func() ([]Token, error) { return []Token{token}, nil }}
		if err := guard.Check(call{}.build(t)); !errors.Is(err, problemForbidden) {
			t.Errorf("limited to %s: %v", name, err)
		}
	}
}

func TestClientsOfFastlysAPISendATokenAsFastlyKey(t *testing.T) {
	guard := &Guard{
		Tokens:           func() ([]Token, error) { return tokensOf("", "operator"), nil },
		FastlyKeyIsValid: func(r *fsthttp.Request) (bool, error) { return r.Header.Get("Fastly-Key") == "valid", nil },
	}
	for _, c := range []struct {
		name, token, key, want string // want is the name of the token
	}{
		{"a token", "none", "operator", "name of operator"},
		{"a token beside a tenant's credential", "Bearer of-a-tenant", "operator", "name of operator"},
		{"a bearer token", "Bearer operator", "", "name of operator"},
		{"a bearer token beside a wrong key", "Bearer operator", "wrong", "name of operator"},
		{"a Fastly-Key", "none", "valid", "Fastly-Key"},
		{"a wrong key", "none", "wrong", ""},
		{"an empty key", "none", "", ""},
		{"a key with a scheme", "none", "Bearer operator", ""},
	} {
		q := call{token: c.token, header: []string{"Fastly-Key: " + c.key}}
		token, err := guard.IdentifyClient(q.build(t))
		switch {
		case c.want == "" && !errors.Is(err, problemUnauthorized):
			t.Errorf("%s: %v", c.name, err)
		case c.want != "" && (err != nil || token.Name != c.want):
			t.Errorf("%s: %v, %v", c.name, token, err)
		}
	}
	if _, err := guard.Identify(call{token: "none", header: []string{"Fastly-Key: operator"}}.build(t)); !errors.Is(err, problemUnauthorized) {
		t.Errorf("at Larder's own endpoint: %v", err)
	}
}
