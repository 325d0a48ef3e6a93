package hook

import (
	"crypto/sha256"
	"slices"
	"strings"

	"larder/config"
	"larder/surrogate"
)

// contentful: the entity with its sys, the event in a header, and an HMAC over
// method, path, some headers and body
// (contentful.com/developers/docs/extensibility/webhooks).
var contentful = provider{
	authenticate: contentfulSignature,
	events:       contentfulEvents,
	content: []config.HookContent{
		{Type: "asset", Item: []surrogate.Template{"asset:{id}"}, Lists: []surrogate.Template{"assets"}},
		{Type: "contentType", Item: []surrogate.Template{"content_type:{id}"}, Lists: []surrogate.Template{"content_types"}},
		{Type: config.AnyType, Item: []surrogate.Template{"entry:{id}"}, Lists: []surrogate.Template{"entries", "entries:{type}"}},
	},
}

const (
	contentfulSigned = "X-Contentful-Signed-Headers"
	contentfulTime   = "X-Contentful-Timestamp"
)

func contentfulSignature(a *authentication) error {
	given, err := a.header("X-Contentful-Signature")
	if err != nil {
		return err
	}
	at, err := a.header(contentfulTime)
	if err != nil {
		return err
	}
	if err := a.timely(at); err != nil {
		return err
	}
	list, err := a.header(contentfulSigned)
	if err != nil {
		return err
	}
	names := strings.Split(list, ",")
	slices.Sort(names)
	for _, must := range [...]string{contentfulSigned, contentfulTime} {
		if !slices.Contains(names, strings.ToLower(must)) {
			return problemRefused.WithDetail("It does not sign its header " + must + ".")
		}
	}
	fields := make([]string, len(names))
	for i, name := range names {
		value, err := a.header(name)
		if err != nil {
			return err
		}
		fields[i] = name + ":" + strings.TrimSpace(value)
	}
	head := a.request.Method + "\n" + contentfulPath(a.request) + "\n" + strings.Join(fields, ";") + "\n"
	return a.signed(given, sha256.New, hexadecimal, []byte(head), a.request.Body)
}

// contentfulPath writes path and query as Contentful signs them: the query as
// if it were one component of a URL, then both as if they were not encoded yet.
func contentfulPath(r *Request) string {
	uri := r.Path
	if query, _, _ := strings.Cut(r.Query, "?"); query != "" {
		uri += "?" + percentEncode(query, "")
	}
	return percentEncode(uri, ";,/?:@&=+$#")
}

// percentEncode encodes all characters except those in others and those that
// JavaScript's encodeURIComponent does not encode.
func percentEncode(s, others string) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		plain := 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
		if plain || strings.IndexByte("-_.!~*'()"+others, c) >= 0 {
			b.WriteByte(c)
			continue
		}
		b.WriteString(string([]byte{'%', digits[c>>4], digits[c&15]}))
	}
	return b.String()
}

func contentfulEvents(_ *config.Hook, r *Request, doc *document) []event {
	name := strings.TrimPrefix(r.Header.Get("X-Contentful-Topic"), "ContentManagement.")
	entity, what, _ := strings.Cut(name, ".")
	sys := doc.object(doc.root["sys"])
	e := event{name: name}
	switch entity {
	case "Entry":
		e.kind, _ = scalar(doc.find(sys, "contentType.sys.id"))
	case "Asset":
		e.kind = "asset"
	case "ContentType":
		e.kind = "contentType"
	default:
		return one(ignore(name, "neither an entry nor an asset"))
	}
	e.item = item{doc, map[string]string{"type": e.kind, "id": sys.text("id")}, doc.root}
	switch what {
	case "publish": // for the first time or again
		e.action = published
	case "unpublish", "delete":
		e.action = removed
	case "create", "save", "auto_save", "archive", "unarchive":
		return one(ignore(name, "a draft is not published"))
	default:
		return one(ignore(name, "an event that is not known"))
	}
	return one(e)
}
