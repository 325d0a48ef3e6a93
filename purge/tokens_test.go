package purge

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

var errNoStore = errors.New("the store is unavailable")

// store is a Secret Store with a clock and a log.
type store struct {
	tokens []string
	err    error
	reads  int
	now    time.Time
	logged []string
}

func (s *store) use() *Tokens {
	s.now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	return &Tokens{
		Secret: func() ([]string, error) { s.reads++; return s.tokens, s.err },
		Now:    func() time.Time { return s.now },
		Log:    func(format string, args ...any) { s.logged = append(s.logged, fmt.Sprintf(format, args...)) },
	}
}

const (
	longToken  = "0123456789abcdef" // as short as a token may be
	otherToken = "another-token-of-the-operator"
	shortToken = "0123456789abcde"
)

func TestTokensThatAreTooShortDoNotAuthenticate(t *testing.T) {
	s := store{tokens: []string{shortToken, longToken, "", otherToken}}
	tokens := s.use()
	for range 3 {
		got, err := tokens.Read()
		if !slices.Equal(got, []string{longToken, otherToken}) || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}
	guard := &Guard{Tokens: tokens.Read}
	if err := guard.Check(call{token: "Bearer " + shortToken}.build(t)); !errors.Is(err, problemUnauthorized) {
		t.Errorf("the short token: %v", err)
	}
	if err := guard.Check(call{token: "Bearer " + longToken}.build(t)); err != nil {
		t.Errorf("the long token: %v", err)
	}
}

func TestTokensThatAreTooShortAreReportedOnceWithoutTheirText(t *testing.T) {
	s := store{tokens: []string{shortToken, longToken, "x"}}
	tokens := s.use()
	for range 3 {
		if _, err := tokens.Read(); err != nil {
			t.Fatal(err)
		}
		tokens.Has(longToken)
	}
	if len(s.logged) != 1 || !strings.Contains(s.logged[0], "2 of 3 have fewer than 16 characters") {
		t.Errorf("the log has %q", s.logged)
	}
	if strings.Contains(fmt.Sprint(s.logged), shortToken) {
		t.Errorf("the log shows a token: %q", s.logged)
	}
	if got := tokens.Status(); got != (TokenStatus{Accepted: 1, TooShort: 2}) {
		t.Errorf("the status is %+v", got)
	}
}

func TestTheLogSaysNothingOfTokensThatAreLongEnough(t *testing.T) {
	s := store{tokens: []string{longToken}}
	tokens := s.use()
	if _, err := tokens.Read(); err != nil || len(s.logged) != 0 {
		t.Errorf("%v, the log has %q", err, s.logged)
	}
}

func TestAStoreThatFailsIsInTheStatus(t *testing.T) {
	s := store{err: errNoStore}
	tokens := s.use()
	if got := tokens.Status(); got != (TokenStatus{Error: errNoStore.Error()}) {
		t.Errorf("the status is %+v", got)
	}
	if got, err := tokens.Read(); len(got) > 0 || !errors.Is(err, errNoStore) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestACredentialIsComparedWithTokensReadInTheLastMinute(t *testing.T) {
	s := store{tokens: []string{longToken}}
	tokens := s.use()
	if tokens.Has(shortToken) || tokens.Has("") || s.reads != 0 {
		t.Errorf("read %d times for what can be no token", s.reads)
	}
	if !tokens.Has(longToken) || tokens.Has(otherToken) || tokens.Has(longToken+"0") || s.reads != 1 {
		t.Errorf("not exactly the token is one, or it was read %d times", s.reads)
	}
	s.now = s.now.Add(tokenTime - 1)
	s.tokens = []string{otherToken}
	if !tokens.Has(longToken) || s.reads != 1 {
		t.Errorf("read %d times in a minute", s.reads)
	}
	s.now = s.now.Add(1)
	if tokens.Has(longToken) || !tokens.Has(otherToken) {
		t.Error("after a minute the old token counts, or the new one does not")
	}
	s.now = s.now.Add(tokenTime)
	s.err = errNoStore
	if !tokens.Has(otherToken) || tokens.Has(longToken) {
		t.Error("the token is forgotten while the store fails")
	}
}
