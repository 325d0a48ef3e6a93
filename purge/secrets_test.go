package purge

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"larder/config"
	"larder/surrogate"
)

var errNoStore = errors.New("the store is unavailable")

// store is a Secret Store with a clock and a log.
type store struct {
	secret string // JSON
	err    error
	reads  int
	now    time.Time
	logged []string
}

func (s *store) use() *Secrets {
	s.now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	return &Secrets{
		Secret: func() (read Secret, err error) {
			if s.reads++; s.err != nil {
				return Secret{}, s.err
			}
			return read, json.Unmarshal([]byte(s.secret), &read)
		},
		Hooks: []config.Hook{{Name: "cms"}, {Name: "blog"}},
		Now:   func() time.Time { return s.now },
		Log:   func(format string, args ...any) { s.logged = append(s.logged, fmt.Sprintf(format, args...)) },
	}
}

const (
	longToken  = "0123456789abcdef" // as short as a token may be
	otherToken = "another-token-of-the-operator"
	shortToken = "0123456789abcde"
	aTenant    = "fEPvWuIdQ84nQ_dwxo4k3vGkPuL0FtJDhBDIr3ry_yw" // of demo-token
)

// withEntries returns a secret with these entries of purge_tokens.
func withEntries(entries ...string) string {
	return `{"purge_tokens":[` + strings.Join(entries, ",") + `]}`
}

func quoted(text string) string { return `"` + text + `"` }

func texts(tokens []Token) []string {
	var all []string
	for _, t := range tokens {
		all = append(all, t.Text)
	}
	return all
}

func TestTokensThatAreTooShortDoNotAuthenticate(t *testing.T) {
	s := store{secret: withEntries(quoted(shortToken), quoted(longToken), `""`, quoted(otherToken), `{"token":"`+shortToken+`"}`)}
	secrets := s.use()
	for range 3 {
		got, err := secrets.Tokens()
		if !slices.Equal(texts(got), []string{longToken, otherToken}) || err != nil {
			t.Errorf("got %q, %v", texts(got), err)
		}
	}
	guard := &Guard{Tokens: secrets.Tokens}
	if err := guard.Check(call{token: "Bearer " + shortToken}.build(t)); !errors.Is(err, problemUnauthorized) {
		t.Errorf("the short token: %v", err)
	}
	if err := guard.Check(call{token: "Bearer " + longToken}.build(t)); err != nil {
		t.Errorf("the long token: %v", err)
	}
}

func TestTokensThatAreTooShortAreReportedOnceWithoutTheirText(t *testing.T) {
	s := store{secret: withEntries(quoted(shortToken), quoted(longToken), `"x"`)}
	secrets := s.use()
	for range 3 {
		if _, err := secrets.Tokens(); err != nil {
			t.Fatal(err)
		}
		secrets.Has(longToken)
	}
	if len(s.logged) != 1 || !strings.Contains(s.logged[0], "2 of 3 have fewer than 16 characters") {
		t.Errorf("the log has %q", s.logged)
	}
	if strings.Contains(fmt.Sprint(s.logged), shortToken) {
		t.Errorf("the log shows a token: %q", s.logged)
	}
	if got, _ := secrets.Status(); got != (TokenStatus{Accepted: 1, TooShort: 2}) {
		t.Errorf("the status is %+v", got)
	}
}

func TestATokenMayHaveANameAndLimits(t *testing.T) {
	s := store{secret: withEntries(quoted(longToken),
		`{"token":"`+otherToken+`","name":"ci","tenants":["`+aTenant+`","anonymous"],"keys":["post:*","posts"]}`, `{"token":"a-token-without-limits"}`)}
	secrets := s.use()
	got, err := secrets.Tokens()
	if err != nil || len(got) != 3 || len(s.logged) > 0 {
		t.Fatalf("%d tokens, %v, the log has %q", len(got), err, s.logged)
	}
	if got[0].Name != "token 1" || got[2].Name != "token 3" || got[0].limited() || got[2].limited() {
		t.Errorf("tokens without limits are %q and %q", got[0].Name, got[2].Name)
	}
	ci := got[1]
	if ci.Name != "ci" || !ci.limited() || !slices.Equal(ci.Tenants, []string{aTenant, config.AnonymousTenant}) || !slices.Equal(ci.Keys, []string{"post:*", "posts"}) {
		t.Errorf("the token with limits has the name %q and the limits %q and %q", ci.Name, ci.Tenants, ci.Keys)
	}
	// Whoever has an unlimited token can speak for an edge at the shield.
	if texts, err := secrets.Unlimited(); err != nil || !slices.Equal(texts, []string{longToken, "a-token-without-limits"}) {
		t.Errorf("without limits are %q, %v", texts, err)
	}
}

