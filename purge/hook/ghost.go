package hook

import (
	"crypto/sha256"
	"maps"

	"larder/config"
	"larder/surrogate"
)

// ghost: {"post": {"current": {…}, "previous": {…}}}, where previous has only
// what was changed, and X-Ghost-Signature with an HMAC of body and time
// (docs.ghost.org/webhooks, and Ghost's own source). Not every version names the
// event, so the states before and after say what happened.
var ghost = provider{
	authenticate: ghostSignature,
	events:       ghostEvents,
	content: []config.HookContent{
		{Type: config.AnyType, Item: []surrogate.Template{"{type}:{id}", "{type}:{slug}"}, Lists: []surrogate.Template{"{type}s"}},
	},
}

func ghostSignature(a *authentication) error {
	header, err := a.header("X-Ghost-Signature")
	if err != nil {
		return err
	}
	signature, at, err := halves(header, "sha256=", ", t=")
	if err != nil {
		return err
	}
	if err := a.timely(at); err != nil {
		return err
	}
	return a.signed(signature, sha256.New, hexadecimal, a.request.Body, []byte(at))
}

func ghostEvents(_ *config.Hook, _ *Request, doc *document) []event {
	for _, kind := range [...]string{"post", "page", "tag"} {
		if states, ok := doc.root[kind]; ok {
			return one(ghostEvent(doc, kind, doc.object(states)))
		}
	}
	name := doc.root.text("event")
	if name == "" {
		name = "site.changed"
	}
	return one(ignore(name, "it does not say which post, page or tag has changed"))
}

func ghostEvent(doc *document, kind string, states object) event {
	current, changed := doc.object(states["current"]), doc.object(states["previous"])
	previous := object{}
	maps.Copy(previous, current)
	maps.Copy(previous, changed)
	e := event{name: kind, kind: kind}
	var what string
	switch was, is := ghostVisible(kind, previous), ghostVisible(kind, current); {
	case len(current) == 0 && len(changed) == 0:
		return ignore(kind, "it does not say what has changed")
	case len(current) == 0:
		e.action, what, current = removed, "deleted", changed
	case is && (!was || len(changed) == 0):
		e.action, what = published, "published"
	case is:
		e.action, what = edited, "edited"
	case was:
		e.action, what = removed, "unpublished"
	default:
		return ignore(kind+".edited", "a draft is not published")
	}
	e.name = kind + "." + what
	named := map[string]string{"type": kind}
	e.item = item{doc, named, current}
	if len(changed) > 0 {
		e.before = &item{doc, named, previous}
	}
	return e
}

// ghostVisible reports whether readers of the Content API see an item.
func ghostVisible(kind string, state object) bool {
	return kind == "tag" || state.text("status") == "published"
}
