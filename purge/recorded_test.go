package purge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/corecache/coremodel"
	"larder/problem"
	"larder/purge/audit"
	"larder/surrogate"
)

var auditTime = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// recordedBy lets an endpoint record its purges, and returns the lines.
func recordedBy(t *testing.T, e *Endpoint) *bytes.Buffer {
	t.Helper()
	text := &bytes.Buffer{}
	e.Now = func() time.Time { return auditTime }
	e.Audit = &audit.Trail{Lines: func() io.Writer { return logEndpoint{text} }, Cache: coremodel.New(e.Now), Log: func(format string, args ...any) { t.Errorf(format, args...) }}
	return text
}

// logEndpoint ends each line itself.
type logEndpoint struct{ text *bytes.Buffer }

func (l logEndpoint) Write(line []byte) (int, error) {
	return l.text.WriteString(string(line) + "\n")
}

// line is an audit line of the requests in these tests.
func line(members string) string {
	return `{"time":"2026-11-23T12:00:00Z","id":"` + requestID + `",` + members + "}\n"
}

// requestIDOf returns the ID in the header of an answer or a problem.
func requestIDOf(answer any, err error) string {
	if err != nil {
		header, _ := problem.From(err).Answer()
		return header.Get(RequestIDField)
	}
	return answer.(identified).Header().Get(RequestIDField)
}

func TestEveryPurgeOfAKnownSenderIsRecorded(t *testing.T) {
	tenant := surrogate.TenantID("first")
	const sent = `"source":"endpoint","token":"name of operator",`
	for _, c := range []struct {
		name, members string
		call          call
		want          string // the members of the line; "" for none
	}{
		{"softly", plain, call{body: `{"keys":["a"]}`}, sent + `"result":"ok","soft":true,"keys":["a"]`},
		{"hard", plain, call{body: `{"keys":["a"],"hard":["b"],"soft":false}`}, sent + `"result":"ok","soft":false,"keys":["a"],"hard":["b"]`},
		{"everything", tenants, call{body: `{"all":true,"vault":true}`}, sent + `"result":"ok","tenants":["all"],"soft":true,"all":true,"vault":true`},
		{"of tenants", tenants, call{body: `{"keys":["a"],"credentials":["first"],"anonymous":true}`},
			sent + `"result":"ok","tenants":["` + tenant[:11] + `","anonymous"],"soft":true,"keys":["a"]`},
		{"with a Fastly-Key", plain, call{body: `{"keys":["a"]}`, token: "none", header: []string{"Fastly-Key: valid"}},
			`"source":"endpoint","token":"Fastly-Key","result":"ok","soft":true,"keys":["a"]`},
		{"that cannot be understood", plain, call{body: `{"keys":`}, sent + `"result":"bad-purge","soft":false`},
		{"of no tenant", tenants, call{body: `{"keys":["a"]}`}, sent + `"result":"no-tenant","soft":false`},
		{"that fails", plain, call{body: `{"keys":["failing"]}`}, sent + `"result":"purge-failed","soft":true,"keys":["failing"]`},
		{"without a token", plain, call{body: `{"keys":["a"]}`, token: "none"}, ""},
		{"with a wrong token", plain, call{body: `{"keys":["a"]}`, token: "Bearer wrong"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, p := endpoint(t, c.members)
			p.fail = map[string]error{"failing": errNoStore}
			lines := recordedBy(t, e)
			answer, _, err := e.Serve(context.Background(), c.call.build(t))
			if c.want == "" {
				if lines.Len() > 0 || err == nil || requestIDOf(answer, err) != "" {
					t.Errorf("a stranger's request is recorded: %s, %v", lines, err)
				}
				return
			}
			if got, want := lines.String(), line(c.want); got != want {
				t.Errorf("the line is\n%swant\n%s", got, want)
			}
			if id := requestIDOf(answer, err); id != requestID {
				t.Errorf("the answer has the ID %q", id)
			}
			if err == nil {
				text, err := json.Marshal(answer)
				if err != nil || !strings.Contains(string(text), `"id":"`+requestID+`"`) {
					t.Errorf("the body has no ID: %s, %v", text, err)
				}
			}
		})
	}
}

