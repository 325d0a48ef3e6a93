package config

import (
	"slices"
	"strings"
	"time"

	"larder/surrogate"
)

// Values of hooks that have a meaning of their own.
const (
	// GenericHook is the provider of a hook whose format the file describes.
	GenericHook = "generic"
	// AnyType stands for every type of content.
	AnyType = "*"
	// AnonymousTenant stands, in a list of tenants, for content that is served
	// without a credential.
	AnonymousTenant = "anonymous"
	// AllTenants stands there for the content of all tenants, the anonymous one
	// included.
	AllTenants = "all"
)

// Hook receives the webhooks of a CMS, at the path /_larder/hooks/ and its
// name.
type Hook struct {
	// Name is the last segment of the path, and the name of the hook's secret
	// in the Secret Store. Unique.
	Name string `larder:"name,required"`
	// Provider is whose format and authentication the webhooks have.
	Provider string `larder:"provider,required" enum:"buttercms,contentful,datocms,directus,generic,ghost,sanity,strapi,wordpress"`
	// Header carries the secret, where the provider sends one instead of a
	// signature. Canonical form (net/textproto).
	Header string `larder:"header" default:"Authorization"`
	// Tolerance is how far a signed time may be from now. Providers retry with
	// the time of their first attempt.
	Tolerance time.Duration `larder:"tolerance" default:"30m" range:"1s 1d"`
	// Tenants are the IDs of the tenants whose content is purged, or
	// [AnonymousTenant] or [AllTenants]. Without any, the hook's URL carries a credential as the
	// URLs of content do.
	Tenants []string `larder:"tenants"`
	// Content has the keys of types of content. Types that are not listed have
	// the provider's own keys.
	Content []HookContent `larder:"content"`
	// Format describes the body of a generic hook; nil for other providers.
	Format *HookFormat `larder:"format"`
	// Signature is how a generic hook is signed; nil if it sends its secret in
	// Header, and for other providers.
	Signature *HookSignature `larder:"signature"`
}

// HookContent are the keys of one type of content. A variable is a path into
// the item, {id} the item's identity or {type} its type.
type HookContent struct {
	// Type is the provider's name of the type, or [AnyType].
	Type string `larder:"type,required"`
	// Item are the keys of an item, which every answer that shows it carries.
	Item []surrogate.Template `larder:"item"`
	// Lists are the keys of the lists that may show it.
	Lists []surrogate.Template `larder:"lists"`
}

// HookFormat is where the JSON body of a webhook says what happened. Paths are
// member names joined by dots.
type HookFormat struct {
	// Event leads to the name of the event.
	Event string `larder:"event,required"`
	// Actions say what each event did to its item. Others are ignored.
	Actions map[string]string `larder:"actions,required" enum:"publish,edit,delete"`
	// Type leads to the type of the item, if the body says it.
	Type string `larder:"type"`
	// Item leads to the item, or to a list of them; empty is the body itself.
	Item string `larder:"item,empty"`
	// Before leads to the item as it was before the event, if the body has it.
	Before string `larder:"before"`
}

// HookSignature is an HMAC of the body in a header.
type HookSignature struct {
	// Header that carries the signature. Canonical form (net/textproto).
	Header string `larder:"header,required"`
	// Algorithm is the hash function of the HMAC.
	Algorithm string `larder:"algorithm" enum:"sha1,sha256,sha512" default:"sha256"`
	// Encoding of the signature: hex in lower case, or base64 with padding.
	Encoding string `larder:"encoding" enum:"hex,base64" default:"hex"`
	// Prefix stands before the signature in the header.
	Prefix string `larder:"prefix"`
	// Timestamp is the header with the time of signing, as a number of seconds
	// or milliseconds since 1970. The time, a dot and the body are then signed;
	// if it is empty, the body alone. Canonical form (net/textproto).
	Timestamp string `larder:"timestamp"`
}

