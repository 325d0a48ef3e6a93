package handlers

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	"larder/origin"
)

// Clients can change as many URLs as they like. That must not cost the copies of
// other URLs, which would count as purged if they shared a log that is full.
func TestManyChangesLeaveTheVaultsOtherCopies(t *testing.T) {
	v := newVaulted(t, tenantsConfig, "")
	v.says(200, before)
	v.get("/posts/tea/").want(200, before, anything)
	v.pass(time.Hour)
	v.says(204, "")
	v.kv.Calls()
	logs := map[string]bool{}
	for i := range 100 {
		v.request("DELETE", fmt.Sprintf("/posts/x%d/?auth_token=t", i), "")
	}
	for _, call := range v.kv.Calls() {
		logs[call.Key] = true
	}
	if len(logs) != 100 {
		t.Errorf("100 URLs have %d logs", len(logs))
	}
	v.cold()
	v.fails(errRefused)
	v.get("/posts/tea/").wantCopy(before, "vault")
}

func TestAChangeIsRecordedThoughItsAnswerBreaksOff(t *testing.T) {
	v := newVaulted(t, testConfig, `"superseded": false`)
	v.says(200, before)
	v.get("/posts/tea/").want(200, before, anything)
	v.pass(time.Minute)
	v.app.abort = runtime.Goexit // as if the sandbox ended
	v.does(func(*origin.Request) (*origin.Response, error) {
		r := v.response(200, "")
		r.Remainder = &originBody{Reader: strings.NewReader("ha"), err: errReset}
		return r, nil
	})
	done := make(chan struct{})
	go func() {
		defer close(done)
		v.request("PUT", "/posts/tea/", "{}")
	}()
	<-done
	v.cold()
	v.fails(errRefused)
	v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

func TestWhatIsFetchedAfterAChangeIsNotSuperseded(t *testing.T) {
	v := newVaulted(t, testConfig, `"superseded": false`)
	v.says(200, before)
	v.get("/posts/tea/").want(200, before, anything)
	v.pass(time.Minute)
	v.does(func(*origin.Request) (*origin.Response, error) {
		r := v.response(200, "")
		r.Remainder = io.NopCloser(meanwhile(func() {
			// The client reads slowly while others fetch the new content.
			v.pass(5 * time.Second)
			v.says(200, after)
			v.get("/posts/tea/").want(200, after, anything)
			v.pass(25 * time.Second)
		}))
		return r, nil
	})
	v.request("PUT", "/posts/tea/", "{}").want(200, "", anything)
	v.cold()
	v.fails(errRefused)
	v.get("/posts/tea/").wantCopy(after, "vault")
}

// meanwhile is an empty body that does something when it is read.
type meanwhile func()

func (m meanwhile) Read([]byte) (int, error) {
	m()
	return 0, io.EOF
}

func TestAnUnsafeRequestSupersedesTheVaultsCopy(t *testing.T) {
	tests := []struct {
		name, method, query string
		status              int
		lines               []string
		copies              bool // where superseded copies may be served
		detail              string
	}{
		{"a PUT", "PUT", "", 200, nil, true, "vault-superseded"},
		{"a group", "POST", "", 200, []string{`Cache-Group-Invalidation: "teas"`}, true, "vault-superseded"},
		{"a tenant's DELETE", "DELETE", "?auth_token=own", 204, nil, false, ""},
		{"a DELETE of nobody's", "DELETE", "", 204, nil, true, "vault-superseded"},
		{"a DELETE that leads elsewhere", "DELETE", "?auth_token=own", 302, []string{"Location: https://login.example/"}, true, "vault-superseded"},
		{"a DELETE that is refused", "DELETE", "?auth_token=own", 403, nil, true, "vault"},
	}
	for _, superseded := range []string{"true", "false"} {
		for _, test := range tests {
			t.Run(test.name+", superseded "+superseded, func(t *testing.T) {
				v := newVaulted(t, tenantsConfig, `"superseded": `+superseded)
				v.says(200, before, `Cache-Groups: "teas"`)
				v.get("/posts/tea/"+test.query).want(200, before, anything)
				v.pass(time.Minute)
				v.says(test.status, "", test.lines...)
				v.request(test.method, "/posts/tea/"+test.query, "{}").want(test.status, "", anything)
				v.cold()
				v.fails(errRefused)
				r := v.get("/posts/tea/" + test.query)
				if !test.copies || superseded == "false" && test.detail == "vault-superseded" {
					r.wantProblem(503, "origin-unavailable")
					return
				}
				r.wantCopy(before, test.detail)
			})
		}
	}
}
