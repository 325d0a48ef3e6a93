package e2e

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// auditLines are the lines that an edge has written to the endpoint of purges.
func (e edge) auditLines(t *testing.T) []map[string]any {
	t.Helper()
	var all []map[string]any
	for line := range strings.Lines(e.log.Since(0)) {
		_, text, ok := strings.Cut(line, "larder_purges :: ")
		if !ok {
			continue
		}
		var members map[string]any
		if err := json.Unmarshal([]byte(text), &members); err != nil {
			t.Fatalf("the line is not JSON: %s: %v", text, err)
		}
		all = append(all, members)
	}
	return all
}

func TestEveryPurgeIsALineAndInTheStatus(t *testing.T) {
	edge, _ := beginHooked(t)
	ghost := `{"post":{"current":{"slug":"tea","status":"published"},"previous":{"status":"draft"}}}`
	answers := []answer{
		edge.purge(t, `{"keys":["thing:a"],"hard":["thing:b"]}`, as("")),
		edge.purge(t, `{"keys":[]}`, as("")),
		edge.ghost(t, ghost, as("")),
		edge.purge(t, `{"keys":["thing:c"]}`, as(""), bearer("a-token-of-a-stranger")),
		edge.ghost(t, ghost, as(""), with("X-Ghost-Signature", "sha256=00, t=1")),
	}
	var ids []string
	for _, got := range answers {
		ids = append(ids, got.header.Get("Larder-Request-Id"))
	}
	if answers[3].status != http.StatusUnauthorized || answers[4].status != http.StatusForbidden {
		t.Errorf("strangers got %v and %v", answers[3], answers[4])
	}
	known, strangers := ids[:3], ids[3:]
	if !strings.Contains(string(answers[0].body), `"id":"`+ids[0]+`"`) || !regexp.MustCompile(`^[-_A-Za-z0-9]{12}$`).MatchString(ids[0]) {
		t.Errorf("the first ID is %q in %s", ids[0], answers[0].body)
	}
	recent := edge.status(t).Purges
	if len(recent) < 3 {
		t.Fatalf("the status shows %+v", recent)
	}
	last := recent[:3]
	slices.Reverse(last)
	for i, id := range known {
		if last[i].ID != id {
			t.Errorf("the status has the ID %q, want %q", last[i].ID, id)
		}
	}
	if p := last[0]; p.Source != "endpoint" || p.Token != "token 1" || p.Result != "ok" || !p.Soft || !slices.Equal(p.Keys, []string{"thing:a"}) || !slices.Equal(p.Hard, []string{"thing:b"}) {
		t.Errorf("the purge is %+v", p)
	}
	if p := last[1]; p.Result != "no-key" {
		t.Errorf("the refused purge is %+v", p)
	}
	if p := last[2]; p.Source != "hook" || p.Hook != "blog" || p.Token != "" || p.Result != "ok" || len(p.Keys) != 2 {
		t.Errorf("the webhook is %+v", p)
	}
	lines := edge.auditLines(t)
	if len(lines) < 3 {
		t.Fatalf("the lines are %v", lines)
	}
	for i, members := range lines[len(lines)-3:] {
		if members["id"] != known[i] || members["result"] != last[i].Result {
			t.Errorf("line %d is %v", i, members)
		}
	}
	for _, members := range lines {
		if slices.Contains(strangers, members["id"].(string)) {
			t.Errorf("a stranger's request is recorded: %v", members)
		}
	}
	if log := edge.log.Since(0); strings.Contains(log, purgeToken) || strings.Contains(log, hookSecret) {
		t.Errorf("the log has a credential:\n%s", log)
	}
}

func TestAPurgeIsAnsweredWithItsIDAfterAProblemToo(t *testing.T) {
	edge, _ := begin(t)
	got := edge.purge(t, `{"keys":["a"],"unknown":1}`)
	got.wantProblem(t, http.StatusBadRequest, "bad-purge")
	if got.header.Get("Larder-Request-Id") == "" {
		t.Errorf("no ID: %v", got.header)
	}
}
