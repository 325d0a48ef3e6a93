package config

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// everything are configurations that use every member of the file between
// them, none with the value that its absence stands for.
func everything() map[string][]byte {
	return map[string][]byte{
		"everything set": []byte(`{
	"$schema": "config/larder.schema.json", "name": "Pantry",
	"routes": [
		{"name": "post", "path": "/p/{slug}/%7e/a b", "methods": ["QUERY", "GET"],
			"query": {"z": null, "a": "", "*": null, "\"q\"": "\u00e9\\"}, "bypass": {"preview": "1", "draft": ""},
			"headers": ["x-b", "accept-language"], "keys": ["post:{slug}", "any:{query.other}"],
			"items": [{"each": "data.*", "keys": ["post:{@key}", "{path.slug}"]}, {"each": "", "keys": ["all"]}],
			"lifetimes": {"ttl": "1d12h", "stale_while_revalidate": "2m", "stale_if_error": "0s",
				"client_ttl": "3s", "not_found_ttl": "4s", "heuristic": false}},
		{ "path" : "/{rest...}" , "lifetimes" : { "ttl" : "origin" } , "headers" : [ "*" ] , "name" : "rest" , "query" : { } }
	],
	"origins": [
		{"name": "main", "backend": "main_eu", "host": "[::1]:8080", "first_byte_timeout": "2s",
			"body_timeout": "500ms", "headers": {"x-edge-key": "k", "X-Brackets": "]}[{,:\""}, "retries": 3},
		{"name": "spare", "retries": 0}
	],
	"deadline": "110s",
	"failures": {"statuses": [503, 502, 599]},
	"breaker": {"failures": 100, "window": "1s", "pause": "100ms", "max_pause": "1h"},
	"shield": {"site": "frankfurt-de", "first_byte_timeout": "4s", "body_timeout": "5s", "purge_delay": "1m"},
	"tenant": {"query": "auth_token", "header": "authorization"},
	"cors": {"origins": ["https://WWW.example.com:8443"], "headers": ["x-a"], "expose": ["age"], "max_age": "2h"},
	"debug_header": "larder-debug",
	"secrets": {"store": "s", "name": "n"},
	"vault": {"store": "v", "interval": "1d", "max_age": "365d", "max_body": 1024, "superseded": false},
	"limits": {"tagged_body": "4MiB", "purge_body": 1024},
	"unmatched": "reject",
	"lifetimes": {"ttl": "5h", "stale_while_revalidate": "6m", "stale_if_error": "7d",
		"client_ttl": "8s", "not_found_ttl": "9s", "heuristic": true}
}`),
		"nothing set":   []byte(`{"origins":[{"name":"a"}],"routes":[{"name":"r","path":"/"}]}`),
		"empty members": []byte(`{"failures":{"statuses":[]},"vault":{},"breaker":{},"shield":{"site":"a"},"tenant":{"query":"t"},"origins":[{"name":"a","headers":{}}],"routes":[{"name":"r","path":"/","query":{},"bypass":{},"keys":[],"items":[],"headers":[]}]}`),
	}
}

func TestLoadAgreesWithParse(t *testing.T) {
	files := everything()
	maps.Copy(files, presets(t))
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			if _, err := Parse(data); err != nil {
				t.Fatal(err)
			}
			loadAgrees(t, data)
		})
	}
}

// FuzzLoad also shows that Load comes to an end, whatever it is given.
func FuzzLoad(f *testing.F) {
	for _, data := range everything() {
		f.Add(data)
	}
	f.Fuzz(loadAgrees)
}

