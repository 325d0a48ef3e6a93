package purge

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"larder/config"
	"larder/surrogate"
)

// MinSecret is the smallest length of a purge token or of a hook's secret that
// authenticates, in bytes. Shorter ones can be guessed.
const MinSecret = 16

// Secret is the operator's secret, as the Secret Store has it. Its members are
// decoded when they are used, so that a mistake in one does not disable the other.
type Secret struct {
	PurgeTokens json.RawMessage `json:"purge_tokens"`
	Hooks       json.RawMessage `json:"hooks"`
}

var (
	errTokens = errors.New("purge_tokens of the secret is not a list")
	errHooks  = errors.New("hooks of the secret is not an object")
)

// tokenList are the entries of purge_tokens.
type tokenList struct {
	tokens []Token // those that authenticate
	short  int     // how many have too few characters
	// faults say what is wrong with the others, without quoting them.
	faults []string
}

// tokens decodes the purge tokens. A secret without any has none.
func (s Secret) tokens() (tokenList, error) {
	var entries []json.RawMessage
	if s.PurgeTokens != nil && json.Unmarshal(s.PurgeTokens, &entries) != nil {
		return tokenList{}, errTokens
	}
	var list tokenList
	for i, entry := range entries {
		token := Token{Name: fmt.Sprintf("token %d", i+1)}
		err := token.decode(entry)
		switch {
		case err == nil && slices.ContainsFunc(list.tokens, func(t Token) bool { return t.Text == token.Text }):
			err = errors.New("is the same token as an earlier one")
		case err == nil && len(token.Text) < MinSecret:
			list.short++
			continue
		}
		if err != nil {
			list.faults = append(list.faults, fmt.Sprintf("entry %d %v", i+1, err))
			continue
		}
		list.tokens = append(list.tokens, token)
	}
	return list, nil
}

// tokenMembers are the members of a token that is an object.
const tokenMembers = "name, token, tenants and keys"

// decode reads an entry: a text or an object. Its errors quote nothing, because any
// text in it may be the token.
func (t *Token) decode(entry json.RawMessage) error {
	if text, ok := decodeAs[string](entry); ok {
		t.Text = text
		return nil
	}
	members, ok := decodeAs[map[string]json.RawMessage](entry)
	if !ok {
		return errors.New("is neither a text nor an object")
	}
	for name, value := range members {
		var good bool
		switch name {
		case "name":
			t.Name, good = decodeAs[string](value)
			good = good && validName(t.Name)
		case "token":
			t.Text, good = decodeAs[string](value)
		case "tenants":
			t.Tenants, good = decodeAs[[]string](value)
			good = good && len(t.Tenants) > 0 && !slices.ContainsFunc(t.Tenants, func(id string) bool {
				return id != config.AnonymousTenant && !surrogate.ValidTenantID(id)
			})
		case "keys":
			t.Keys, good = decodeAs[[]string](value)
			good = good && len(t.Keys) > 0 && !slices.ContainsFunc(t.Keys, func(key string) bool {
				return key == "" || strings.Contains(key[:len(key)-1], "*")
			})
		default:
			return errors.New("has an unknown member; known are " + tokenMembers)
		}
		if !good {
			return fmt.Errorf("has a member %s that is not valid", name)
		}
	}
	switch {
	case members["token"] == nil:
		return errors.New("has no member token")
	case t.Text != "" && strings.Contains(t.Name, t.Text):
		return errors.New("has the token in its name")
	}
	return nil
}

// validName reports whether a token's name fits into a log line.
func validName(name string) bool {
	const longest = 64
	return name != "" && len(name) <= longest && !strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// decodeAs decodes a value of exactly this type; null is none.
func decodeAs[T any](value json.RawMessage) (T, bool) {
	var decoded *T
	if err := json.Unmarshal(value, &decoded); err != nil || decoded == nil {
		var none T
		return none, false
	}
	return *decoded, true
}

// hookSecrets are the secrets of one hook.
type hookSecrets struct {
	valid []string // those that authenticate
	short int      // how many have too few characters
}

// hook decodes the secrets of a hook: one text, or a list of them during a change.
func (s Secret) hook(name string) (hookSecrets, error) {
	hooks, ok := decodeAs[map[string]json.RawMessage](s.Hooks)
	if s.Hooks != nil && !ok {
		return hookSecrets{}, errHooks
	}
	var all []string
	if value, found := hooks[name]; found {
		if one, ok := decodeAs[string](value); ok {
			all = []string{one}
		} else if all, ok = decodeAs[[]string](value); !ok {
			return hookSecrets{}, fmt.Errorf("hooks of the secret have neither a text nor a list of texts for %q", name)
		}
	}
	var secrets hookSecrets
	for _, text := range all {
		if len(text) < MinSecret {
			secrets.short++
			continue
		}
		secrets.valid = append(secrets.valid, text)
	}
	return secrets, nil
}
