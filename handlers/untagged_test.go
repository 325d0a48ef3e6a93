package handlers

import (
	"strings"
	"testing"
)

// Their items have no keys of their own, so any edit may be one of theirs.
func TestAResponseWithoutItemKeysIsRefreshedByEveryPurge(t *testing.T) {
	for name, body := range map[string]string{
		"sparse items":                 `{"data":[{"title":"Tea"}]}`,
		"items under another name":     `{"posts":[{"slug":"tea"}]}`,
		"more items than are read":     `{"data":[` + strings.Repeat(`[`, 100) + strings.Repeat(`]`, 100) + `,{"slug":"tea"}]}`,
		"a text in place of the items": `{"data":"tea"}`,
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.fill("/posts/", body)
			e.get("/posts/").want(200, body, "Larder; hit; ttl=3600")
			e.says(200, after)
			e.purge(`"keys":["post:tea"]`)
			e.get("/posts/").want(200, after, anything)
		})
	}
}

func TestAnEmptyListIsRefreshedByTheKeysOfItsRouteAlone(t *testing.T) {
	e := newEdge(t)
	e.fill("/posts/", `{"data":[]}`)
	e.purge(`"keys":["post:tea"]`)
	e.get("/posts/").want(200, `{"data":[]}`, "Larder; hit; ttl=3600")
	e.says(200, after)
	e.purge(`"keys":["posts"]`)
	e.get("/posts/").want(200, after, anything)
}

func TestAResponseWithoutItemKeysIsLoggedOnceForItsRoute(t *testing.T) {
	e := newEdge(t)
	e.says(200, `{"posts":[{"slug":"tea"}]}`)
	e.get("/posts/")
	e.get("/posts/?page=2")
	e.get("/posts/?tag=a")
	var lines []string
	for _, line := range e.logged {
		if strings.HasPrefix(line, `route "posts":`) {
			lines = append(lines, line)
		}
	}
	if len(lines) != 1 || !strings.Contains(lines[0], "/posts/") {
		t.Errorf("the log has %q", lines)
	}
	e.get("/posts/tea/")
	if last := e.logged[len(e.logged)-1]; !strings.HasPrefix(last, `route "post":`) {
		t.Errorf("nothing is logged for another route: %q", last)
	}
}
