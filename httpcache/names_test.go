package httpcache

import (
	"strings"
	"testing"
)

func TestUnknownValuesHaveNames(t *testing.T) {
	tests := []struct{ got, want string }{
		{NotStored(99).String(), "not-stored-99"},
		{FwdNone.String(), ""},
		{FwdReason(99).String(), "fwd-99"},
	}
	for _, test := range tests {
		equal(t, test.want, test.got, test.want)
	}
}

func TestEveryReasonHasAName(t *testing.T) {
	seen := map[string]bool{}
	for reason := Storable; reason <= NotStoredInvalid; reason++ {
		name := reason.String()
		if seen[name] || !isSFToken(name) || strings.HasPrefix(name, "not-stored-") {
			t.Errorf("reason %d has the name %q", reason, name)
		}
		seen[name] = true
	}
}

func TestEveryFwdReasonIsAToken(t *testing.T) {
	for reason := FwdBypass; reason <= FwdPartial; reason++ {
		equal(t, reason.String(), isSFToken(reason.String()), true)
	}
}
