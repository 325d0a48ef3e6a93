package hook

import (
	"larder/config"
	"larder/surrogate"
)

// wordPress: {"events": [{"action": "edit", "type": "post", "id": 7, "list":
// "posts", "search": "search"}, …]} of the plugin in integrations/wordpress,
// which sends what one request to WordPress has changed, with Larder-Signature:
// t=<ms>,v1=<hex> over the time, a dot and the body. An event without a list
// concerns the item alone, and "search" is there for what WordPress's search
// finds.
var wordPress = provider{
	authenticate: wordPressSignature,
	events:       wordPressEvents,
	content: []config.HookContent{
		{Type: "comment", Item: []surrogate.Template{"comment:{id}"}, Lists: []surrogate.Template{"{list}", "comments:{post}"}},
		{Type: config.AnyType, Item: []surrogate.Template{"{type}:{id}"}, Lists: []surrogate.Template{"{list}", "{search}"}},
	},
}

func wordPressSignature(a *authentication) error {
	return a.signedWithTime("Larder-Signature", hexadecimal)
}

func wordPressEvents(_ *config.Hook, _ *Request, doc *document) []event {
	reported, ok := doc.root["events"]
	if !ok {
		return one(ignore("", "it has no events"))
	}
	var events []event
	for _, v := range doc.list(reported) {
		o := doc.object(v)
		what, kind := o.text("action"), o.text("type")
		e := event{name: kind + "." + what, kind: kind, item: item{doc, nil, o}}
		if before := doc.object(o["before"]); len(before) > 0 {
			e.before = &item{doc, map[string]string{"type": kind}, before}
		}
		var known bool
		if e.action, known = actionOf(what); what == "all" {
			e.action = everything
		} else if !known {
			e = ignore(e.name, "an action that is not known")
		}
		events = append(events, e)
	}
	return events
}

// actionOf returns the action of a name in larder.json or in a body of the
// WordPress plugin.
func actionOf(name string) (action, bool) {
	switch name {
	case "publish":
		return published, true
	case "edit":
		return edited, true
	case "delete":
		return removed, true
	}
	return ignored, false
}
