package shield

import (
	"errors"
	"slices"
	"testing"
	"time"
)

var errStore = errors.New("the store is unavailable")

// bed is a fake clock, Secret Store and host.
type bed struct {
	now time.Time

	purge    []string // the purge tokens
	purgeErr error
	reads    int

	here       bool
	target     string
	infoErr    error
	infos      []string // the arguments of Info
	backend    string
	backendErr error
	backends   []string // the arguments of Backend

	logged []string
}

func newBed() *bed {
	return &bed{
		now:     time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC),
		purge:   []string{"first", "second"},
		target:  "target",
		backend: "backend-7",
	}
}

func (b *bed) clock() time.Time { return b.now }

func (b *bed) tokens() *Tokens {
	return &Tokens{Now: b.clock, Purge: func() ([]string, error) {
		b.reads++
		return b.purge, b.purgeErr
	}}
}

func TestTokens(t *testing.T) {
	tests := []struct {
		name  string
		purge []string
		err   error
		want  []string
		fails error
	}{
		{"one for each purge token, in order", []string{"first", "second"}, nil, []string{token("first"), token("second")}, nil},
		{"none for an empty one", []string{"", "second"}, nil, []string{token("second")}, nil},
		{"there is no purge token", nil, nil, nil, ErrNoToken},
		{"all are empty", []string{"", ""}, nil, nil, ErrNoToken},
		{"the store fails", []string{"first"}, errStore, nil, errStore},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBed()
			b.purge, b.purgeErr = test.purge, test.err
			got, err := b.tokens().read()
			if !slices.Equal(got, test.want) || !errors.Is(err, test.fails) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

func TestTokensAreCached(t *testing.T) {
	tests := []struct {
		name string
		err  error
		wait time.Duration
	}{
		{"tokens are used for a minute", nil, time.Minute},
		{"a failure is cached for five seconds", errStore, 5 * time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBed()
			b.purgeErr = test.err
			tokens := b.tokens()
			for _, at := range []time.Duration{0, 0, test.wait - 1} {
				b.now = newBed().now.Add(at)
				if _, err := tokens.read(); !errors.Is(err, test.err) {
					t.Errorf("after %v: %v", at, err)
				}
			}
			if b.reads != 1 {
				t.Errorf("read %d times, want once", b.reads)
			}
			b.now = b.now.Add(1)
			b.purge, b.purgeErr = []string{"third"}, nil
			got, err := tokens.read()
			if !slices.Equal(got, []string{token("third")}) || err != nil || b.reads != 2 {
				t.Errorf("got %q, %v after %d reads", got, err, b.reads)
			}
		})
	}
}

func TestTokensAreNotUsedOnceTheyCannotBeRead(t *testing.T) {
	b := newBed()
	tokens := b.tokens()
	if _, err := tokens.read(); err != nil {
		t.Fatal(err)
	}
	b.now = b.now.Add(tokenLifetime)
	b.purgeErr = errStore
	if got, err := tokens.read(); len(got) != 0 || !errors.Is(err, errStore) {
		t.Errorf("got %q, %v", got, err)
	}
}
