package hook

import (
	"encoding/base64"
	"strings"

	"larder/config"
	"larder/surrogate"
)

// sanity: the document, or what the hook's projection makes of it, with the
// operation in a header and Sanity-Webhook-Signature over time and body
// (sanity.io/docs/webhooks and Sanity's webhook toolkit). A projection may add
// "operation" and "before", which are signed, unlike the headers.
var sanity = provider{
	authenticate: sanitySignature,
	events:       sanityEvents,
	content: []config.HookContent{
		{Type: config.AnyType, Item: []surrogate.Template{"document:{id}"}, Lists: []surrogate.Template{"documents", "documents:{type}"}},
	},
}

func sanitySignature(a *authentication) error {
	return a.signedWithTime("Sanity-Webhook-Signature", base64.RawURLEncoding.EncodeToString)
}

func sanityEvents(_ *config.Hook, r *Request, doc *document) []event {
	id, operation := doc.root.text("_id"), doc.root.text("operation")
	if id == "" {
		id = r.Header.Get("Sanity-Document-Id")
	}
	if operation == "" {
		operation = r.Header.Get("Sanity-Operation")
	}
	kind := doc.root.text("_type")
	named := map[string]string{"type": kind, "id": id}
	e := event{name: operation, kind: kind, item: item{doc, named, doc.root}}
	if before := doc.object(doc.root["before"]); len(before) > 0 {
		e.before = &item{doc, named, before}
	}
	if strings.HasPrefix(id, "drafts.") || strings.HasPrefix(id, "versions.") {
		return one(ignore(operation, "a draft is not published"))
	}
	switch operation {
	case "create":
		e.action = published
	case "update":
		e.action = edited
	case "delete":
		e.action = removed
	default:
		return one(ignore(operation, "an operation that is not known"))
	}
	return one(e)
}
