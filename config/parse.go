package config

import (
	"reflect"
	"strings"
	"time"
)

// Parse reads a larder.json. All of its mistakes are reported at once as
// [Errors], which wrap [ErrInvalid]; the configuration is then nil.
func Parse(data []byte) (*Config, error) {
	tree, err := readTree(data)
	if err != nil {
		return nil, Errors{{Path: "$", Message: err.Error()}}
	}
	config := &Config{}
	setDefaults(reflect.ValueOf(config).Elem())
	d := decoder{lifetimes: ownLifetimes(tree)}
	d.decode(tree, reflect.ValueOf(config).Elem(), field{}, nil)
	c := checker{d.report}
	c.config(config)
	if len(c.errors) > 0 {
		return nil, c.errors
	}
	return config, nil
}

// ownLifetimes decodes the file's own lifetimes, with which those of every
// route begin. Their mistakes are reported when the whole file is decoded.
func ownLifetimes(file node) (l Lifetimes) {
	setDefaults(reflect.ValueOf(&l).Elem())
	for _, m := range file.members {
		if m.name == "lifetimes" {
			new(decoder).decode(m.value, reflect.ValueOf(&l).Elem(), field{}, nil)
		}
	}
	return l
}

// checker reports what is well-formed and still cannot work. It completes what
// depends on several members, such as a default.
type checker struct{ report }

func (c *checker) config(config *Config) {
	if !token(config.Name) || !letter(config.Name[0]) {
		c.fail(top("name"), `want a name such as "Larder", of letters, digits and -, a letter first; got %s`, quote(config.Name))
	}
	c.tenant(config.Tenant, top("tenant"))
	c.origins(config.Origins, config.Tenant, top("origins"))
	if config.Patience > config.Deadline {
		c.fail(top("patience"), "want at most the deadline of %s; got %s", formatDuration(config.Deadline), formatDuration(config.Patience))
	}
	c.purge(config.Purge, top("purge"))
	c.failures(config.Failures, top("failures"))
	c.breaker(&config.Breaker, top("breaker"))
	c.shield(config.Shield, config, top("shield"))
	c.cors(config.CORS, top("cors"))
	for i, name := range config.LinkHosts {
		if !host(name) {
			c.fail(top("link_hosts").element(i), `want a host such as "api.example.com" or "localhost:8080"; got %s`, quote(name))
		}
		config.LinkHosts[i] = strings.ToLower(name)
	}
	config.DebugHeader = c.debugHeader(config.DebugHeader, config.Tenant, top("debug_header"))
	c.hooks(config.Hooks, config.Tenant, top("hooks"))
	c.ignore(config.Ignore, config.Tenant, top("ignore"))
	c.bypassHeaders(config.BypassHeaders, config.Tenant, top("bypass_headers"))
	c.routes(config, top("routes"))
	c.items(config)
}

// maxRepeats bounds the time for which the sandbox of a purge has to live.
const maxRepeats = time.Minute

func (c *checker) purge(p Purge, at *jsonPath) {
	var total time.Duration
	for _, pause := range p.Repeat {
		total += pause
	}
	if total > maxRepeats {
		c.fail(at.member("repeat"), "want pauses of %s at most in all; got %s", formatDuration(maxRepeats), formatDuration(total))
	}
	c.fastlyAPI(p.FastlyAPI, at.member("fastly_api"))
}