func TestEntriesThatAreNotValidDoNotAuthenticate(t *testing.T) {
	const hidden = "the-token-of-a-bad-entry"
	member := func(text string) string { return `{"token":"` + hidden + `",` + text + `}` }
	for name, entry := range map[string]string{
		"a number":                       `1234567890123456`,
		"null":                           `null`,
		"a list":                         `["` + hidden + `"]`,
		"no token":                       `{"name":"` + hidden + `"}`,
		"a token that is null":           `{"token":null}`,
		"an unknown member":              member(`"hooks":[]`),
		"a member in another case":       member(`"Keys":["a"]`),
		"the token as a member":          `{"` + hidden + `":true}`,
		"keys that are null":             member(`"keys":null`),
		"keys that are a text":           member(`"keys":"a"`),
		"no keys":                        member(`"keys":[]`),
		"an empty key":                   member(`"keys":["a",""]`),
		"a star in the middle":           member(`"keys":["a*b"]`),
		"two stars":                      member(`"keys":["a**"]`),
		"tenants that are null":          member(`"tenants":null`),
		"no tenants":                     member(`"tenants":[]`),
		"a tenant that is no ID":         member(`"tenants":["demo-token"]`),
		"an empty tenant":                member(`"tenants":[""]`),
		"an empty name":                  member(`"name":""`),
		"a long name":                    member(`"name":"` + strings.Repeat("a", 65) + `"`),
		"a name of two lines":            member(`"name":"a\nb"`),
		"the token as its name":          member(`"name":"is ` + hidden + `"`),
		"a token that is there already":  quoted(longToken),
		"it again, with other limits":    `{"token":"` + longToken + `","keys":["a"]}`,
		"a list with null for a tenant":  member(`"tenants":["anonymous",null]`),
		"a list with numbers for a key":  member(`"keys":[7]`),
		"a list with an object for keys": member(`"keys":[{}]`),
	} {
		t.Run(name, func(t *testing.T) {
			s := store{secret: withEntries(quoted(longToken), entry, quoted(otherToken))}
			secrets := s.use()
			got, err := secrets.Tokens()
			if err != nil || !slices.Equal(texts(got), []string{longToken, otherToken}) {
				t.Errorf("%q authenticate, %v", texts(got), err)
			}
			if len(s.logged) != 1 || !strings.Contains(s.logged[0], "1 are not valid") || !strings.Contains(s.logged[0], "entry 2 ") {
				t.Errorf("the log has %q", s.logged)
			}
			for _, token := range []string{hidden, longToken, otherToken} {
				if strings.Contains(fmt.Sprint(s.logged), token) {
					t.Errorf("the log shows a token: %q", s.logged)
				}
			}
			if got, _ := secrets.Status(); got != (TokenStatus{Accepted: 2, Malformed: 1}) {
				t.Errorf("the status is %+v", got)
			}
		})
	}
}

func TestTheLogSaysNothingOfTokensThatAreLongEnough(t *testing.T) {
	s := store{secret: withEntries(quoted(longToken))}
	if _, err := s.use().Tokens(); err != nil || len(s.logged) != 0 {
		t.Errorf("%v, the log has %q", err, s.logged)
	}
}

func TestAStoreThatFailsIsInTheStatus(t *testing.T) {
	s := store{err: errNoStore}
	secrets := s.use()
	tokens, hooks := secrets.Status()
	if tokens != (TokenStatus{Error: errNoStore.Error()}) || len(hooks) != 2 || hooks[1] != (HookStatus{Name: "blog", Error: errNoStore.Error()}) {
		t.Errorf("the status is %+v, %+v", tokens, hooks)
	}
	if got, err := secrets.Tokens(); len(got) > 0 || !errors.Is(err, errNoStore) {
		t.Errorf("got %d tokens, %v", len(got), err)
	}
	if got, err := secrets.Unlimited(); len(got) > 0 || !errors.Is(err, errNoStore) {
		t.Errorf("got %d tokens, %v", len(got), err)
	}
	if got, err := secrets.Hook("cms"); len(got) > 0 || !errors.Is(err, errNoStore) {
		t.Errorf("got %d secrets, %v", len(got), err)
	}
}