func TestWhatATokenMayNotDoIsRecorded(t *testing.T) {
	e, _ := limitedTo(t, plain, nil, []string{"post:*"})
	lines := recordedBy(t, e)
	_, _, err := e.Serve(context.Background(), call{body: `{"keys":["author:b"]}`, token: "Bearer the-text-of-a-token"}.build(t))
	if want := line(`"source":"endpoint","token":"ci","result":"token-scope","soft":true,"keys":["author:b"]`); lines.String() != want || err == nil {
		t.Errorf("the line is\n%swant\n%s", lines, want)
	}
}

func TestPurgesPastTheLimitAreRecorded(t *testing.T) {
	e, _ := endpoint(t, plain)
	lines := recordedBy(t, e)
	e.Limits = &Limits{Config: config.RateLimits{Purges: 1}, Purges: newCounter(), Log: t.Logf}
	for range 2 {
		_, _, _ = e.Serve(context.Background(), call{body: `{"keys":["a"]}`}.build(t)) // the lines show what came of it
	}
	if got := lines.String(); strings.Count(got, `"result":"ok"`) != 1 || strings.Count(got, `"result":"too-many-purges"`) != 1 {
		t.Errorf("the lines are %s", got)
	}
}

func TestWebhooksAreRecorded(t *testing.T) {
	const sent = `"source":"hook","hook":"cms",`
	unsigned := func(r *fsthttp.Request) { r.Header.Set("Authorization", "Bearer wrong") }
	for _, c := range []struct {
		name, body string
		change     func(*fsthttp.Request)
		want       string
	}{
		{"a purge", published("entry.delete", "a1"), nil, sent + `"result":"ok","soft":true,"keys":["articles"],"hard":["article:a1"]`},
		{"an event that concerns nothing", `{"event":"trigger-test"}`, nil, sent + `"result":"ignored","soft":false`},
		{"a body that cannot be read", `{"event":`, nil, sent + `"result":"bad-hook","soft":false`},
		{"a webhook that is not authenticated", published("entry.delete", "a1"), unsigned, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, _ := endpoint(t, strapiHook)
			lines := recordedBy(t, e)
			change := c.change
			if change == nil {
				change = func(*fsthttp.Request) {}
			}
			answer, _, err := deliver(t, hooksOf(e), "cms", c.body, change)
			want, id := "", ""
			if c.want != "" {
				want, id = line(c.want), requestID
			}
			if got := lines.String(); got != want {
				t.Errorf("the line is\n%swant\n%s", got, want)
			}
			if got := requestIDOf(answer, err); got != id {
				t.Errorf("the answer has the ID %q", got)
			}
		})
	}
}

func TestNoRecordHasACredential(t *testing.T) {
	e, _ := endpoint(t, tenants+strapiHook)
	lines := recordedBy(t, e)
	for _, q := range []call{
		{body: `{"keys":["a"],"credentials":["hunter2"]}`},
		{body: `{"keys":["a"]}`, query: "?auth_token=hunter2"},
		{body: `{"keys":["a"],"hunter2":1}`, query: "?auth_token=hunter2"},
	} {
		_, _, _ = e.Serve(context.Background(), q.build(t)) // the lines show what came of it
	}
	_, _, _ = deliver(t, hooksOf(e), "cms?auth_token=hunter2", published("entry.publish", "a1"))
	if got := lines.String(); strings.Count(got, "\n") != 4 || strings.Contains(got, "hunter2") || strings.Contains(got, `"operator"`) || strings.Contains(got, hookSecret) {
		t.Errorf("the lines are %s", got)
	}
}

func TestTheAnswersOfHooksKeepTheirStatus(t *testing.T) {
	e, _ := endpoint(t, strapiHook)
	answer, _, err := deliver(t, hooksOf(e), "cms", `{"event":"trigger-test"}`)
	if err != nil || answer.(identified).Status() != http.StatusAccepted {
		t.Errorf("%v, %v", answer, err)
	}
	if status := (identified{answer: &Result{}}).Status(); status != http.StatusOK {
		t.Errorf("a purge is answered with %d", status)
	}
	if !errors.Is(problem.From(problemFailed).WithHeader("a", "b"), problemFailed) {
		t.Error("a problem with a header is another problem")
	}
}
