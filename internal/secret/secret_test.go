package secret_test

import (
	"testing"

	"larder/internal/secret"
)

func TestOneOf(t *testing.T) {
	tests := []struct {
		name    string
		given   string
		secrets []string
		want    bool
	}{
		{"the only token", "operator", []string{"operator"}, true},
		{"the first of two", "older", []string{"older", "newer"}, true},
		{"the last of two", "newer", []string{"older", "newer"}, true},
		{"a token that is listed twice", "older", []string{"older", "older"}, true},
		{"a token beside an empty one", "operator", []string{"", "operator"}, true},
		{"another token", "other", []string{"operator"}, false},
		{"a prefix of a token", "operato", []string{"operator"}, false},
		{"a token and more", "operator2", []string{"operator"}, false},
		{"a token in another case", "OPERATOR", []string{"operator"}, false},
		{"an empty token", "", []string{"operator"}, false},
		{"an empty token that is listed", "", []string{""}, false},
		{"no tokens", "operator", nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := secret.OneOf(test.given, test.secrets); got != test.want {
				t.Errorf("got %v", got)
			}
		})
	}
}

func TestIndex(t *testing.T) {
	secrets := []string{"", "older", "newer", "older"}
	for given, want := range map[string]int{"older": 1, "newer": 2, "": -1, "other": -1} {
		if got := secret.Index(given, secrets); got != want {
			t.Errorf("%q is at %d, want %d", given, got, want)
		}
	}
}