func TestAMistakeInOneMemberLeavesTheOtherInOrder(t *testing.T) {
	for _, secret := range []string{`{"purge_tokens":{},"hooks":{"cms":"` + longToken + `"}}`, `{"purge_tokens":null,"hooks":{"cms":"` + longToken + `"}}`} {
		s := store{secret: secret}
		if got, err := s.use().Hook("cms"); err != nil || len(got) != 1 {
			t.Errorf("%s: %d secrets, %v", secret, len(got), err)
		}
	}
	for _, hooks := range []string{`[]`, `"x"`, `null`, `{"cms":7}`} {
		s := store{secret: `{"purge_tokens":["` + longToken + `"],"hooks":` + hooks + `}`}
		secrets := s.use()
		if got, err := secrets.Tokens(); err != nil || len(got) != 1 {
			t.Errorf("%s: %d tokens, %v", hooks, len(got), err)
		}
		if got, err := secrets.Hook("cms"); err == nil || len(got) > 0 {
			t.Errorf("%s: %d secrets, %v", hooks, len(got), err)
		}
		if _, status := secrets.Status(); status[0].Error == "" || status[0].Secrets != 0 {
			t.Errorf("%s: the status is %+v", hooks, status)
		}
	}
}

func TestSecretsOfHooksThatAreTooShortDoNotAuthenticate(t *testing.T) {
	s := store{secret: `{"hooks":{"cms":["` + shortToken + `","` + longToken + `"],"blog":"` + shortToken + `"}}`}
	secrets := s.use()
	for range 2 {
		if got, err := secrets.Hook("cms"); err != nil || !slices.Equal(got, []string{longToken}) {
			t.Errorf("got %q, %v", got, err)
		}
		if got, err := secrets.Hook("blog"); err != nil || len(got) != 0 {
			t.Errorf("got %q, %v", got, err)
		}
	}
	if len(s.logged) != 2 || !strings.Contains(s.logged[0], `hook "cms": 1 of its secrets have fewer than 16 characters`) || !strings.Contains(s.logged[1], `hook "blog"`) {
		t.Errorf("the log has %q", s.logged)
	}
	if strings.Contains(fmt.Sprint(s.logged), shortToken) {
		t.Errorf("the log shows a secret: %q", s.logged)
	}
	want := []HookStatus{{Name: "cms", Secrets: 1, TooShort: 1}, {Name: "blog", TooShort: 1}}
	if _, got := secrets.Status(); !slices.Equal(got, want) {
		t.Errorf("the status is %+v", got)
	}
}

func TestACredentialIsComparedWithSecretsReadInTheLastMinute(t *testing.T) {
	const ofHook = "the-secret-of-a-hook"
	s := store{secret: `{"purge_tokens":["` + longToken + `"],"hooks":{"cms":"` + ofHook + `","other":"` + otherToken + `"}}`}
	secrets := s.use()
	if secrets.Has(shortToken) || secrets.Has("") || s.reads != 0 {
		t.Errorf("read %d times for what can be no token", s.reads)
	}
	if !secrets.Has(longToken) || !secrets.Has(ofHook) || secrets.Has(otherToken) || secrets.Has(longToken+"0") || s.reads != 1 {
		t.Errorf("not exactly the token and the hook's secret are known, or they were read %d times", s.reads)
	}
	s.now = s.now.Add(secretTime - 1)
	s.secret = withEntries(quoted(otherToken))
	if !secrets.Has(longToken) || s.reads != 1 {
		t.Errorf("read %d times in a minute", s.reads)
	}
	s.now = s.now.Add(1)
	if secrets.Has(longToken) || !secrets.Has(otherToken) {
		t.Error("after a minute the old token counts, or the new one does not")
	}
	s.now = s.now.Add(secretTime)
	s.err = errNoStore
	if !secrets.Has(otherToken) || secrets.Has(longToken) {
		t.Error("the token is forgotten while the store fails")
	}
}

func FuzzTokens(f *testing.F) {
	for _, seed := range []string{quoted(longToken), `{"token":"0123456789abcdef","keys":["a*"]}`, `{"token":"0123456789abcdef","tenants":["anonymous"],"name":"x"}`, `null`, `[`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, entry string) {
		list, err := Secret{PurgeTokens: json.RawMessage(`[` + entry + `]`)}.tokens()
		if err != nil {
			return
		}
		for _, token := range list.tokens {
			if len(token.Text) < MinSecret || token.Name == "" {
				t.Errorf("%s authenticates with %q", entry, token.Text)
			}
			if token.Tenants != nil && len(token.Tenants) == 0 || token.Keys != nil && len(token.Keys) == 0 {
				t.Errorf("%s has empty limits", entry)
			}
			for _, id := range token.Tenants {
				if id != config.AnonymousTenant && !surrogate.ValidTenantID(id) {
					t.Errorf("%s is limited to the tenant %q", entry, id)
				}
			}
		}
	})
}
