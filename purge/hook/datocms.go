package hook

import "larder/config"

// datoCMS: {"entity_type": "cda_cache_tags", "event_type": "invalidate",
// "entity": {"attributes": {"tags": […]}}}, with a static header
// (datocms.com/docs/content-delivery-api/cache-tags-invalidation). The tags are
// those of the X-Cache-Tags header of the answers to purge.
var datoCMS = provider{
	authenticate: (*authentication).staticSecret,
	events:       datoEvents,
}

func datoEvents(_ *config.Hook, _ *Request, doc *document) []event {
	name := doc.root.text("entity_type") + "." + doc.root.text("event_type")
	if name != "cda_cache_tags.invalidate" {
		return one(ignore(name, "only the event that invalidates cache tags counts"))
	}
	attributes := doc.object(doc.object(doc.root["entity"])["attributes"])
	e := event{name: name, reason: "it has no cache tags"}
	for _, tag := range doc.list(attributes["tags"]) {
		if text, ok := scalar(tag); ok && text != "" {
			e.tags = append(e.tags, text)
		}
	}
	return one(e)
}
