package config

import "fmt"

// Load reads a larder.json that [Parse] has accepted before, which every build
// makes sure of (`larder check`). It is for the start of a sandbox, which may
// serve only a handful of requests: of each route it reads the path and the
// methods, and leaves the rest to [Config.Route].
//
// A mistake that it comes across is reported by Parse.
func Load(data string) (*Config, error) {
	if config, ok := load(data); ok {
		return config, nil
	}
	return Parse([]byte(data))
}

// load reports false for what it cannot read or what is wrong.
func load(data string) (*Config, bool) {
	in := filler{reader{json: data}}
	f, routes := in.file()
	var c checker
	config := c.config(f)
	for i := range routes {
		routes[i].Methods = c.methods(routes[i].Methods, nil)
	}
	config.Routes = routes
	config.lifetimes = f.Lifetimes
	complete := len(f.Origins) > 0 && len(routes) > 0
	return config, complete && !in.failed && len(c.errors) == 0
}

// Route returns a route with all of its details. It is not safe for
// concurrent use after [Load]; a sandbox serves one request at a time. After
// [Parse] there is nothing left to do, and no error. After Load, which sees
// little of a route, its errors wrap [ErrInvalid].
func (c *Config) Route(i int) (*Route, error) {
	r := &c.Routes[i]
	if r.raw == "" {
		return r, nil
	}
	in := filler{reader{json: r.raw}}
	f := file{Lifetimes: c.lifetimes, Routes: []routeFile{in.route()}}
	var check checker
	routes := check.routes(f, c.Tenant, nil)
	if len(check.errors) > 0 {
		return nil, fmt.Errorf("route %q: %w", r.Name, check.errors)
	}
	if in.failed {
		return nil, fmt.Errorf("route %q: %w", r.Name, ErrInvalid)
	}
	*r = routes[0]
	return r, nil
}
