package purge

import (
	"errors"
	"strings"
	"testing"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/problem"
)

func TestTheGuardAuthenticatesOperators(t *testing.T) {
	errStore := errors.New("secret store unavailable")
	tests := []struct {
		name      string
		token     string // Authorization; "none" without
		fastlyKey string
		tokens    []string
		tokensErr error
		keyErr    error
		status    int // 0: authenticated
	}{
		{"the token", "Bearer operator", "", []string{"operator"}, nil, nil, 0},
		{"the second of two tokens", "Bearer newer", "", []string{"operator", "newer"}, nil, nil, 0},
		{"the scheme in another case", "bEARER operator", "", []string{"operator"}, nil, nil, 0},
		{"extra spaces around the token", "Bearer   operator ", "", []string{"operator"}, nil, nil, 0},
		{"a valid Fastly-Key", "none", "valid", nil, nil, nil, 0},
		{"a valid Fastly-Key without tokens to compare", "none", "valid", nil, errStore, nil, 0},
		{"an invalid Fastly-Key beside the token", "Bearer operator", "wrong", []string{"operator"}, nil, nil, 0},

		{"nothing", "none", "", []string{"operator"}, nil, nil, 401},
		{"another token", "Bearer other", "", []string{"operator"}, nil, nil, 401},
		{"a prefix of the token", "Bearer operato", "", []string{"operator"}, nil, nil, 401},
		{"the token and more", "Bearer operator2", "", []string{"operator"}, nil, nil, 401},
		{"the token in another case", "Bearer OPERATOR", "", []string{"operator"}, nil, nil, 401},
		{"another scheme", "Basic operator", "", []string{"operator"}, nil, nil, 401},
		{"no scheme", "operator", "", []string{"operator"}, nil, nil, 401},
		{"a scheme without a token", "Bearer", "", []string{"operator", ""}, nil, nil, 401},
		{"an empty token is never valid", "Bearer ", "", []string{""}, nil, nil, 401},
		{"no tokens configured", "Bearer operator", "", nil, nil, nil, 401},
		{"an invalid Fastly-Key", "none", "wrong", []string{"operator"}, nil, nil, 401},
		{"a Fastly-Key that cannot be checked", "none", "valid", []string{"operator"}, nil, errStore, 401},
		{"tokens that cannot be read", "Bearer operator", "", nil, errStore, nil, 503},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			guard := &Guard{
				Tokens: func() ([]Token, error) { return tokensOf(test.tokens...), test.tokensErr },
				FastlyKeyIsValid: func(r *fsthttp.Request) (bool, error) {
					return r.Header.Get("Fastly-Key") == "valid", test.keyErr
				},
			}
			q := call{token: test.token}
			if test.fastlyKey != "" {
				q.header = []string{"Fastly-Key: " + test.fastlyKey}
			}
			err := guard.Check(q.build(t))
			if test.status == 0 {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			d := problem.From(err)
			if err == nil || d.Status != test.status {
				t.Fatalf("the error is %v", err)
			}
			header, body := d.Answer()
			if test.status == 401 && !strings.HasPrefix(header.Get("WWW-Authenticate"), "Bearer") {
				t.Errorf("WWW-Authenticate is %q", header.Get("WWW-Authenticate"))
			}
			if strings.Contains(string(body), "operator\"") || strings.Contains(string(body), errStore.Error()) {
				t.Errorf("the client sees %s", body)
			}
		})
	}
}

func TestThePlatformIsOnlyAskedAboutAFastlyKey(t *testing.T) {
	guard := &Guard{
		Tokens: func() ([]Token, error) { return tokensOf("operator"), nil },
		FastlyKeyIsValid: func(*fsthttp.Request) (bool, error) {
			t.Error("the platform is asked")
			return true, nil
		},
	}
	if err := guard.Check(call{token: "Bearer operator"}.build(t)); err != nil {
		t.Error(err)
	}
}
