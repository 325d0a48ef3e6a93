package hook

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"
	"strings"

	"github.com/tidwall/gjson"

	"larder/config"
)

// generic is a sender whose format and signature larder.json describes.
var generic = provider{authenticate: genericAuthentication, events: genericEvents}

func genericAuthentication(a *authentication) error {
	s := a.hook.Signature
	if s == nil {
		return a.staticSecret()
	}
	header, err := a.header(s.Header)
	if err != nil {
		return err
	}
	given, ok := strings.CutPrefix(header, s.Prefix)
	if !ok {
		return problemRefused.WithDetail("Its signature does not begin with the hook's prefix.")
	}
	encode := hexadecimal
	if s.Encoding == "base64" {
		encode = base64.StdEncoding.EncodeToString
	}
	if s.Timestamp == "" {
		return a.signed(given, hashOf(s.Algorithm), encode, a.request.Body)
	}
	at, err := a.header(s.Timestamp)
	if err != nil {
		return err
	}
	if err := a.timely(milliseconds(at)); err != nil {
		return err
	}
	return a.signed(given, hashOf(s.Algorithm), encode, []byte(at+"."), a.request.Body)
}

// milliseconds returns a time in milliseconds. One in seconds has too few digits
// to be one in milliseconds, until the year 5138.
func milliseconds(at string) string {
	const digits = 11
	if len(at) <= digits {
		return at + "000"
	}
	return at
}

func hashOf(algorithm string) func() hash.Hash {
	switch algorithm {
	case "sha1":
		return sha1.New // an HMAC with SHA-1 is still sound
	case "sha512":
		return sha512.New
	}
	return sha256.New
}

func genericEvents(hook *config.Hook, _ *Request, doc *document) []event {
	f := hook.Format
	name, _ := scalar(doc.find(doc.root, f.Event))
	action, known := actionOf(f.Actions[name])
	if !known {
		return one(ignore(name, "the hook's format has no action for it"))
	}
	kind := ""
	if f.Type != "" {
		kind, _ = scalar(doc.find(doc.root, f.Type))
	}
	whole := item{doc, map[string]string{"type": kind}, doc.root}
	items, before := []item{whole}, []item(nil)
	if f.Item != "" {
		items = genericItems(doc, doc.find(doc.root, f.Item), kind)
	}
	if f.Before != "" {
		if old := doc.find(doc.root, f.Before); old.Exists() && old.Type != gjson.Null {
			before = genericItems(doc, old, kind)
		}
	}
	var events []event
	if len(before) > 0 && len(before) != len(items) {
		events = one(ignore(name, fmt.Sprintf("%d items before it, and %d after it, so which is which is not known", len(before), len(items))))
		before = nil
	}
	for i := range items {
		e := event{name: name, action: action, kind: kind, item: items[i]}
		if before != nil {
			e.before = &before[i]
		}
		events = append(events, e)
	}
	return events
}

// genericItems returns the items of a value: an object, the identity of one, or a
// list of them. A value that is missing is an item of which nothing is known.
func genericItems(doc *document, value gjson.Result, kind string) []item {
	var items []item
	for _, v := range doc.list(value) {
		named := map[string]string{"type": kind}
		if id, ok := scalar(v); ok {
			named["id"] = id
		}
		items = append(items, item{doc, named, doc.object(v)})
	}
	return items
}
