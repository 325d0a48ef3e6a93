package config

import (
	"fmt"
	"reflect"

	"github.com/tidwall/gjson"
)

// Load reads a larder.json that [Parse] has accepted before, which every build
// makes sure of (`larder check`). It is for the start of a sandbox, which may
// serve only a handful of requests: of each route it reads the path and the
// methods, and leaves the rest to [Config.Route].
//
// Its errors are those of Parse, as far as it sees the mistakes.
func Load(data []byte) (*Config, error) {
	routes := gjson.GetBytes(data, "routes")
	if !routes.IsArray() || routes.Index == 0 {
		return Parse(data)
	}
	head := string(data[:routes.Index]) + "[]" + string(data[routes.Index+len(routes.Raw):])
	tree, err := readTree([]byte(head))
	if err != nil {
		return Parse(data)
	}
	d := decoder{fields: map[reflect.Type][]field{}, partial: true}
	var f file
	d.decode(tree, reflect.ValueOf(&f).Elem(), field{}, nil)
	c := &checker{report: d.report}
	config := c.config(f)
	if len(c.errors) > 0 {
		return nil, c.errors
	}
	config.lifetimes = f.Lifetimes
	for _, raw := range routes.Array() {
		r := Route{Name: raw.Get("name").Str, raw: raw.Raw}
		if r.Path, err = ParsePattern(raw.Get("path").Str); err != nil {
			return nil, fmt.Errorf("route %q: %w", r.Name, err)
		}
		raw.Get("methods").ForEach(func(_, method gjson.Result) bool {
			r.Methods = append(r.Methods, method.Str)
			return true
		})
		r.Methods = c.methods(r.Methods, nil)
		config.Routes = append(config.Routes, r)
	}
	return config, nil
}

// Route returns a route with all of its details. It is not safe for
// concurrent use after [Load]; a sandbox serves one request at a time. After
// [Parse] there is nothing left to do, and no error.
func (c *Config) Route(i int) (*Route, error) {
	r := &c.Routes[i]
	if r.raw == "" {
		return r, nil
	}
	tree, err := readTree([]byte(r.raw))
	if err != nil {
		return nil, fmt.Errorf("route %q: %w", r.Name, err)
	}
	d := decoder{fields: map[reflect.Type][]field{}}
	var f file
	f.Routes = make([]routeFile, 1)
	f.Lifetimes = c.lifetimes
	d.decode(tree, reflect.ValueOf(&f.Routes[0]).Elem(), field{}, nil)
	checker := &checker{report: d.report}
	routes := checker.routes(f, c.Tenant, nil)
	if len(checker.errors) > 0 {
		return nil, fmt.Errorf("route %q: %w", r.Name, checker.errors)
	}
	*r = routes[0]
	return r, nil
}
