package problem

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

var errSecret = errors.New("token hunter2 refused")

func TestAnswer(t *testing.T) {
	base := New("no-key", http.StatusBadRequest, "No key.")
	tests := []struct {
		name       string
		problem    *Details
		body       string
		retryAfter string
	}{
		{"without a detail", base, `{"type":"urn:larder:problem:no-key","title":"No key.","status":400}`, ""},
		{"with a detail", base.WithDetail("Key 2 is empty."), `{"type":"urn:larder:problem:no-key","title":"No key.","status":400,"detail":"Key 2 is empty."}`, ""},
		{"with members of its own", base.WithMember("msg", "<Why>").WithMember("a", ""), `{"type":"urn:larder:problem:no-key","title":"No key.","status":400,"a":"","msg":"\u003cWhy\u003e"}`, ""},
		{"with Retry-After", base.RetryAfter(30), `{"type":"urn:larder:problem:no-key","title":"No key.","status":400}`, "30"},
		{"with a cause, which the client does not see", base.Because(errSecret), `{"type":"urn:larder:problem:no-key","title":"No key.","status":400}`, ""},
		{"with a detail that JSON must escape", base.WithDetail("\"<\xff>\n"), `{"type":"urn:larder:problem:no-key","title":"No key.","status":400,"detail":"\"\u003c\ufffd\u003e\n"}`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			header, body := test.problem.Answer()
			if got := header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("Content-Type is %q", got)
			}
			if got := header.Get("Cache-Control"); got != "no-store" {
				t.Errorf("Cache-Control is %q", got)
			}
			_, hasRetryAfter := header["Retry-After"]
			if got := header.Get("Retry-After"); got != test.retryAfter || hasRetryAfter != (test.retryAfter != "") {
				t.Errorf("Retry-After is %q, not %q", header["Retry-After"], test.retryAfter)
			}
			var got, want map[string]any
			if err := json.Unmarshal(body, &got); err != nil {
				t.Fatalf("the body %q: %v", body, err)
			}
			if err := json.Unmarshal([]byte(test.body), &want); err != nil {
				t.Fatal(err)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("the body is %s, not %s", body, test.body)
			}
		})
	}
}

func TestFrom(t *testing.T) {
	known := New("no-key", http.StatusBadRequest, "No key.")
	tests := []struct {
		name   string
		err    error
		status int
	}{
		{"a problem is returned unchanged", known, 400},
		{"a wrapped problem is found", fmt.Errorf("parse: %w", known.WithDetail("x")), 400},
		{"a joined problem is found", errors.Join(errSecret, known), 400},
		{"any other error is internal", errSecret, 500},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := From(test.err)
			if d.Status != test.status {
				t.Errorf("the status is %d", d.Status)
			}
			_, body := d.Answer()
			if strings.Contains(string(body), "hunter2") {
				t.Errorf("the body is %s", body)
			}
		})
	}
	if !errors.Is(From(errSecret), errSecret) || !strings.Contains(From(errSecret).Error(), "hunter2") {
		t.Error("the cause is missing from the error")
	}
}

func TestCopiesOfAProblemAreTheSameError(t *testing.T) {
	a, b := New("a", 400, "A."), New("b", 400, "B.")
	if !errors.Is(a.WithDetail("x").RetryAfter(1).Because(errSecret), a) {
		t.Error("a copy is a different error")
	}
	if errors.Is(a, b) || errors.Is(a, errSecret) {
		t.Error("different problems are the same error")
	}
}

func TestCopiesDoNotModifyTheOriginal(t *testing.T) {
	base := New("a", 400, "A.").WithHeader("Allow", "POST")
	base.WithDetail("x").WithHeader("Allow", "GET").RetryAfter(3).Because(errSecret)
	header, body := base.Answer()
	header.Set("Allow", "PUT")
	again, _ := base.Answer()
	if _, hasRetryAfter := again["Retry-After"]; hasRetryAfter || again.Get("Allow") != "POST" {
		t.Errorf("the header became %v", again)
	}
	if strings.Contains(string(body), "detail") || errors.Is(base, errSecret) {
		t.Errorf("it became %v with the body %s", base, body)
	}
}

func TestErrorContainsDetailAndCause(t *testing.T) {
	d := New("a", 400, "A.").WithDetail("B.").Because(errSecret)
	if got, want := d.Error(), "A. B. (token hunter2 refused)"; got != want {
		t.Errorf("it is %q, not %q", got, want)
	}
}
