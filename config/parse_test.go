package config

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// route returns a file with one route that has the given members.
func route(members string) string {
	return `{"origins":[{"name":"primary"}],"routes":[{"name":"post","path":"/v2/posts/{slug}/",` + members + `}]}`
}

// origin returns a file with one origin that has the given members.
func origin(members string) string {
	return `{"origins":[{"name":"primary",` + members + `}],"routes":[{"name":"all","path":"/{path...}"}]}`
}

// routes returns a file with these routes.
func routes(list string) string {
	return `{"origins":[{"name":"primary"}],"routes":[` + list + `]}`
}

// refusal is a file with mistakes, and the messages about them.
type refusal struct {
	name string
	file string
	want []string
}

func refuses(t *testing.T, refusals []refusal) {
	t.Helper()
	for _, test := range refusals {
		t.Run(test.name, func(t *testing.T) {
			config, err := Parse([]byte(test.file))
			var mistakes Errors
			if !errors.As(err, &mistakes) || !errors.Is(err, ErrInvalid) || config != nil {
				t.Fatalf("got %v, %v", config, err)
			}
			got := strings.Split(err.Error(), "\n")
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(test.want, "\n\t"))
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	// Small seeds: the fuzzer spends its time on shortening large ones.
	for _, seed := range []string{
		minimal(``, ``),
		minimal(`"lifetimes":{"ttl":"1d12h","heuristic":true},"limits":{"purge_body":2048,"tagged_body":"1MiB"},`, ``),
		minimal(`"tenant":{"query":"t"},"cors":{"origins":["*"]},`, `,"headers":["*"]`),
		origin(`"host":"[::1]:80","headers":{"X-A":"b"},"body_timeout":"1s"`),
		route(`"methods":["GET"],"query":{"p":"1","*":null},"bypass":{"q":"*"},"keys":["{slug}","{query.p}"]`),
		minimal(`"ignore":["u*"],"unlisted":"pass","bypass_headers":["x-a"],"unsafe_methods":"ignore",`, `,"ignore":["v"],"unlisted":"drop"`),
		route(`"items":[{"each":"a.*.#","keys":["{@key}:{id}","{path.slug}"]}]`),
		`{"fragments":{"a":[{"each":"x","use":"b"}],"b":[{"each":"$.y[0]","keys":["{@key}"]}]},` + route(`"query":{"*":null},"filters":["*","p"],"items":[{"each":"**.*","use":"a"}]`)[1:],
		`{"a":"\ud800","b":[[{}]],"routes":null,"name":"\n"}`,
		`[1e5,-0.5,true,null]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		config, err := Parse(data)
		if err == nil {
			checkInvariants(t, config)
			return
		}
		var mistakes Errors
		if !errors.As(err, &mistakes) || len(mistakes) == 0 || config != nil {
			t.Fatalf("got %v, %v", config, err)
		}
		for _, m := range mistakes {
			if !strings.HasPrefix(m.Path, "$") || m.Message == "" || strings.ContainsAny(m.Error(), "\r\n\x00") {
				t.Errorf("unreadable: %q", m)
			}
		}
	})
}

// checkInvariants holds a configuration to what its type's comments promise.
func checkInvariants(t *testing.T, c *Config) {
	if !token(c.Name) || len(c.Origins) == 0 || len(c.Routes) == 0 {
		t.Errorf("name %q, %d origins, %d routes", c.Name, len(c.Origins), len(c.Routes))
	}
	if c.Deadline < time.Second || c.Deadline > 110*time.Second {
		t.Errorf("deadline %v", c.Deadline)
	}
	if c.Patience <= 0 || c.Patience > c.Deadline {
		t.Errorf("patience %v, deadline %v", c.Patience, c.Deadline)
	}
	if b := c.Breaker; b.Failures < 1 || b.Failures > 100 || b.Window <= 0 || b.Cooldown <= 0 || b.MaxCooldown < b.Cooldown {
		t.Errorf("breaker %+v", b)
	}
	if !slices.IsSorted(c.Failures.Statuses) || c.Failures.Statuses == nil || c.Failures.Has(404) {
		t.Errorf("failures %v", c.Failures)
	}
	for _, o := range c.Origins {
		if o.Backend == "" || o.FirstByteTimeout <= 0 || o.BodyTimeout <= 0 {
			t.Errorf("origin %+v", o)
		}
	}
	for _, r := range c.Routes {
		if r.Unlisted == "" || len(r.Ignore) < len(c.Ignore) || len(r.BypassHeaders) < len(c.BypassHeaders) {
			t.Errorf("route %+v", r)
		}
		if len(r.Methods) == 0 || !r.Path.Covers(r.Path) || !slices.IsSorted(r.Headers) {
			t.Errorf("route %+v", r)
		}
		if r.Lifetimes.TTL.Duration < 0 || r.Lifetimes.TTL.Duration > 365*day {
			t.Errorf("ttl of route %q is %v", r.Name, r.Lifetimes.TTL)
		}
	}
}
