package shield

import (
	"strings"
	"testing"
	"time"
)

func TestAnAnswerSurvivesWritingAndParsing(t *testing.T) {
	tests := []struct {
		name   string
		answer Answer
		text   string
	}{
		{"usable, not stored", Answer{State: Usable}, "usable"},
		{"usable for an hour", Answer{State: Usable, TTL: time.Hour, HasTTL: true}, "usable; ttl=3600000"},
		{"usable with no freshness left", Answer{State: Usable, HasTTL: true}, "usable; ttl=0"},
		{"stale for half a second", Answer{State: Stale, TTL: -500 * time.Millisecond, HasTTL: true}, "stale; ttl=-500"},
		{"stale without a TTL", Answer{State: Stale}, "stale"},
		{"failed", Answer{State: Failed}, "failed"},
		{"usable for ten years", Answer{State: Usable, TTL: maxTTL, HasTTL: true}, "usable; ttl=315360000000"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.answer.String(); got != test.text {
				t.Errorf("written %q, want %q", got, test.text)
			}
			if got, ok := ParseAnswer(test.text); !ok || got != test.answer {
				t.Errorf("parsed as %+v, %t", got, ok)
			}
		})
	}
}

func TestALongTTLIsClampedToTenYears(t *testing.T) {
	for _, ttl := range []time.Duration{1 << 31 * time.Second, -1 << 31 * time.Second} {
		text := Answer{State: Usable, TTL: ttl, HasTTL: true}.String()
		got, ok := ParseAnswer(text)
		if !ok || !got.HasTTL || got.TTL.Abs() != maxTTL || (got.TTL < 0) != (ttl < 0) {
			t.Errorf("%q is parsed as %+v, %t", text, got, ok)
		}
	}
}

func TestAMalformedAnswerIsRefused(t *testing.T) {
	for name, value := range map[string]string{
		"an empty value":                "",
		"another word":                  "fresh",
		"another case":                  "Usable",
		"a space before":                " usable",
		"a space after":                 "usable ",
		"another parameter":             "usable; age=5",
		"a TTL without a number":        "usable; ttl=",
		"a TTL in words":                "usable; ttl=long",
		"a fraction of a millisecond":   "usable; ttl=1.5",
		"a TTL with its unit":           "usable; ttl=5ms",
		"two TTLs":                      "usable; ttl=5; ttl=6",
		"a TTL that overflows":          "usable; ttl=9223372036854775808",
		"a TTL past ten years":          "usable; ttl=315360000001",
		"a negative TTL past ten years": "stale; ttl=-315360000001",
		"a TTL without a state":         "; ttl=5",
	} {
		t.Run(name, func(t *testing.T) {
			if got, ok := ParseAnswer(value); ok || got != (Answer{}) {
				t.Errorf("parsed as %+v, %t", got, ok)
			}
		})
	}
}

func FuzzParseAnswer(f *testing.F) {
	for _, value := range []string{"usable", "stale; ttl=-500", "failed", "usable; ttl=315360000000", "usable; ttl=+5", "stale; ttl=", "x"} {
		f.Add(value)
	}
	f.Fuzz(func(t *testing.T, value string) {
		a, ok := ParseAnswer(value)
		if !ok {
			if a != (Answer{}) {
				t.Errorf("%q is refused, but parsed as %+v", value, a)
			}
			return
		}
		if a.TTL.Abs() > maxTTL || !a.HasTTL && a.TTL != 0 {
			t.Errorf("%q is parsed as %+v", value, a)
		}
		if again, ok := ParseAnswer(a.String()); !ok || again != a {
			t.Errorf("%q is parsed as %+v, but after writing as %+v, %t", value, a, again, ok)
		}
	})
}

func TestARequirementSurvivesWritingAndParsing(t *testing.T) {
	for _, want := range []Requirement{Any, Fresh} {
		gotToken, got := parseEdgeField(want.FieldValue("token"))
		if gotToken != "token" || got != want {
			t.Errorf("requirement %d is parsed as %q, %d", want, gotToken, got)
		}
	}
}

func TestAnEdgesTokenDoesNotRevealThePurgeToken(t *testing.T) {
	const purge = "a-long-purge-token"
	got := token(purge)
	if got == token("another") || got != token(purge) {
		t.Errorf("%q does not depend on exactly its purge token", got)
	}
	if strings.Contains(got, purge) || len(got) != 43 || strings.ContainsAny(got, "; ,\r\n\t") {
		t.Errorf("%q is not a valid token in a header", got)
	}
}
