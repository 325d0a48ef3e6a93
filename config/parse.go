package config

import (
	"reflect"
	"time"
)

const (
	// minWait and maxWait bound every time that a request may wait. The
	// platform ends an execution at two minutes; the rest is for answering.
	minWait = time.Millisecond
	maxWait = 110 * time.Second
	// maxKept bounds every lifetime.
	maxKept = 365 * day
)

// Parse reads a larder.json. All of its mistakes are reported at once as
// [Errors], which wrap [ErrInvalid]; the configuration is then nil.
func Parse(data []byte) (*Config, error) {
	tree, err := readTree(data)
	if err != nil {
		return nil, Errors{{Path: "$", Message: err.Error()}}
	}
	d := decoder{fields: map[reflect.Type][]field{}}
	var f file
	d.decode(tree, reflect.ValueOf(&f).Elem(), field{}, nil)
	c := &checker{report: d.report}
	config := c.config(f)
	if len(c.errors) > 0 {
		return nil, c.errors
	}
	return config, nil
}

// checker turns the file into a configuration: it fills in defaults and
// reports what is well-formed and still cannot work.
type checker struct{ report }

func (c *checker) config(f file) *Config {
	var root *place
	config := &Config{
		Name:          or(f.Name, "Larder"),
		Origins:       c.origins(f.Origins, root.member("origins")),
		Deadline:      c.within(f.Deadline, time.Second, maxWait, 15*time.Second, root.member("deadline")),
		Failures:      c.failures(f.Failures, root.member("failures")),
		Breaker:       c.breaker(f.Breaker, root.member("breaker")),
		Tenant:        c.tenant(f.Tenant, root.member("tenant")),
		CORS:          c.cors(f.CORS, root.member("cors")),
		DebugHeader:   c.optionalHeader(f.DebugHeader, root.member("debug_header")),
		Secrets:       Secrets{Store: or(f.Secrets.Store, "larder_secrets"), Name: or(f.Secrets.Name, "larder")},
		Vault:         c.vault(f.Vault, root.member("vault")),
		Limits:        c.limits(f.Limits, root.member("limits")),
		PassUnmatched: f.Unmatched != "reject",
	}
	config.Shield = c.shield(f.Shield, f.Origins, config.Deadline, root.member("shield"))
	if !token(config.Name) || !letter(config.Name[0]) {
		c.fail(root.member("name"), `want a name such as "Larder", of letters, digits and -, a letter first; got %s`, quote(f.Name))
	}
	c.lifetimes(f.Lifetimes, lifetimesFile{}, root.member("lifetimes"))
	config.Routes = c.routes(f, config.Tenant, root.member("routes"))
	return config
}

func (c *checker) limits(f limitsFile, at *place) Limits {
	return Limits{
		TaggedBody: c.size(f.TaggedBody, 1<<10, 4<<20, 1<<20, at.member("tagged_body")),
		PurgeBody:  c.size(f.PurgeBody, 1<<10, 1<<20, 256<<10, at.member("purge_body")),
	}
}

// lifetimes returns what f says, and above it what it leaves to the file's
// own lifetimes.
func (c *checker) lifetimes(f, above lifetimesFile, at *place) Lifetimes {
	keep := func(l, above lifetime, name string) OptionalDuration {
		c.within(duration{l.OptionalDuration}, 0, maxKept, 0, at.member(name))
		return l.or(above).OptionalDuration
	}
	bounded := func(d, above duration, name string) time.Duration {
		return c.within(d, 0, maxKept, above.Duration, at.member(name))
	}
	heuristic := f.Heuristic
	if heuristic == nil {
		heuristic = above.Heuristic
	}
	return Lifetimes{
		TTL:                  keep(f.TTL, above.TTL, "ttl"),
		StaleWhileRevalidate: keep(f.StaleWhileRevalidate, above.StaleWhileRevalidate, "stale_while_revalidate"),
		StaleIfError:         keep(f.StaleIfError, above.StaleIfError, "stale_if_error"),
		ClientTTL:            bounded(f.ClientTTL, above.ClientTTL, "client_ttl"),
		NotFoundTTL:          bounded(f.NotFoundTTL, above.NotFoundTTL, "not_found_ttl"),
		Heuristic:            heuristic != nil && *heuristic,
	}
}

// within returns d, or fallback where d is absent.
func (c *checker) within(d duration, least, most, fallback time.Duration, at *place) time.Duration {
	if !d.Valid {
		return fallback
	}
	if d.Duration < least || d.Duration > most {
		c.fail(at, "want a duration from %s to %s; got %s", formatDuration(least), formatDuration(most), formatDuration(d.Duration))
	}
	return d.Duration
}

func (c *checker) size(s size, least, most, fallback int64, at *place) int64 {
	if !s.given {
		return fallback
	}
	if s.bytes < least || s.bytes > most {
		c.fail(at, "want a size from %s to %s; got %s", formatSize(least), formatSize(most), formatSize(s.bytes))
	}
	return s.bytes
}

func (c *checker) count(n count, least, most, fallback int, at *place) int {
	if !n.given {
		return fallback
	}
	if n.number < least || n.number > most {
		c.fail(at, "want a number from %d to %d; got %d", least, most, n.number)
	}
	return n.number
}

// or returns s, or fallback where s is empty.
func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
