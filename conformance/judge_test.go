package main

import (
	"errors"
	"reflect"
	"testing"
)

var (
	pass = outcome{}
	fail = outcome{failure: "Assertion", message: "Response 2 comes from cache"}
)

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		name     string
		kind     string
		record   outcomes
		run      outcomes
		excepted bool
		want     verdict
		failed   bool
	}{
		{"a case that passed before and fails now is worse", check,
			outcomes{"a": pass}, outcomes{"a": fail}, false, verdict{worse: []string{"a"}}, true},
		{"a required case that is worse is unexplained too", required,
			outcomes{"a": pass}, outcomes{"a": fail}, false,
			verdict{worse: []string{"a"}, unexplained: []string{"a"}}, true},
		{"a reason does not excuse a case that is worse", required,
			outcomes{"a": pass}, outcomes{"a": fail}, true, verdict{worse: []string{"a"}}, true},
		{"an optimal case that always failed needs a reason", optimal,
			outcomes{"a": fail}, outcomes{"a": fail}, false, verdict{unexplained: []string{"a"}}, true},
		{"an optimal case that fails with a reason is accepted", optimal,
			outcomes{"a": fail}, outcomes{"a": fail}, true, verdict{}, false},
		{"a check case that always failed is accepted", check,
			outcomes{"a": fail}, outcomes{"a": fail}, false, verdict{}, false},
		{"another message is still the same failure", check,
			outcomes{"a": fail}, outcomes{"a": {failure: "Setup", message: "retry"}}, false, verdict{}, false},
		{"a case that failed before and passes now is better", required,
			outcomes{"a": fail}, outcomes{"a": pass}, false, verdict{better: []string{"a"}}, false},
		{"a reason for a case that passes is stale", required,
			outcomes{"a": pass}, outcomes{"a": pass}, true, verdict{stale: []string{"a"}}, false},
		{"a case without a record cannot be worse", check,
			nil, outcomes{"a": fail}, false, verdict{unrecorded: []string{"a"}}, false},
		{"a case that did not run fails the run", check,
			outcomes{"a": fail}, outcomes{}, false, verdict{missing: []string{"a"}}, true},
		{"an outcome for an unknown case changes nothing", check,
			outcomes{"a": pass}, outcomes{"a": pass, "b": fail}, false, verdict{}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			excepted := map[string]string{}
			if c.excepted {
				excepted["a"] = "a reason"
			}
			got := judge(catalogue{Cases: []testCase{{ID: "a", Kind: c.kind}}}, c.record, c.run, excepted)
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("verdict is %+v, want %+v", got, c.want)
			}
			if got.failed() != c.failed {
				t.Errorf("failed is %v, want %v", got.failed(), c.failed)
			}
		})
	}
}

func TestSuspectsAreTheCasesThatFailTheRun(t *testing.T) {
	v := verdict{
		worse:       []string{"c", "a"},
		unexplained: []string{"a", "b"},
		missing:     []string{"d"},
		better:      []string{"e"},
		stale:       []string{"f"},
	}
	if got, want := v.suspects(), []string{"a", "b", "c", "d"}; !reflect.DeepEqual(got, want) {
		t.Errorf("suspects are %v, want %v", got, want)
	}
}

func TestReasons(t *testing.T) {
	suite := catalogue{Cases: []testCase{{ID: "a", Kind: required}, {ID: "b", Kind: optimal}, {ID: "c", Kind: check}}}
	for _, c := range []struct {
		name       string
		exceptions []exception
		want       map[string]string
		err        error
	}{
		{"one reason may serve several cases", []exception{{Cases: []string{"a", "b"}, Reason: "r"}},
			map[string]string{"a": "r", "b": "r"}, nil},
		{"a case must not have two reasons", []exception{{Cases: []string{"a"}, Reason: "r"}, {Cases: []string{"a"}, Reason: "s"}}, nil, errException},
		{"a misspelt case is an error", []exception{{Cases: []string{"A"}, Reason: "r"}}, nil, errException},
		{"a reason for a check case is an error", []exception{{Cases: []string{"c"}, Reason: "r"}}, nil, errException},
		{"an empty reason is an error", []exception{{Cases: []string{"a"}}}, nil, errException},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := reasons(c.exceptions, suite)
			if !errors.Is(err, c.err) || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %v, %v; want %v, %v", got, err, c.want, c.err)
			}
		})
	}
}
