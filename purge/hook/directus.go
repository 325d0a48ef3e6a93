package hook

import (
	"strings"

	"larder/config"
	"larder/surrogate"
)

// directus: what a Flow gives as {{$trigger}}: {"event":
// "articles.items.update", "collection": "articles", "keys": […], "payload":
// {…}}, with one "key" for what was created, and with a static header
// (docs.directus.io/app/flows).
var directus = provider{
	authenticate: (*authentication).staticSecret,
	events:       directusEvents,
	content: []config.HookContent{
		{Type: config.AnyType, Item: []surrogate.Template{"{type}:{id}"}, Lists: []surrogate.Template{"{type}"}},
	},
}

func directusEvents(_ *config.Hook, _ *Request, doc *document) []event {
	name := doc.root.text("event")
	payload := doc.object(doc.root["payload"])
	what := name[strings.LastIndexByte(name, '.')+1:]
	action, reason := directusAction(what, payload.text("status"))
	if action == ignored {
		return one(ignore(name, reason))
	}
	// Items that are sorted are named by their own member.
	keys := doc.root["keys"]
	for _, other := range [...]string{"key", "item"} {
		if !keys.Exists() {
			keys = doc.root[other]
		}
	}
	kind := doc.root.text("collection")
	var events []event
	for _, key := range doc.list(keys) {
		id, _ := scalar(key)
		events = append(events, event{name: name, action: action, kind: kind,
			item: item{doc, map[string]string{"type": kind, "id": id}, payload}})
	}
	return events
}

// directusAction returns what an event did to its items. The status is that of
// the changed members, by the names that Directus itself proposes; empty if it
// was not changed.
func directusAction(what, status string) (action, string) {
	hidden := status == "draft" || status == "archived"
	switch what {
	case "create", "upload":
		if hidden {
			return ignored, "a draft is not published"
		}
		return published, ""
	case "update":
		switch {
		case hidden:
			return removed, ""
		case status != "":
			return published, ""
		}
		return edited, ""
	case "sort":
		return published, ""
	case "delete":
		return removed, ""
	}
	return ignored, "an event that is not known"
}
