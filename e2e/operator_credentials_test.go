package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// A purge that is sent to another spelling of Larder's paths, or under another
// folder, is answered by Larder itself.
func TestNoSpellingOfLardersPathsReachesAnOrigin(t *testing.T) {
	s := beginSingleOrigin(t)
	before := s.origin.requestCount()
	for _, c := range []struct {
		target   string
		statuses string
	}{
		{"/_larder/purge", "200"},
		{"/%5Flarder/purge", "200"}, // the same path (RFC 3986 §6.2.2.2)
		{"/_l%61rder/purge", "200"},
		{"/_LARDER/purge", "404"},
		{"/%5fLarder/purge", "404"},
		{"//_larder/purge", "404"},
		{"/_larder//purge", "404"},
		{"/_larder/purge/", "404"},
		{"/_larder", "404"},
		{"/_larder;x/purge", "404"},
		{"/v2/_larder/purge", "404"},
		{"/a/..;/_larder/purge", "400"},
		{"/_larder%2Fpurge", "400 404"},
		{"/%2F_larder/purge", "400 404"},
		{`/\_larder\purge`, "0 400 404"},
		{"/%5C_larder/purge", "400 404"},
		{"/./_larder/purge", "400"},
		{"/a/../_larder/purge", "400"},
		{"/a/%2e%2e/_larder/purge", "400"},
		{"http://edge.example/_LARDER/purge", "404"},
	} {
		t.Run(c.target, func(t *testing.T) {
			const body = `{"keys":["thing:a"]}`
			got := s.raw(t, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: edge.example\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", c.target, purgeToken, len(body), body))
			if !strings.Contains(c.statuses, fmt.Sprint(got.status)) {
				t.Errorf("got %v, want %s", got, c.statuses)
			}
			if n := s.origin.requestCount(); n != before {
				t.Errorf("the origin received %d requests", n-before)
			}
		})
	}
}

func TestTheOperatorsCredentialsAreKeptFromTheOrigin(t *testing.T) {
	s := beginSingleOrigin(t)
	for _, c := range []struct {
		name, authorization, fastlyKey, want string
	}{
		{"a purge token", "Bearer " + purgeToken, "", ""},
		{"a purge token in another scheme", "Token " + purgeToken, "", ""},
		{"a Fastly-Key", "Bearer of-a-customer", fastlyKey, "Bearer of-a-customer"},
		{"a customer's credential", "Bearer of-a-customer", "", "Bearer of-a-customer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := "/account/" + strings.ReplaceAll(c.name, " ", "-")
			s.origin.script(path, respond(`{}`))
			start := s.log.Size()
			got := s.get(t, path, as(""), method(http.MethodPost), sending(`{}`), with("Authorization", c.authorization), with("Fastly-Key", c.fastlyKey))
			requests := s.origin.requests(path)
			if got.status != http.StatusOK || len(requests) != 1 {
				t.Fatalf("got %v after %d requests", got, len(requests))
			}
			if h := requests[0].Header; h.Get("Authorization") != c.want || h["Fastly-Key"] != nil {
				t.Errorf("the origin got %v", h)
			}
			if strings.Contains(s.log.Since(start), purgeToken) {
				t.Errorf("the log shows the token: %s", s.log.Since(start))
			}
		})
	}
}

func TestAPurgeTokenThatIsTooShortDoesNotAuthenticate(t *testing.T) {
	origin := startOrigin(t)
	const short = "fifteen-letters"
	backends := map[string]string{"primary": origin.url()}
	s := startOwn(t, build(t, "testdata/single-origin.json"), backends, func(server map[string]any) {
		server["secret_stores"].(map[string]any)["larder_secrets"].([]map[string]any)[0]["data"] =
			fmt.Sprintf(`{"purge_tokens":[%q,%q]}`, short, purgeToken)
	})
	for range 2 {
		s.get(t, "/_larder/status", as(""), with("Authorization", "Bearer "+short)).wantProblem(t, http.StatusUnauthorized, "unauthorized")
	}
	if got := s.status(t).Tokens; got.Accepted != 1 || got.TooShort != 1 {
		t.Errorf("the status shows %+v", got)
	}
	text := s.log.Since(0)
	if !strings.Contains(text, "1 of 2 have fewer than 16 characters") || strings.Contains(text, short) {
		t.Errorf("the log is %s", text)
	}
}

// A hook's address may be mistyped in the CMS. The origin must not learn the secret.
func TestAHooksSecretIsKeptFromTheOriginWhereverItIsSent(t *testing.T) {
	s, origin := beginHooked(t)
	before := origin.requestCount()
	for _, target := range []string{
		"/_larder/hooks/unknown", "/_larder/hook/butter", "/_larder/hooks", "/_larder/hooks/", "/_larder/hooks/butter/", "/_larder/hooks/butter/x",
		"/_LARDER/hooks/butter", "/_larder/Hooks/butter", "//_larder/hooks/butter", "/_larder//hooks/butter", "/v2/_larder/hooks/butter",
		"/_larder/hooks%2Fbutter", "/_larder/hooks/..%2fbutter", "/./_larder/hooks/butter", "/_larder/hooks/butter.", "/_larder/hooks/butter%20",
		"/_larder/hooks/BUTTER", "/_larder;x/hooks/butter", "/_larder/butter", "/_larderhooks/butter",
	} {
		got := s.raw(t, fmt.Sprintf("POST %s HTTP/1.1\r\nHost: edge.example\r\nAuthorization: Bearer %s\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", target, hookSecret))
		if got.status != http.StatusNotFound && got.status != http.StatusBadRequest {
			t.Errorf("%s: %v", target, got)
		}
	}
	if n := origin.requestCount() - before; n != 0 {
		t.Errorf("the origin received %d requests", n)
	}
	origin.script("/hooks/butter", respond(`{}`))
	for _, value := range []string{hookSecret, "Bearer " + hookSecret, "the-older-secret-of-the-blog"} {
		if got := s.get(t, "/hooks/butter", as(""), method(http.MethodPost), sending(`{}`), with("Authorization", value)); got.status != http.StatusOK {
			t.Fatal(got)
		}
	}
	requests := origin.requests("/hooks/butter")
	if len(requests) != 3 {
		t.Fatalf("the origin received %d requests", len(requests))
	}
	for _, r := range requests {
		if r.Header.Get("Authorization") != "" {
			t.Errorf("the origin got %v", r.Header)
		}
	}
	if log := s.log.Since(0); strings.Contains(log, hookSecret) || strings.Count(log, "withhold a purge token or a hook's secret from /hooks/butter") != 3 {
		t.Errorf("the log is %s", log)
	}
}
