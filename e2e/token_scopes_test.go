package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"larder/surrogate"
)

// secretOf replaces the operator's secret.
func secretOf(text string) func(server map[string]any) {
	return func(server map[string]any) {
		server["secret_stores"] = map[string]any{"larder_secrets": []map[string]any{{"key": "larder", "data": text}}}
	}
}

// bearer sends a purge token.
func bearer(token string) option { return with("Authorization", "Bearer "+token) }

func TestALimitedTokenPurgesWhatItMayAndNothingElse(t *testing.T) {
	const shopToken, badToken = "the-token-of-the-shop", "a-token-that-is-not-valid"
	f := newTwoOrigins(t, secretOf(fmt.Sprintf(
		`{"purge_tokens":[%q,{"name":"shop","token":%q,"tenants":[%q],"keys":["thing:*"]},{"token":%q,"keys":[]}]}`,
		purgeToken, shopToken, surrogate.TenantID(demoToken), badToken)))
	const path, list = "/things/tea/", "/posts/"
	f.primary.script(path, respond(thing("tea", "old")))
	f.primary.script(list, respond(`{"data":[]}`))
	fill := func() {
		for _, token := range []string{demoToken, otherToken} {
			f.get(t, path, as(token))
			f.get(t, list, as(token))
			f.get(t, path, as(token)).wantHit(t)
		}
	}
	fill()
	for name, c := range map[string]struct {
		body, tenant, token string
		status              int
		problem, detail     string
	}{
		"another key":           {`{"keys":["thing:tea","posts"]}`, demoToken, shopToken, 403, "token-scope", `The token \"shop\" may not purge the key \"posts\".`},
		"another tenant":        {`{"keys":["thing:tea"]}`, otherToken, shopToken, 403, "token-scope", "content of the tenant"},
		"everything":            {`{"all":true}`, demoToken, shopToken, 403, "token-scope", "may not purge everything"},
		"everything of all":     {`{"all":true}`, "", shopToken, 403, "token-scope", "may not purge everything"},
		"a token of bad limits": {`{"keys":["thing:tea"]}`, demoToken, badToken, 401, "unauthorized", ""},
	} {
		got := f.purge(t, c.body, as(c.tenant), bearer(c.token))
		got.wantProblem(t, c.status, c.problem)
		if body := string(got.body); !strings.Contains(body, c.detail) || strings.Contains(body, c.token) {
			t.Errorf("%s: the answer is %s", name, body)
		}
		f.get(t, path).wantHit(t)
		f.get(t, list).wantHit(t)
		f.get(t, path, as(otherToken)).wantHit(t)
	}
	f.get(t, "/_larder/status", as(""), bearer(shopToken)).wantProblem(t, 403, "token-scope")
	if got := f.purge(t, `{"keys":["thing:tea"]}`, bearer(shopToken)); got.status != http.StatusOK {
		t.Fatal(got)
	}
	f.get(t, path).wantFetched(t)
	f.get(t, list).wantHit(t)
	f.get(t, path, as(otherToken)).wantHit(t)

	if got := f.status(t).Tokens; got.Accepted != 2 || got.Malformed != 1 {
		t.Errorf("the status shows %+v", got)
	}
	text := f.log.Since(0)
	if !strings.Contains(text, "purge tokens: 1 are not valid and do not authenticate: entry 3 has a member keys that is not valid") {
		t.Errorf("the log is %s", text)
	}
	for _, token := range []string{purgeToken, shopToken, badToken} {
		if strings.Contains(text, token) {
			t.Errorf("the log shows a token: %s", text)
		}
	}
}

func TestAHooksSecretThatIsTooShortDoesNotAuthenticate(t *testing.T) {
	const short = "fifteen-letters"
	wasm := build(t, "testdata/single-origin.json", withHooks)
	s := startOwn(t, wasm, map[string]string{"primary": startOrigin(t).url()}, secretOf(
		fmt.Sprintf(`{"purge_tokens":[%q],"hooks":{"butter":[%q]}}`, purgeToken, short)))
	for range 2 {
		s.get(t, "/_larder/hooks/butter", method(http.MethodPost), with("Authorization", short), sending(`{}`)).wantProblem(t, 503, "no-hook-secret")
	}
	hooks := s.status(t).Hooks
	if len(hooks) != 3 || hooks[1].Name != "butter" || hooks[1].Secrets != 0 || hooks[1].TooShort != 1 {
		t.Errorf("the status shows %+v", hooks)
	}
	text := s.log.Since(0)
	if !strings.Contains(text, `hook "butter": 1 of its secrets have fewer than 16 characters`) || strings.Contains(text, short) {
		t.Errorf("the log is %s", text)
	}
}
