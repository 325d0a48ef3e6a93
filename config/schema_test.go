package config

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"larder/surrogate"
)

const schemaFile = "larder.schema.json"

// presets are the configurations that come with Larder.
func presets(t testing.TB) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for _, name := range []string{"../larder.json", "../presets/wordpress.json", "../presets/strapi.json", "../presets/follow-origin.json"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[filepath.Base(name)] = data
	}
	return files
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestPresetsAreValidByParserAndSchema(t *testing.T) {
	schema := compileSchema(t)
	for name, data := range presets(t) {
		if _, err := Parse(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if err := schema.Validate(decodeJSON(t, data)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What an editor marks must be a mistake, and what the parser refuses for its
// form alone an editor should mark.
func TestSchemaAndParserRefuseTheSameForms(t *testing.T) {
	schema := compileSchema(t)
	// %s stands for the rest of a valid file.
	tests := []struct {
		name   string
		file   string
		refuse bool
	}{
		{"the least file", minimal(``, ``), false},
		{"an unknown member", minimal(`"colour":"red",`, ``), true},
		{"an unknown member of a route", minimal(``, `,"ttl":"1h"`), true},
		{"no origins", `{"origins":[],"routes":[{"name":"a","path":"/"}]}`, true},
		{"routes missing", `{"origins":[{"name":"a"}]}`, true},
		{"a route without path", `{"origins":[{"name":"a"}],"routes":[{"name":"a"}]}`, true},
		{"a duration in words", minimal(`"deadline":"10 minutes",`, ``), true},
		{"a duration without unit", minimal(`"deadline":"10",`, ``), true},
		{"a negative duration", minimal(`"deadline":"-10s",`, ``), true},
		{"a duration as a number", minimal(`"deadline":10,`, ``), true},
		{"a duration of days and hours", minimal(`"lifetimes":{"ttl":"1d12h"},`, ``), false},
		{"a duration of hours and days", minimal(`"lifetimes":{"ttl":"12h1d"},`, ``), true},
		{"a duration with a fraction", minimal(`"lifetimes":{"ttl":"1.5h"},`, ``), false},
		{"the origin's lifetime", minimal(`"lifetimes":{"ttl":"origin"},`, ``), false},
		{"the origin's lifetime for clients", minimal(`"lifetimes":{"client_ttl":"origin"},`, ``), true},
		{"a size with unit", minimal(`"limits":{"tagged_body":"2MiB"},`, ``), false},
		{"a size as a number", minimal(`"limits":{"tagged_body":4096},`, ``), false},
		{"a size with a decimal unit", minimal(`"limits":{"tagged_body":"2MB"},`, ``), true},
		{"a negative size", minimal(`"limits":{"tagged_body":-1},`, ``), true},
		{"a negative number", minimal(`"breaker":{"failures":-5},`, ``), true},
		{"a number with a fraction", minimal(`"breaker":{"failures":1.5},`, ``), true},
		{"a number as a text", minimal(`"breaker":{"failures":"5"},`, ``), true},
		{"a breaker", minimal(`"breaker":{"failures":3,"window":"5s","cooldown":"2s","max_cooldown":"30s"},`, ``), false},
		{"a patience", minimal(`"patience":"2s",`, ``), false},
		{"a patience as a number", minimal(`"patience":2,`, ``), true},
		{"repeated purges", minimal(`"purge":{"repeat":["3s","20s"]},`, ``), false},
		{"Fastly's API with its defaults", minimal(`"purge":{"fastly_api":{}},`, ``), false},
		{"Fastly's API", minimal(`"purge":{"fastly_api":{"prefix":"/_larder/f/v1","soft":false}},`, ``), false},
		{"Fastly's API that is only switched on", minimal(`"purge":{"fastly_api":true},`, ``), true},
		{"Fastly's API at a path of content", minimal(`"purge":{"fastly_api":{"prefix":"/fastly"}},`, ``), true},
		{"Fastly's API at a hook", minimal(`"purge":{"fastly_api":{"prefix":"/_larder/hooks/a"}},`, ``), true},
		{"Fastly's API with a slash at its end", minimal(`"purge":{"fastly_api":{"prefix":"/_larder/fastly/"}},`, ``), true},
		{"no repeated purges", minimal(`"purge":{"repeat":[]},`, ``), false},
		{"one pause without a list", minimal(`"purge":{"repeat":"3s"},`, ``), true},
		{"a repeat as a number", minimal(`"purge":{"repeat":[3]},`, ``), true},
		{"no failing statuses", minimal(`"failures":{"statuses":[]},`, ``), false},
		{"a failing status twice", minimal(`"failures":{"statuses":[503,503]},`, ``), true},
		{"a failing status as a text", minimal(`"failures":{"statuses":["503"]},`, ``), true},
		{"a method that is not safe", minimal(``, `,"methods":["POST"]`), true},
		{"no methods", minimal(``, `,"methods":[]`), true},
		{"a method twice", minimal(``, `,"methods":["GET","GET"]`), true},
		{"QUERY as a method", minimal(``, `,"methods":["QUERY"]`), false},
		{"a parameter's default as a number", minimal(``, `,"query":{"page":1}`), true},
		{"a parameter without a default", minimal(``, `,"query":{"page":null}`), false},
		{"an empty default", minimal(``, `,"query":{"page":""}`), false},
		{"a default of all parameters", minimal(``, `,"query":{"*":"1"}`), true},
		{"a parameter without a name", minimal(``, `,"query":{"":null}`), true},
		{"filters", minimal(``, `,"query":{"tag":null},"filters":["tag"],"keys":["posts"]`), false},
		{"a filter twice", minimal(``, `,"query":{"tag":null},"filters":["tag","tag"],"keys":["posts"]`), true},
		{"a filter without a list", minimal(``, `,"query":{"tag":null},"filters":"tag","keys":["posts"]`), true},
		{"a filter without a name", minimal(``, `,"query":{"*":null},"filters":[""],"keys":["posts"]`), true},
		{"a bypass without a value", minimal(``, `,"bypass":{"preview":null}`), true},
		{"ignored parameters", minimal(`"ignore":["utm_*","fbclid"],`, `,"ignore":["x"]`), false},
		{"an ignored parameter with a star inside", minimal(`"ignore":["utm_*_x"],`, ``), true},
		{"all parameters ignored", minimal(``, `,"ignore":["*"]`), true},
		{"an ignored parameter without a name", minimal(``, `,"ignore":[""]`), true},
		{"one ignored parameter without a list", minimal(`"ignore":"fbclid",`, ``), true},
		{"unlisted parameters", minimal(`"unlisted":"pass",`, `,"unlisted":"reject"`), false},
		{"an unknown word for unlisted parameters", minimal(``, `,"unlisted":"ignore"`), true},
		{"unlisted parameters as a truth value", minimal(`"unlisted":true,`, ``), true},
		{"headers that pass a request", minimal(`"bypass_headers":["authorization"],`, `,"bypass_headers":["X-WP-Nonce"]`), false},
		{"a header without a name", minimal(`"bypass_headers":[""],`, ``), true},
		{"one header without a list", minimal(``, `,"bypass_headers":"Authorization"`), true},
		{"a parameter as a pattern", minimal(``, `,"query":{"populate*":null}`), true},
		{"a star inside a parameter's name", minimal(``, `,"query":{"fields[*]":null}`), true},
		{"a bypass by a pattern", minimal(``, `,"bypass":{"preview*":"1"}`), true},
		{"a path with a colon before a name", routes(`{"name":"a","path":"/api/:id"}`), true},
		{"a path with a star for the rest", routes(`{"name":"a","path":"/api/*"}`), true},
		{"a path with two stars for a segment", routes(`{"name":"a","path":"/api/**/x"}`), true},
		{"a path with a colon and a star inside segments", routes(`{"name":"a","path":"/api/items:batch/a*"}`), false},
		{"a key with an open brace", minimal(``, `,"keys":["post:{slug"]`), true},
		{"an empty key", minimal(``, `,"keys":[""]`), true},
		{"items without keys", minimal(``, `,"items":[{"each":"data"}]`), true},
		{"items with a fragment", minimal(`"fragments":{"a":[{"each":"","keys":["{id}"]}]},`, `,"items":[{"each":"data","use":"a"}]`), false},
		{"items with a fragment and keys", minimal(`"fragments":{"a":[{"each":"","keys":["{id}"]}]},`, `,"items":[{"each":"data","use":"a","keys":["b"]}]`), false},
		{"a fragment without rules", minimal(`"fragments":{"a":[]},`, `,"items":[{"each":"data","use":"a"}]`), true},
		{"a fragment that is one rule", minimal(`"fragments":{"a":{"each":"","keys":["{id}"]}},`, `,"items":[{"each":"data","use":"a"}]`), true},
		{"a fragment without a name", minimal(`"fragments":{"":[{"each":"","keys":["{id}"]}]},`, `,"items":[{"each":"data","keys":["b"]}]`), true},
		{"items at the root", minimal(``, `,"items":[{"each":"","keys":["{id}"]}]`), false},
		{"an unknown word for unsafe methods", minimal(`"unsafe_methods":"drop",`, ``), true},
		{"an unknown answer to the unmatched", minimal(`"unmatched":"drop",`, ``), true},
		{"a name that begins with a digit", minimal(`"name":"9lives",`, ``), true},
		{"an empty name", minimal(`"name":"",`, ``), true},
		{"a tenant without a credential", minimal(`"tenant":{},`, ``), true},
		{"CORS without origins", minimal(`"cors":{},`, ``), true},
		{"CORS for a path", minimal(`"cors":{"origins":["https://a.example/x"]},`, ``), true},
		{"null for an object", minimal(`"tenant":null,`, ``), true},
		{"a vault with its defaults", minimal(`"vault":{},`, ``), false},
		{"a vault", minimal(`"vault":{"store":"v","interval":"5m","max_age":"7d","max_body":"1MiB","superseded":false},`, ``), false},
		{"a vault that is only switched on", minimal(`"vault":true,`, ``), true},
		{"a vault without a store's name", minimal(`"vault":{"store":""},`, ``), true},
		{"a vault with a text for a yes", minimal(`"vault":{"superseded":"yes"},`, ``), true},
		{"a shield with its defaults", minimal(`"shield":{"site":"iad-va-us"},`, ``), false},
		{"a shield", minimal(`"shield":{"site":"frankfurt-de","first_byte_timeout":"4s","body_timeout":"5s","purge_delay":"1m"},`, ``), false},
		{"a shield without a site", minimal(`"shield":{},`, ``), true},
		{"a shield with an empty site", minimal(`"shield":{"site":""},`, ``), true},
		{"a shield's site in capitals", minimal(`"shield":{"site":"IAD"},`, ``), true},
		{"a shield's site with an underscore", minimal(`"shield":{"site":"iad_va_us"},`, ``), true},
		{"a shield that is only named", minimal(`"shield":"iad-va-us",`, ``), true},
		{"a shield with a member too much", minimal(`"shield":{"site":"iad-va-us","backup":"bwi-va-us"},`, ``), true},
		{"a purge delay as a number", minimal(`"shield":{"site":"iad-va-us","purge_delay":10},`, ``), true},
		{"plain HTTP", minimal(`"plain_http":"allow","hsts":"0s",`, ``), false},
		{"plain HTTP by another word", minimal(`"plain_http":"redirect",`, ``), true},
		{"plain HTTP as a truth value", minimal(`"plain_http":true,`, ``), true},
		{"HSTS in seconds", minimal(`"hsts":31536000,`, ``), true},
		{"no rate limits", minimal(`"rate_limits":{"wrong_tokens":0,"purges":0},`, ``), false},
		{"a rate limit in words", minimal(`"rate_limits":{"purges":"10 a second"},`, ``), true},
		{"an unknown rate limit", minimal(`"rate_limits":{"requests":10},`, ``), true},
		{"no debug header", minimal(`"debug_header":"",`, ``), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse([]byte(test.file))
			if (err != nil) != test.refuse {
				t.Errorf("Parse says %v", err)
			}
			if err := schema.Validate(decodeJSON(t, []byte(test.file))); (err != nil) != test.refuse {
				t.Errorf("the schema says %v", err)
			}
		})
	}
}

// minimal returns the least file with members put into it and its route.
func minimal(members, ofRoute string) string {
	return `{` + members + `"origins":[{"name":"primary"}],"routes":[{"name":"all","path":"/{path...}"` + ofRoute + `}]}`
}

func decodeJSON(t *testing.T, data []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSchemaDescribesTheTypes(t *testing.T) {
	data, err := os.ReadFile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	var root schemaNode
	if err := json.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	c := schemaCheck{t: t, defs: root.Defs, used: map[string]bool{}}
	c.object("$", root, reflect.TypeFor[Config]())
	for name := range root.Defs {
		if !c.used[name] {
			t.Errorf("$defs/%s describes nothing", name)
		}
	}
}

// schemaNode is the part of JSON Schema that the comparison looks at.
type schemaNode struct {
	Ref                  string                `json:"$ref"`
	Description          string                `json:"description"`
	Type                 any                   `json:"type"`
	Properties           map[string]schemaNode `json:"properties"`
	Required             []string              `json:"required"`
	AdditionalProperties json.RawMessage       `json:"additionalProperties"`
	Items                *schemaNode           `json:"items"`
	MinItems             int                   `json:"minItems"`
	MinLength            int                   `json:"minLength"`
	Pattern              string                `json:"pattern"`
	Enum                 []string              `json:"enum"`
	Default              any                   `json:"default"`
	Defs                 map[string]schemaNode `json:"$defs"`
}

type schemaCheck struct {
	t    *testing.T
	defs map[string]schemaNode
	used map[string]bool
}

func (c *schemaCheck) object(at string, s schemaNode, t reflect.Type) {
	if s.Type != "object" || string(s.AdditionalProperties) != "false" {
		c.t.Errorf("%s: the schema does not describe a closed object", at)
	}
	var names, required []string
	for _, f := range fieldsOf(t) {
		names = append(names, f.name)
		if f.required {
			required = append(required, f.name)
		}
		property, ok := s.Properties[f.name]
		if !ok {
			c.t.Errorf("%s.%s: the schema lacks it", at, f.name)
			continue
		}
		if property.Description == "" {
			c.t.Errorf("%s.%s: the schema does not describe it", at, f.name)
		}
		if !dependent[at+"."+f.name] {
			c.numbers(at+"."+f.name, property, f)
		}
		c.member(at+"."+f.name, property, t.Field(f.index).Type, f)
	}
	for name := range s.Properties {
		if !slices.Contains(names, name) {
			c.t.Errorf("%s.%s: the type lacks it", at, name)
		}
	}
	slices.Sort(required)
	if !slices.Equal(required, slices.Sorted(slices.Values(s.Required))) {
		c.t.Errorf("%s: the schema requires %v; the type %v", at, s.Required, required)
	}
}

// dependent are members whose default or range depends on another member.
var dependent = map[string]bool{"$.breaker.max_cooldown": true, "$.patience": true}

// numbers holds what the schema says of a default and a range to the tags.
func (c *schemaCheck) numbers(at string, s schemaNode, f field) {
	standard := defaultText(c.t, s.Default)
	zero := standard == "" || standard == "0s" || standard == "false"
	if standard != f.standard && (f.standard != "" || !zero) {
		c.t.Errorf("%s: the schema's default is %q; the type's %q", at, standard, f.standard)
	}
	if len(f.bounds) == 0 || f.bounds[0] == "0s" { // the bounds of every duration
		return
	}
	words := "from " + f.bounds[0] + " to " + f.bounds[1]
	if !strings.Contains(s.Description, words) && !strings.Contains(s.Description, "F"+words[1:]) {
		c.t.Errorf("%s: the schema's description does not say %q", at, words)
	}
}

// defaultText writes a schema's default as a tag has it.
func defaultText(t *testing.T, standard any) string {
	t.Helper()
	switch standard := standard.(type) {
	case nil:
		return ""
	case string:
		return standard
	}
	text, err := json.Marshal(standard)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// definition returns the name of the schema's definition for a type, or "".
func definition(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[time.Duration]():
		return "duration"
	case reflect.TypeFor[OptionalDuration]():
		return "lifetime"
	case reflect.TypeFor[int64]():
		return "size"
	case reflect.TypeFor[int]():
		return "count"
	case reflect.TypeFor[surrogate.Template]():
		return "keyTemplate"
	case reflect.TypeFor[ItemRule]():
		return "item"
	case reflect.TypeFor[Parameter]():
		return "parameterDefault"
	}
	if t.Kind() == reflect.Struct {
		return strings.ToLower(t.Name())
	}
	return ""
}

func (c *schemaCheck) member(at string, s schemaNode, t reflect.Type, f field) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if def, ok := strings.CutPrefix(s.Ref, "#/$defs/"); ok {
		c.used[def] = true
		if want := definition(t); def != want {
			c.t.Errorf("%s: the schema says %s; the type %s", at, def, want)
		}
		if t.Kind() == reflect.Struct && fieldsOf(t) != nil {
			c.object(at, c.defs[def], t)
		}
		return
	}
	switch t {
	case reflect.TypeFor[map[string]string](), reflect.TypeFor[[]Parameter](), reflect.TypeFor[[]Condition](), reflect.TypeFor[map[string][]ItemRule]():
		var element schemaNode
		if err := json.Unmarshal(s.AdditionalProperties, &element); err != nil || s.Type != "object" {
			c.t.Errorf("%s: the schema does not describe this dictionary", at)
			return
		}
		inner := t.Elem()
		if inner == reflect.TypeFor[Condition]() {
			inner = reflect.TypeFor[string]()
		}
		c.member(at+"{}", element, inner, f)
		return
	}
	switch {
	case t.Kind() == reflect.Slice:
		if s.Type != "array" || s.Items == nil || (s.MinItems > 0) != f.some {
			c.t.Errorf("%s: the schema does not describe this list", at)
			return
		}
		c.member(at+"[]", *s.Items, t.Elem(), f)
	case t.Kind() == reflect.Bool && f.enum == nil:
		if s.Type != "boolean" {
			c.t.Errorf("%s: the schema says %v; the type boolean", at, s.Type)
		}
	default:
		if s.Type != "string" || !slices.Equal(s.Enum, f.enum) {
			c.t.Errorf("%s: the schema says %v of %v; the type string of %v", at, s.Type, s.Enum, f.enum)
		}
		refusesEmpty := s.MinLength > 0 || s.Pattern != "" || s.Enum != nil
		if refusesEmpty == f.empty {
			c.t.Errorf("%s: schema and type differ on an empty text", at)
		}
	}
}
