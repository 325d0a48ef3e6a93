package hook

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"hash"
	"strings"

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
	named := map[string]string{"type": kind}
	e := event{name: name, action: action, kind: kind, item: item{doc, named, doc.root}}
	if f.Before != "" {
		if before := doc.object(doc.find(doc.root, f.Before)); len(before) > 0 {
			e.before = &item{doc, named, before}
		}
	}
	if f.Item == "" {
		return one(e)
	}
	var events []event
	items := doc.find(doc.root, f.Item)
	if items.IsArray() {
		e.before = nil // of one of them only
	}
	for _, v := range doc.list(items) {
		e.item = item{doc, named, doc.object(v)}
		if id, ok := scalar(v); ok { // an item that is no more than its identity
			e.item.named = map[string]string{"type": kind, "id": id}
		}
		events = append(events, e)
	}
	return events
}
