package config

import (
	"reflect"
	"slices"
	"strings"
	"time"

	"larder/surrogate"
)

// decoder fills a [Config] from a JSON tree, by the tags of its types. Unlike
// encoding/json it continues after a mistake, and it accepts nothing silently:
// no unknown or repeated members, no null, no empty text where the tag does
// not allow it.
type decoder struct {
	report
	lifetimes Lifetimes // with which those of each route begin
}

// field is what a tag says of one member:
//
//	larder:"name,option…" default:"…" range:"least most" enum:"a,b"
//
// Elements of lists and dictionaries are held to their field's options, range
// and enum. A bool with an enum stands for the first of two words.
type field struct {
	index    int // in the struct
	name     string
	required bool
	empty    bool     // "" is allowed
	some     bool     // a list needs an element
	enum     []string // the values allowed; nil allows all
	bounds   []string // least and most; empty for no bounds
	standard string   // the default; "" for the zero value
}

// fieldsOf reads the tags of a struct. A field without one is not in the file.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		name, options, found := strings.Cut(tag.Get("larder"), ",")
		if name == "" {
			continue
		}
		f := field{index: i, name: name, standard: tag.Get("default"), bounds: strings.Fields(tag.Get("range"))}
		if found {
			f.required = strings.Contains(options, "required")
			f.empty = strings.Contains(options, "empty")
			f.some = strings.Contains(options, "some")
		}
		if enum := tag.Get("enum"); enum != "" {
			f.enum = strings.Split(enum, ",")
		}
		fields = append(fields, f)
	}
	return fields
}

// decode fills v, which stays as it is where n is not what v takes.
func (d *decoder) decode(n node, v reflect.Value, f field, at *jsonPath) {
	var err error
	switch p := v.Addr().Interface().(type) {
	case *time.Duration:
		err = durations.decode(n, f, (*int64)(p))
	case *int64:
		err = sizes.decode(n, f, p)
	case *int:
		whole := int64(*p)
		err = counts.decode(n, f, &whole)
		*p = int(whole)
	case *OptionalDuration:
		err = p.decode(n, f)
	case *Pattern:
		err = p.decode(n)
	case *surrogate.Template:
		err = decodeTemplate(n, p)
	case *string:
		err = decodeText(n, f, p)
	case *UnsafeMethods:
		err = decodeText(n, f, (*string)(p))
	case *Unlisted:
		err = decodeText(n, f, (*string)(p))
	case *bool:
		err = decodeBool(n, f, p)
	case *map[string]string:
		*p = map[string]string{}
		d.dictionary(n, at, func(m member, here *jsonPath) {
			text := ""
			d.decode(m.value, reflect.ValueOf(&text).Elem(), f, here)
			(*p)[m.name] = text
		})
	case *map[string][]ItemRule:
		*p = map[string][]ItemRule{}
		d.dictionary(n, at, func(m member, here *jsonPath) {
			var rules []ItemRule
			d.decode(m.value, reflect.ValueOf(&rules).Elem(), f, here)
			(*p)[m.name] = rules
		})
	case *[]Parameter:
		d.parameters(n, p, at)
	case *[]Condition:
		d.conditions(n, p, f, at)
	default:
		d.compound(n, v, f, at)
	}
	if err != nil {
		d.fail(at, "%v", err)
	}
}

// compound fills what consists of values with tags or options of their own.
func (d *decoder) compound(n node, v reflect.Value, f field, at *jsonPath) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		setDefaults(v.Elem())
		d.decode(n, v.Elem(), f, at)
	case reflect.Slice:
		d.list(n, v, f, at)
	default:
		d.object(n, v, at)
	}
}

// object fills a struct that has its defaults.
func (d *decoder) object(n node, v reflect.Value, at *jsonPath) {
	if route, ok := v.Addr().Interface().(*Route); ok {
		route.Lifetimes = d.lifetimes
	}
	fields := fieldsOf(v.Type())
	seen := d.members(n, at, func(m member, here *jsonPath) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == m.name })
		if i < 0 {
			d.unknown(m.name, fields, here)
			return
		}
		d.decode(m.value, v.Field(fields[i].index), fields[i], here)
	})
	for _, f := range fields {
		if f.required && seen != nil && !seen[f.name] {
			d.fail(at.member(f.name), "want this member; it is missing")
		}
	}
}

