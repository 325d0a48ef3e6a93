package config

import (
	"slices"
	"strings"
)

// IgnoreList lists query parameters that never count. Each element is a name, or
// the beginning of names and a "*".
type IgnoreList []string

// Has reports whether the list has a parameter with the name.
func (l IgnoreList) Has(name string) bool {
	_, ok := l.find(name)
	return ok
}

// find returns the element that stands for a name.
func (l IgnoreList) find(name string) (element string, ok bool) {
	for _, element := range l {
		beginning, open := strings.CutSuffix(element, "*")
		if name == element || open && strings.HasPrefix(name, beginning) {
			return element, true
		}
	}
	return "", false
}

func (c *checker) ignore(list IgnoreList, tenant *Tenant, at *jsonPath) {
	for i, element := range list {
		here := at.element(i)
		beginning := strings.TrimSuffix(element, "*")
		switch {
		case element == "": // reported by the decoder
		case beginning == "" || strings.Contains(beginning, "*"):
			c.fail(here, `want a parameter's name such as "fbclid", or the beginning of names and a "*" as in "utm_*"; got %s`, quote(element))
		case tenant != nil && tenant.Query != "" && IgnoreList{element}.Has(tenant.Query):
			c.fail(here, `want no tenant's credential here, which the origin needs; %s stands for %s`, quote(element), quote(tenant.Query))
		case slices.Contains(list[:i], element):
			c.fail(here, "want each parameter once; got %s twice", quote(element))
		}
	}
}

// notIgnored reports a parameter that a route names and ignores.
func (c *checker) notIgnored(name string, list IgnoreList, at *jsonPath) {
	if element, ok := list.find(name); ok {
		c.fail(at, `want a parameter that counts; got one that %s in "ignore" stands for`, quote(element))
	}
}
