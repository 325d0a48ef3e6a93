package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// accessLine is what tests read of a line in the access log.
type accessLine struct {
	Time, ID, Method, Route, Path, Cache, Detail, Stale, Origin, Tenant string
	Status, Attempts, Sample                                            int
	Bytes                                                               int64
	Age, TTL                                                            *int64
	Milliseconds                                                        float64 `json:"ms"`
}

// accessLines reads the access log after the first offset bytes of the edge's
// output, without purges.
func (e edge) accessLines(t *testing.T, offset int) (lines []accessLine) {
	t.Helper()
	for text := range strings.Lines(e.log.Since(offset)) {
		_, object, ok := strings.Cut(text, "larder_access :: ")
		if !ok {
			continue
		}
		var line accessLine
		if err := json.Unmarshal([]byte(object), &line); err != nil {
			t.Fatalf("a line of the access log is not JSON: %v: %s", err, object)
		}
		if line.Path != "/_larder/purge" { // by which a test begins
			lines = append(lines, line)
		}
	}
	return lines
}

func TestTheAccessLogHasALineForEachRequest(t *testing.T) {
	e, _ := begin(t)
	from := e.log.Size()
	const path = "/v2/posts/toast-considered/"
	e.get(t, path)
	e.get(t, path)
	missing := e.get(t, "/_larder/nothing")

	var lines []accessLine
	eventually(t, "the access log has three lines", func() bool {
		lines = e.accessLines(t, from)
		return len(lines) == 3
	})
	miss, hit, refused := lines[0], lines[1], lines[2]
	if miss.Path != path || miss.Route != "post" || miss.Cache != "uri-miss" || miss.Origin != "primary" || miss.Attempts != 1 ||
		miss.Status != http.StatusOK || miss.Bytes == 0 || miss.Milliseconds <= 0 || miss.Sample != 1 {
		t.Errorf("the line of the miss is %+v", miss)
	}
	if hit.Cache != "hit" || hit.Age == nil || hit.TTL == nil || hit.Origin != "" || hit.Bytes != miss.Bytes || hit.Tenant != miss.Tenant || len(hit.Tenant) != 43 {
		t.Errorf("the line of the hit is %+v", hit)
	}
	if refused.Cache != "none" || refused.Status != http.StatusNotFound || refused.ID == "" || refused.ID != missing.header.Get("Larder-Request-Id") {
		t.Errorf("the line of the refused request is %+v; its response names %q", refused, missing.header.Get("Larder-Request-Id"))
	}
	if strings.Contains(e.log.Since(from), demoToken) {
		t.Error("the credential is in the edge's output")
	}
}