// setDefaults fills in the defaults of a new struct and of the structs in it.
// Other values have none of their own.
func setDefaults(v reflect.Value) {
	if v.Kind() != reflect.Struct {
		return
	}
	for _, f := range fieldsOf(v.Type()) {
		inner := v.Field(f.index)
		if f.standard != "" {
			new(decoder).decode(tagNode(f.standard), inner, f, nil)
		} else {
			setDefaults(inner)
		}
	}
}

// members calls each for every member of an object that was not there before,
// and returns the names of all; nil if n is no object. Which of two members of
// one name counts would be a guess.
func (d *decoder) members(n node, at *jsonPath, each func(m member, here *jsonPath)) map[string]bool {
	if n.kind != object {
		d.fail(at, "want an object; got %s", n.got())
		return nil
	}
	seen := make(map[string]bool, len(n.members))
	for _, m := range n.members {
		here := at.member(m.name)
		if seen[m.name] {
			d.fail(here, "want each member once; got %q twice", m.name)
			continue
		}
		seen[m.name] = true
		each(m, here)
	}
	return seen
}

// dictionary is for objects whose members the file's author names.
func (d *decoder) dictionary(n node, at *jsonPath, each func(m member, here *jsonPath)) {
	d.members(n, at, func(m member, here *jsonPath) {
		if m.name == "" {
			d.fail(here, `want a name; got ""`)
			return
		}
		each(m, here)
	})
}

func (d *decoder) parameters(n node, into *[]Parameter, at *jsonPath) {
	d.dictionary(n, at, func(m member, here *jsonPath) {
		p := Parameter{Name: m.name}
		switch m.value.kind {
		case null:
		case text:
			p.Default, p.HasDefault = m.value.text, true
		default:
			d.fail(here, "want the default value as a string, or null where there is none; got %s", m.value.got())
		}
		*into = append(*into, p)
	})
	slices.SortFunc(*into, func(a, b Parameter) int { return strings.Compare(a.Name, b.Name) })
}

func (d *decoder) conditions(n node, into *[]Condition, f field, at *jsonPath) {
	d.dictionary(n, at, func(m member, here *jsonPath) {
		c := Condition{Parameter: m.name}
		d.decode(m.value, reflect.ValueOf(&c.Value).Elem(), f, here)
		*into = append(*into, c)
	})
	slices.SortFunc(*into, func(a, b Condition) int { return strings.Compare(a.Parameter, b.Parameter) })
}

func (d *decoder) list(n node, v reflect.Value, f field, at *jsonPath) {
	if n.kind != list {
		d.fail(at, "want a list; got %s", n.got())
		return
	}
	if len(n.elements) == 0 && f.some {
		d.fail(at, "want at least one element; got an empty list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.elements), len(n.elements)))
	for i, e := range n.elements {
		setDefaults(v.Index(i))
		d.decode(e, v.Index(i), f, at.element(i))
	}
}

// renamed gives the new names of members that had others in earlier versions,
// by their paths without indexes.
var renamed = map[string]string{
	"breaker.pause":     "breaker.cooldown",
	"breaker.max_pause": "breaker.max_cooldown",
}

func (d *decoder) unknown(name string, fields []field, at *jsonPath) {
	old := strings.Join(at.members(), ".")
	if now, ok := renamed[old]; ok {
		d.fail(at, "%s is now called %s", old, now)
		return
	}
	known := make([]string, len(fields))
	for i, f := range fields {
		known[i] = f.name
	}
	if near, ok := nearest(name, known); ok {
		d.fail(at, "unknown member %s; did you mean %q?", quote(name), near)
		return
	}
	d.fail(at, "unknown member %s; want one of %s", quote(name), strings.Join(known, ", "))
}
