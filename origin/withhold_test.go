package origin

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// recorder is a Sender that records what is sent.
type recorder struct{ sent []*Request }

func (r *recorder) Send(_ context.Context, _ string, req *Request) (*Response, error) {
	r.sent = append(r.sent, req)
	return nil, errRecorded
}

var errRecorded = errors.New("recorded")

func TestTheOperatorsCredentialsNeverReachAnOrigin(t *testing.T) {
	const token = "token-of-the-operator"
	tests := []struct {
		name          string
		authorization []string
		remain        []string
	}{
		{"a token", []string{"Bearer " + token}, nil},
		{"a token with spaces around it", []string{"  Bearer   " + token + "  "}, nil},
		{"a token behind another scheme", []string{"Token " + token}, nil},
		{"a token without a scheme", []string{token}, nil},
		{"a token beside a tenant's credential", []string{"Bearer tenant", "Bearer " + token}, nil},
		{"a tenant's credential", []string{"Bearer tenant"}, []string{"Bearer tenant"}},
		{"a tenant's credential that begins like a token", []string{"Bearer " + token + "s"}, []string{"Bearer " + token + "s"}},
		{"an empty credential", []string{""}, []string{""}},
		{"no credential", nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, logged := &recorder{}, ""
			sender := Withhold{
				Sender:   r,
				Fields:   []string{"Authorization", "X-Hook"},
				IsSecret: func(c string) bool { return c == token },
				Log:      func(format string, args ...any) { logged += fmt.Sprintf(format, args...) },
			}
			header := http.Header{"Fastly-Key": {"key"}, "Accept": {"a/b"}}
			if test.authorization != nil {
				header["Authorization"] = test.authorization
			}
			if _, err := sender.Send(t.Context(), "primary", &Request{Method: "GET", Path: "/a", Header: header}); !errors.Is(err, errRecorded) {
				t.Fatal(err)
			}
			sent := r.sent[0].Header
			if fmt.Sprint(sent["Authorization"]) != fmt.Sprint(test.remain) || sent["Fastly-Key"] != nil || sent.Get("Accept") != "a/b" {
				t.Errorf("the origin gets %v", sent)
			}
			withheld := len(test.authorization) > len(test.remain)
			if withheld != strings.Contains(logged, "withhold a purge token or a hook's secret from /a:") || strings.Contains(logged, token) {
				t.Errorf("the log has %q", logged)
			}
		})
	}
}

func TestAHooksSecretIsKeptFromTheOriginInAnyConfiguredField(t *testing.T) {
	r := &recorder{}
	sender := Withhold{
		Sender: r, Fields: []string{"Authorization", "X-Hook"},
		IsSecret: func(c string) bool { return c == "secret-of-the-hook" },
		Log:      func(string, ...any) {},
	}
	for _, header := range []http.Header{
		{"X-Hook": {"secret-of-the-hook"}, "Accept": {"a/b"}},
		{"X-Hook": {"other", "Bearer secret-of-the-hook"}, "Authorization": {"secret-of-the-hook"}, "Accept": {"a/b"}},
	} {
		if _, err := sender.Send(t.Context(), "primary", &Request{Path: "/a", Header: header}); !errors.Is(err, errRecorded) {
			t.Fatal(err)
		}
		if len(header) != 1 || header.Get("Accept") != "a/b" {
			t.Errorf("the origin gets %v", header)
		}
	}
	header := http.Header{"X-Hook": {"of-another-system"}, "X-Other": {"secret-of-the-hook"}}
	if _, err := sender.Send(t.Context(), "primary", &Request{Path: "/a", Header: header}); !errors.Is(err, errRecorded) || len(header) != 2 {
		t.Errorf("the origin gets %v, %v", header, err)
	}
}
