package config

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestTheVaultIsOffUnlessAskedFor(t *testing.T) {
	if got := parse(t, minimal(``, ``)).Vault; got != nil {
		t.Errorf("got %+v", got)
	}
}

func TestAnEmptyVaultHasItsDefaults(t *testing.T) {
	got := parse(t, minimal(`"vault":{},`, ``)).Vault
	want := Vault{Store: "larder_vault", Interval: time.Minute, MaxAge: 30 * day, MaxBody: 4 << 20, Superseded: true}
	if got == nil || *got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAVaultOutOfRangeIsRefused(t *testing.T) {
	_, err := Parse([]byte(minimal(`"vault":{"interval":"10ms","max_age":"30s","max_body":"17MiB"},`, ``)))
	want := []string{
		`$.vault.interval: want a duration from 1s to 1d; got 10ms`,
		`$.vault.max_age: want a duration from 1m to 365d; got 30s`,
		`$.vault.max_body: want a size from 1KiB to 16MiB; got 17MiB`,
	}
	if !errors.Is(err, ErrInvalid) || err.Error() != strings.Join(want, "\n") {
		t.Errorf("got %v", err)
	}
}
