package hook

import (
	"strings"

	"larder/config"
	"larder/surrogate"
)

// butterCMS: {"data": {…}, "webhook": {"event": "post.published", …}}, with a
// static header (buttercms.com/docs/build-your-app/webhooks-events). The id of
// the data is the slug of a post or a page, and the key of a collection.
var butterCMS = provider{
	authenticate: (*authentication).staticSecret,
	events:       butterEvents,
	content: []config.HookContent{
		{Type: "post", Item: []surrogate.Template{"post:{id}"}, Lists: []surrogate.Template{"posts"}},
		{Type: "page", Item: []surrogate.Template{"page:{page_type}/{id}"}, Lists: []surrogate.Template{"pages:{page_type}", "pages"}},
		{Type: "collectionitem", Item: []surrogate.Template{"item:{id}/{item}", "item:{item}"}, Lists: []surrogate.Template{"content:{id}"}},
	},
}

func butterEvents(_ *config.Hook, _ *Request, doc *document) []event {
	data := doc.object(doc.root["data"])
	name := doc.object(doc.root["webhook"]).text("event")
	kind, what, _ := strings.Cut(name, ".")
	e := event{name: name, kind: kind, item: item{doc, map[string]string{"type": kind, "item": butterItem(data.text("itemid"))}, data}}
	switch what {
	case "published": // for the first time or again
		e.action = published
	case "unpublished", "delete":
		e.action = removed
	case "draft":
		// A post that becomes a draft is unpublished. A page or an item has its
		// draft beside what is published.
		if kind != "post" {
			return one(ignore(name, "a draft is not published"))
		}
		e.action = published
	default:
		return one(ignore(name, "an event that is not known"))
	}
	return one(e)
}

// butterItem returns the number of a collection's item from a path such as
// /v2/content/?keys=jars[_id=12].
func butterItem(path string) string {
	_, after, _ := strings.Cut(path, "[_id=")
	number, _, _ := strings.Cut(after, "]")
	return number
}
