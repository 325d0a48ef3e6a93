package config

import (
	"cmp"
	"maps"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
)

func (c *checker) origins(origins []Origin, tenant *Tenant, at *jsonPath) {
	names := map[string]bool{}
	for i := range origins {
		o, here := &origins[i], at.element(i)
		c.name(o.Name, names, here.member("name"))
		o.Backend = cmp.Or(o.Backend, o.Name)
		if o.Host != "" && !host(o.Host) {
			c.fail(here.member("host"), `want a host such as "api.example.com" or "localhost:8080"; got %s`, quote(o.Host))
		}
		o.Headers = c.originHeaders(o.Headers, tenant, here.member("headers"))
	}
}

// name checks a name that logs, switches and messages use.
func (c *checker) name(name string, taken map[string]bool, at *jsonPath) {
	if name == "" {
		return // reported by the decoder
	}
	if !token(name) {
		c.fail(at, "want a name of letters, digits, - and _; got %s", quote(name))
	}
	if taken[name] {
		c.fail(at, "want a name of its own; %q is taken by an earlier one", name)
	}
	taken[name] = true
}

func (c *checker) originHeaders(headers map[string]string, tenant *Tenant, at *jsonPath) map[string]string {
	if len(headers) == 0 {
		return nil
	}
	canonical := make(map[string]string, len(headers))
	for _, name := range slices.Sorted(maps.Keys(headers)) {
		here := at.member(name)
		key := c.header(name, here)
		if why := refused(key, connectionHeaders); why != "" {
			c.fail(here, "want a header that may be set; %s %s", key, why)
		}
		if tenant != nil && key == tenant.Header {
			c.fail(here, "want no tenant's credential here, as the origin would take every client for the same tenant; got %s", key)
		}
		if _, twice := canonical[key]; twice {
			c.fail(here, "want each header once; %s is there in another spelling", key)
		}
		if !printable(headers[name]) {
			c.fail(here, "want a value without control characters; got %s", quote(headers[name]))
		}
		canonical[key] = headers[name]
	}
	return canonical
}

func (c *checker) tenant(t *Tenant, at *jsonPath) {
	if t == nil {
		return
	}
	if t.Query == "" && t.Header == "" {
		c.fail(at, `want "query", "header" or both, to say where the credential is; got neither`)
	}
	if t.Query == "soft" {
		c.fail(at.member("query"), `want a parameter that means nothing at the purge endpoint; got "soft"`)
	}
	t.Header = c.rareHeader(t.Header, at.member("header"))
}

// debugHeader checks the header that asks for details of the cache.
func (c *checker) debugHeader(name string, tenant *Tenant, at *jsonPath) string {
	name = c.rareHeader(name, at)
	if name != "" && tenant != nil && name == tenant.Header {
		c.fail(at, "want a header of its own; %s has the tenant's credential", name)
	}
	return name
}

// rareHeader returns the canonical form of the name of a header that must not be in
// every request, or "".
func (c *checker) rareHeader(name string, at *jsonPath) string {
	if name == "" {
		return ""
	}
	key := c.header(name, at)
	if why := refused(key, commonHeaders); why != "" {
		c.fail(at, "want a header that few requests have; %s %s", key, why)
	}
	return key
}

func (c *checker) cors(cors *CORS, at *jsonPath) {
	if cors == nil {
		return
	}
	for i, origin := range cors.Origins {
		here := at.member("origins").element(i)
		cors.Origins[i] = strings.ToLower(origin) // as browsers write it
		switch {
		case origin == "": // reported by the decoder
		case origin == "*" && len(cors.Origins) > 1:
			c.fail(here, `want "*" alone, as it allows all; got it beside others`)
		case origin != "*" && !webOrigin(cors.Origins[i]):
			c.fail(here, `want "*" or an origin such as "https://www.example.com", without a path; got %s`, quote(origin))
		}
	}
	c.corsHeaders(cors.Headers, at.member("headers"))
	c.corsHeaders(cors.Expose, at.member("expose"))
}

func (c *checker) corsHeaders(names []string, at *jsonPath) {
	for i, name := range names {
		if name == "*" {
			c.fail(at.element(i), `want the headers by their names; got "*"`)
			continue
		}
		names[i] = c.optionalHeader(name, at.element(i))
	}
}

// optionalHeader returns the canonical form of a header's name, or "".
func (c *checker) optionalHeader(name string, at *jsonPath) string {
	if name == "" {
		return ""
	}
	return c.header(name, at)
}

func (c *checker) header(name string, at *jsonPath) string {
	if !token(name) {
		c.fail(at, "want a header's name such as \"Accept-Language\"; got %s", quote(name))
	}
	return textproto.CanonicalMIMEHeaderKey(name)
}

// webOrigin reports whether s is an origin as browsers send it (RFC 6454
// §6.2): scheme, host, and the port unless it is the scheme's own.
func webOrigin(s string) bool {
	rest, secure := strings.CutPrefix(s, "https://")
	if secure {
		return host(rest) && !strings.HasSuffix(rest, ":443")
	}
	rest, plain := strings.CutPrefix(s, "http://")
	return plain && host(rest) && !strings.HasSuffix(rest, ":80")
}

// host reports whether s is a host name or address with an optional port
// (RFC 9110 §7.2).
func host(s string) bool {
	name, bracketed := strings.CutPrefix(s, "[")
	if bracketed {
		address, after, closed := strings.Cut(name, "]")
		return closed && consists(address, ":.") && (after == "" || after[0] == ':' && port(after[1:]))
	}
	name, number, hasPort := strings.Cut(s, ":")
	return consists(name, "-._") && (!hasPort || port(number))
}

func port(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0
}
