package purge

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"larder/surrogate"
)

// A dry run has the answer of the purge that it stands for.
func TestADryRunPurgesNothing(t *testing.T) {
	for _, members := range []string{
		`"keys":["a"],"credentials":["other"]`,
		`"keys":["a"],"credentials":["other"],"soft":false`,
		`"keys":["a"],"hard":["b"],"anonymous":true`,
		`"keys":["a"],"tenants":["` + surrogate.TenantID("first") + `","anonymous"]`,
		`"all":true,"tenants":"all"`,
	} {
		e, p := endpoint(t, tenants)
		lines := recordedBy(t, e)
		// serve returns the answer, its status left out.
		serve := func(body, status string) string {
			answer, _, err := e.Serve(context.Background(), call{body: body}.build(t))
			if err != nil {
				t.Fatalf("%s: %v", body, err)
			}
			text, err := json.Marshal(answer)
			rest, ok := strings.CutPrefix(string(text), `{"status":"`+status+`"`)
			if err != nil || !ok {
				t.Fatalf("%s is answered with %s, %v", body, text, err)
			}
			return rest
		}
		dry := serve(`{`+members+`,"dry_run":true}`, "dry_run")
		if len(p.purged) > 0 {
			t.Errorf("%s purged %q", members, p.purged)
		}
		if real := serve(`{`+members+`}`, "ok"); real != dry || len(p.purged) == 0 {
			t.Errorf("%s: the dry run is answered with\n%s\nand the purge with\n%s", members, dry, real)
		}
		if got := lines.String(); strings.Count(got, `"result":"dry_run"`) != 1 || strings.Count(got, `"result":"ok"`) != 1 {
			t.Errorf("the lines are\n%s", got)
		}
	}
}

func TestADryRunNeedsWhatAPurgeNeeds(t *testing.T) {
	e, _ := limitedTo(t, plain, nil, []string{"post:*"})
	for _, c := range []call{
		{body: `{"keys":["author:b"],"dry_run":true}`, token: "Bearer the-text-of-a-token"},
		{body: `{"keys":["a"],"dry_run":true}`, token: "Bearer wrong"},
		{body: `{"dry_run":true}`},
		{body: `{"keys":["a"],"dry_run":"yes"}`},
	} {
		if answer, _, err := e.Serve(context.Background(), c.build(t)); err == nil {
			t.Errorf("%s is answered with %v", c.body, answer)
		}
	}
}
