package main

import (
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"
)

func TestARecordSurvivesWritingAndReading(t *testing.T) {
	committed := record{t.TempDir()}
	empty, err := committed.outcomes()
	if err != nil || len(empty) != 0 {
		t.Fatalf("before the first update there are %v, %v", empty, err)
	}
	run := outcomes{"b": fail, "a": pass, "c": {failure: "Setup", message: `a "quoted" <token> & more`}}
	if err := committed.update(catalogue{}, run); err != nil {
		t.Fatal(err)
	}
	got, err := committed.outcomes()
	if err != nil || !reflect.DeepEqual(got, run) {
		t.Errorf("read %v, %v; want %v", got, err, run)
	}
	text, err := os.ReadFile(committed.outcomesFile())
	want := "{\n  \"a\": true,\n  \"b\": [\n    \"Assertion\",\n    \"Response 2 comes from cache\"\n  ],\n" +
		"  \"c\": [\n    \"Setup\",\n    \"a \\\"quoted\\\" <token> & more\"\n  ]\n}\n"
	if err != nil || string(text) != want {
		t.Errorf("the file is %s, want %s", text, want)
	}
}

func TestAnOutcomeIsReadAsTheSuitePrintsIt(t *testing.T) {
	for _, c := range []struct {
		name string
		text string
		want outcome
		err  error
	}{
		{"true is a pass", `true`, pass, nil},
		{"a kind and a message are a failure", `["Assertion","Response 2 comes from cache"]`, fail, nil},
		{"tokens are masked", `["Setup","Response body is \"\", not \"2c5ad0d1-1e2f-4a3b-8c4d-01a2b3c4d5e6\""]`,
			outcome{"Setup", `Response body is "", not "<token>"`}, nil},
		{"dates are masked", `["Assertion","Response 2 header Date is \"Mon, 23 Nov 2026 19:54:11 GMT\""]`,
			outcome{"Assertion", `Response 2 header Date is "<date>"`}, nil},
		{"old dates are masked", `["Assertion","Monday, 23-Nov-26 19:54:11 GMT"]`, outcome{"Assertion", "<date>"}, nil},
		{"ports are masked", `["FetchError","request to http://127.0.0.1:43113/test failed"]`,
			outcome{"FetchError", "request to http://<host>/test failed"}, nil},
		{"the time is masked", `["Assertion","header Server-Now is 1795463651123"]`,
			outcome{"Assertion", "header Server-Now is <milliseconds>"}, nil},
		{"false is not a result", `false`, outcome{}, errOutcome},
		{"a failure without a kind is not a result", `["","message"]`, outcome{}, errOutcome},
		{"a failure without a message is not a result", `["Setup"]`, outcome{}, errOutcome},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got outcome
			err := got.UnmarshalJSON([]byte(c.text))
			if !errors.Is(err, c.err) || got != c.want {
				t.Errorf("got %+v, %v; want %+v, %v", got, err, c.want, c.err)
			}
		})
	}
}

func TestAMisspeltMemberOfAnExceptionIsAnError(t *testing.T) {
	committed := record{t.TempDir()}
	if err := os.WriteFile(committed.exceptionsFile(), []byte(`[{"cases":["a"],"raeson":"r"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := committed.exceptions(); err == nil || !strings.Contains(err.Error(), "raeson") {
		t.Errorf("error is %v, want one that names the member", err)
	}
}
