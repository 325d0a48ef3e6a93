package config

import "slices"

// bypassHeaders checks the headers by which requests pass through, and makes their
// names canonical.
func (c *checker) bypassHeaders(names []string, tenant *Tenant, at *jsonPath) {
	for i, name := range names {
		here := at.element(i)
		if name == "" {
			continue // reported by the decoder
		}
		key := c.header(name, here)
		if why := refused(key, commonHeaders); why != "" {
			c.fail(here, "want a header that few requests have; %s %s", key, why)
		}
		if tenant != nil && key == tenant.Header {
			c.fail(here, `want no tenant's credential here, or nothing of the tenants is cached; got %s`, key)
		}
		if slices.Contains(names[:i], key) {
			c.fail(here, "want each header once; got %s twice", key)
		}
		names[i] = key
	}
}
