package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
)

// errOutcome means that a result is neither true nor a kind and a message.
var errOutcome = errors.New("want true or [kind, message]")

// outcome is the result of a case. The zero value is a pass. Its JSON is what
// the suite prints: true, or an array of the failure's kind and message.
type outcome struct {
	// failure is the suite's kind of failure: "Assertion" for the behaviour
	// under test, "Setup" for its preconditions, anything else for an error in
	// between. "" is a pass.
	failure string
	message string
}

func (o outcome) passed() bool { return o.failure == "" }

// String returns "passed", or the failure's kind and message.
func (o outcome) String() string {
	if o.passed() {
		return "passed"
	}
	return o.failure + ": " + o.message
}

// MarshalJSON implements json.Marshaler.
func (o outcome) MarshalJSON() ([]byte, error) {
	if o.passed() {
		return []byte("true"), nil
	}
	return marshal([]string{o.failure, o.message})
}

// UnmarshalJSON implements json.Unmarshaler. The error wraps errOutcome if the
// text is in another format.
func (o *outcome) UnmarshalJSON(text []byte) error {
	*o = outcome{}
	if string(text) == "true" {
		return nil
	}
	var pair []string
	if err := json.Unmarshal(text, &pair); err != nil || len(pair) != 2 || pair[0] == "" {
		return fmt.Errorf("%w, not %s", errOutcome, text)
	}
	o.failure, o.message = pair[0], volatile.mask(pair[1])
	return nil
}

// outcomes maps case IDs to the outcomes of a run.
type outcomes map[string]outcome

// volatile masks the parts of messages that differ from run to run, so that the
// record changes only with the behaviour.
var volatile = masks{
	{regexp.MustCompile(`\b[0-9a-f]{8,}-[0-9a-f]{4,}-[0-9a-f]{4,}-[0-9a-f]{4,}-[0-9a-f]{12,}\b`), "<token>"},
	{regexp.MustCompile(`\b\w{3,9}, \d{2}[ -]\w{3}[ -]\d{2,4} \d{2}:\d{2}:\d{2} GMT\b`), "<date>"},
	{regexp.MustCompile(`\b(127\.0\.0\.1|localhost):\d+\b`), "<host>"},
	{regexp.MustCompile(`\b\d{13}\b`), "<milliseconds>"},
}

type masks []struct {
	pattern *regexp.Regexp
	name    string
}

func (m masks) mask(message string) string {
	for _, one := range m {
		message = one.pattern.ReplaceAllString(message, one.name)
	}
	return message
}