// loadAgrees checks that load does the same as Parse with what Parse accepts.
func loadAgrees(t *testing.T, data []byte) {
	// Not Load, which would go to Parse for what it cannot read.
	got, ok := load(string(data))
	want, err := Parse(data)
	if err != nil {
		return
	}
	if !ok {
		t.Fatal("it was left to Parse")
	}
	for i := range want.Routes {
		if r := got.Routes[i]; !reflect.DeepEqual(r.Path, want.Routes[i].Path) || !slices.Equal(r.Methods, want.Routes[i].Methods) {
			t.Errorf("route %d before its details are read: %s %v", i, r.Path, r.Methods)
		}
		r, err := got.Route(i)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(*r, want.Routes[i]) {
			t.Errorf("route %q: got %+v, want %+v", r.Name, *r, want.Routes[i])
		}
	}
	got.lifetimes = want.lifetimes
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// A member that is forgotten in fill.go goes unnoticed only where no
// configuration of the test above has it.
func TestLoadIsTestedWithEveryMember(t *testing.T) {
	c := coverage{decoder: decoder{fields: map[reflect.Type][]field{}}, seen: map[string]bool{}}
	for _, data := range everything() {
		tree, err := readTree(data)
		if err != nil {
			t.Fatal(err)
		}
		c.value(tree, reflect.TypeFor[file]())
	}
	for t0 := range c.decoder.fields {
		for _, f := range c.decoder.fields[t0] {
			if member := t0.Name() + "." + f.name; !c.seen[member] {
				t.Errorf("no configuration has %s", member)
			}
		}
	}
}

// coverage is which members of the file types some configurations have. A
// type that none of them gets to is missing with the member that leads there.
type coverage struct {
	decoder decoder
	seen    map[string]bool
}

func (c *coverage) value(n node, t reflect.Type) {
	switch {
	case reflect.PointerTo(t).Implements(reflect.TypeFor[value]()):
	case t.Kind() == reflect.Pointer:
		c.value(n, t.Elem())
	case t.Kind() == reflect.Slice:
		for _, element := range n.elements {
			c.value(element, t.Elem())
		}
	case t.Kind() == reflect.Struct:
		for i, f := range c.decoder.fieldsOf(t) {
			for _, m := range n.members {
				if m.name == f.name {
					c.seen[t.Name()+"."+f.name] = true
					c.value(m.value, t.Field(i).Type)
				}
			}
		}
	}
}

func TestLoadReportsWhatParseReports(t *testing.T) {
	for _, data := range []string{``, "\ufeff" + minimal(``, ``), `[]`, `{}`, `{"routes": 1}`, `{"routes": [], "origins": []}`,
		`{"origins": [{"name": "a"}], "routes": [{"name": "r", "path": "no-slash"}]}`,
		`{"origins": [{"name": "a"}], "routes": [{"name": "r"}]}`,
		`{"origins": [{"name": "a"}], "deadline": "soon", "routes": [{"name": "r", "path": "/"}]}`,
		`{"origins": [{"name": "a"}], "deadline": "1h", "routes": [{"name": "r", "path": "/"}]}`,
		`{"origins": [{"name": "a"}], "routes": [{"name": "r", "path": "/"}], "unknown": 1}`} {
		_, want := Parse([]byte(data))
		if _, got := Load(data); got == nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", data, got, want)
		}
	}
}

func TestLoadRefusesAFileCutShort(t *testing.T) {
	whole := string(everything()["everything set"])
	for end := range len(whole) {
		if _, ok := load(whole[:end]); ok {
			t.Errorf("%d bytes of %d were loaded", end, len(whole))
		}
	}
}

func TestAMistakeInARouteIsAnErrorOfTheRouteAlone(t *testing.T) {
	tests := []struct{ name, member string }{
		{"a variable that the path lacks", `"keys": ["x:{nothing}"]`},
		{"an unknown member", `"colour": "red"`},
		{"a list that is none", `"items": {}`},
		{"a text that is none", `"headers": [1]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := Load(strings.Replace(
				`{"origins": [{"name": "a"}], "routes": [{"name": "good", "path": "/a/"}, {"name": "bad", "path": "/b/", MEMBER}]}`,
				"MEMBER", test.member, 1))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Route(0); err != nil {
				t.Errorf("the good route: %v", err)
			}
			if _, err := c.Route(1); !errors.Is(err, ErrInvalid) {
				t.Errorf("the bad route: %v", err)
			}
		})
	}
}
