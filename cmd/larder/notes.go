package main

import (
	"fmt"
	"slices"
	"strings"

	"larder/config"
	"larder/surrogate"
)

// notes returns settings that are valid but may not do what their author meant:
// keys that name an item by the path alone. Many origins answer /posts/TEA or
// /posts/tea;x as they answer /posts/tea. Such an answer has a key of its own, and
// no purge of the item reaches it unless a rule for items makes the item's key
// from the body.
func notes(cfg *config.Config) []string {
	var all []string
	for i := range cfg.Routes {
		route := &cfg.Routes[i]
		for j, key := range route.Keys {
			if namesAnItem(key, route) && !keyedByBody(key, route) {
				all = append(all, fmt.Sprintf(`$.routes[%d].keys[%d]: %q names an item by the path alone: add a rule to "items" that makes this key from the body, so that a purge also finds what the origin answers under another spelling of the path`,
					i, j, string(key)))
			}
		}
	}
	return all
}

// namesAnItem reports whether a key has variables, all of them of the path.
func namesAnItem(key surrogate.Template, route *config.Route) bool {
	names, ofPath := key.Variables(), route.Path.Variables()
	return len(names) > 0 && !slices.ContainsFunc(names, func(name string) bool { return !slices.Contains(ofPath, name) })
}

// keyedByBody reports whether a rule for items makes keys of the same form, with
// nothing of the path in them.
func keyedByBody(key surrogate.Template, route *config.Route) bool {
	for _, rule := range route.Items {
		for _, own := range rule.Keys {
			ofPath := func(name string) bool { return strings.HasPrefix(name, "path.") }
			if form(own) == form(key) && !slices.ContainsFunc(own.Variables(), ofPath) {
				return true
			}
		}
	}
	return false
}

// form returns a key with every variable replaced by the same text.
func form(key surrogate.Template) string {
	text, _ := key.Expand(func(string) (string, bool) { return "*", true })
	return text
}