func (c *checker) hooks(hooks []Hook, tenant *Tenant, at *jsonPath) {
	names := map[string]bool{}
	for i := range hooks {
		hook, here := &hooks[i], at.element(i)
		c.hookName(hook.Name, names, here.member("name"))
		hook.Header = c.rareHeader(hook.Header, here.member("header"))
		c.hookTenants(hook.Tenants, tenant, here.member("tenants"))
		c.hookContent(hook.Content, here.member("content"))
		switch generic := hook.Provider == GenericHook; {
		case generic:
			c.hookFormat(hook, here)
		case hook.Provider == "":
			// reported by the decoder
		case hook.Format != nil:
			c.fail(here.member("format"), "want this member with provider %q only, as the format of %s is known", GenericHook, hook.Provider)
		case hook.Signature != nil:
			c.fail(here.member("signature"), "want this member with provider %q only, as it is known what %s signs", GenericHook, hook.Provider)
		}
	}
}

// hookName checks a name. Its characters must need no encoding in a URL.
func (c *checker) hookName(name string, taken map[string]bool, at *jsonPath) {
	if name != "" && !consists(name, "-_") {
		c.fail(at, "want a name of letters, digits, - and _; got %s", quote(name))
		return
	}
	c.name(name, taken, at)
}

func (c *checker) hookTenants(tenants []string, tenant *Tenant, at *jsonPath) {
	if len(tenants) > 0 && tenant == nil {
		c.fail(at, `want this member beside "tenant" only; the file has no tenants`)
		return
	}
	for i, id := range tenants {
		if id != AnonymousTenant && id != AllTenants && !surrogate.ValidTenantID(id) {
			c.fail(at.element(i), "want a tenant's ID, which has 43 characters, %q or %q; got %s", AnonymousTenant, AllTenants, quote(id))
		}
		if slices.Contains(tenants[:i], id) {
			c.fail(at.element(i), "want each tenant once; got %s twice", quote(id))
		}
	}
}

func (c *checker) hookContent(content []HookContent, at *jsonPath) {
	types := map[string]bool{}
	for i, t := range content {
		here := at.element(i)
		if types[t.Type] {
			c.fail(here.member("type"), "want each type once; got %s twice", quote(t.Type))
		}
		types[t.Type] = true
		if len(t.Item)+len(t.Lists) == 0 {
			c.fail(here, `want keys in "item", in "lists" or in both`)
		}
		c.hookKeys(t.Item, here.member("item"))
		c.hookKeys(t.Lists, here.member("lists"))
	}
}

func (c *checker) hookKeys(keys []surrogate.Template, at *jsonPath) {
	for i, key := range keys {
		for _, v := range key.Variables() {
			c.hookPath(v, at.element(i))
		}
	}
}

func (c *checker) hookFormat(hook *Hook, at *jsonPath) {
	if len(hook.Content) == 0 {
		c.fail(at.member("content"), "want at least one type of content; only a CMS that is known has keys by default")
	}
	if s := hook.Signature; s != nil {
		here := at.member("signature")
		s.Header = c.rareHeader(s.Header, here.member("header"))
		s.Timestamp = c.rareHeader(s.Timestamp, here.member("timestamp"))
		if s.Timestamp == s.Header && s.Header != "" {
			c.fail(here.member("timestamp"), "want a header of its own; %s has the signature", s.Header)
		}
	}
	f, here := hook.Format, at.member("format")
	if f == nil {
		c.fail(here, "want this member with provider %q; it is missing", GenericHook)
		return
	}
	c.hookPath(f.Event, here.member("event"))
	if len(f.Actions) == 0 {
		c.fail(here.member("actions"), "want at least one event's name with its action")
	}
	c.optionalHookPath(f.Type, here.member("type"))
	c.optionalHookPath(f.Item, here.member("item"))
	c.optionalHookPath(f.Before, here.member("before"))
}

func (c *checker) optionalHookPath(path string, at *jsonPath) {
	if path != "" {
		c.hookPath(path, at)
	}
}

// hookPath checks a path into a webhook's body.
func (c *checker) hookPath(path string, at *jsonPath) {
	if strings.ContainsAny(path, `\*#()|@`) || slices.Contains(strings.Split(path, "."), "") {
		c.fail(at, "want a path of member names joined by dots; got %s", quote(path))
	}
}
