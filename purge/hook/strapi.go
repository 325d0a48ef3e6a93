package hook

import (
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"larder/config"
	"larder/surrogate"
)

// strapi: {"event": "entry.publish", "model": "article", "uid":
// "api::article.article", "entry": {…}}, or "media" for a file, with a static
// header (docs.strapi.io/cms/backend-customization/webhooks, and Strapi 5's own
// source).
//
// A documentId is unique among all types. The lists of all types have one key: one
// may select by the fields of another, as filters[category][name] does, and Strapi's
// router ignores the case of /api/Articles, so the path does not tell the type.
var strapi = provider{
	authenticate: (*authentication).staticSecret,
	events:       strapiEvents,
	content: []config.HookContent{
		{Type: "media", Item: []surrogate.Template{"document:{documentId}", "media:{id}"}, Lists: []surrogate.Template{"media"}},
		{Type: config.AnyType, Item: []surrogate.Template{"document:{documentId}"}, Lists: []surrogate.Template{"entries"}},
	},
}

func strapiEvents(_ *config.Hook, _ *Request, doc *document) []event {
	name := doc.root.text("event")
	subject, what, _ := strings.Cut(name, ".")
	e := event{name: name}
	switch subject {
	case "entry":
		e.kind = doc.root.text("model")
	case "media":
		e.kind = "media"
	default:
		return one(ignore(name, "neither an entry nor a file"))
	}
	entry := doc.object(doc.root[subject])
	e.item = item{doc, map[string]string{"type": e.kind}, entry}
	switch what {
	case "publish", "create":
		e.action = published
	case "update":
		e.action = edited
	case "unpublish", "delete":
		e.action = removed
	case "draft-discard":
		return one(ignore(name, "a draft is not published"))
	default:
		return one(ignore(name, "an event that is not known"))
	}
	// Published entries have a time of publication, even if the type has no
	// drafts. If it has, saving changes the draft only.
	at, said := entry["publishedAt"]
	if draft := said && at.Type == gjson.Null; draft && (what == "create" || what == "update") {
		return one(ignore(name, "a draft is not published"))
	}
	e.refers = documents(doc, entry)
	return one(e)
}

// documents returns the entries and files within an entry, at any depth. Strapi
// sends an entry with what it refers to, unless it was deleted or unpublished. A
// relation has two sides: a response with the other one has not had the entry's
// key if the edit has made the relation.
func documents(doc *document, in object) []item {
	var found []item
	for _, name := range slices.Sorted(maps.Keys(in)) {
		for _, v := range doc.list(in[name]) {
			within := doc.object(v)
			if within.text("documentId") != "" {
				found = append(found, item{doc: doc, object: within})
			}
			found = append(found, documents(doc, within)...)
		}
	}
	return found
}
