package config

import (
	"reflect"
	"slices"
	"strings"
)

// value is a type of the file with a notation of its own. Its decode returns
// an error that says what is wanted and what was found.
type value interface{ decode(n node) error }

// decoder fills the types of file.go from a JSON tree. Unlike encoding/json
// it goes on after a mistake, and it takes nothing in silence: not unknown or
// repeated members, not null, not an empty text where the file type does not
// allow it.
type decoder struct {
	report
	fields map[reflect.Type][]field // what has been read of the tags
}

func (d *decoder) decode(n node, v reflect.Value, f field, at *place) {
	if own, ok := v.Addr().Interface().(value); ok {
		if err := own.decode(n); err != nil {
			d.fail(at, "%v", err)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(n, v.Elem(), f, at)
	case reflect.Struct:
		d.object(n, v, at)
	case reflect.Map:
		d.dictionary(n, v, f, at)
	case reflect.Slice:
		d.list(n, v, f, at)
	case reflect.Bool:
		if d.want(n, boolean, "true or false", at) {
			v.SetBool(n.text == "true")
		}
	default:
		if d.want(n, text, "a string", at) && d.allowed(n, f, at) {
			v.SetString(n.text)
		}
	}
}

// want reports whether n is of kind k, and a mistake if it is not.
func (d *decoder) want(n node, k kind, what string, at *place) bool {
	if n.kind != k {
		d.fail(at, "want %s; got %s", what, n.got())
	}
	return n.kind == k
}

// allowed checks a string against what its field takes.
func (d *decoder) allowed(n node, f field, at *place) bool {
	switch {
	case n.text == "" && !f.empty:
		d.fail(at, `want some text; got ""`)
		return false
	case f.enum != nil && !slices.Contains(f.enum, n.text):
		d.fail(at, "want %s; got %s", oneOf(f.enum), quote(n.text))
		return false
	}
	return true
}

func (d *decoder) object(n node, v reflect.Value, at *place) {
	if !d.want(n, object, "an object", at) {
		return
	}
	fields := d.fieldsOf(v.Type())
	seen := make(map[string]bool, len(n.members))
	for _, m := range n.members {
		here := at.member(m.name)
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == m.name })
		if i < 0 {
			d.unknown(m.name, fields, here)
			continue
		}
		if d.first(m.name, seen, here) {
			d.decode(m.value, v.Field(i), fields[i], here)
		}
	}
	for _, f := range fields {
		if f.required && !seen[f.name] {
			d.fail(at.member(f.name), "want this member; it is missing")
		}
	}
}

func (d *decoder) dictionary(n node, v reflect.Value, f field, at *place) {
	if !d.want(n, object, "an object", at) {
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(n.members)))
	seen := make(map[string]bool, len(n.members))
	for _, m := range n.members {
		here := at.member(m.name)
		if m.name == "" {
			d.fail(here, `want a name; got ""`)
			continue
		}
		if !d.first(m.name, seen, here) {
			continue
		}
		element := reflect.New(v.Type().Elem()).Elem()
		d.decode(m.value, element, f, here)
		v.SetMapIndex(reflect.ValueOf(m.name), element)
	}
}

func (d *decoder) list(n node, v reflect.Value, f field, at *place) {
	if !d.want(n, list, "a list", at) {
		return
	}
	if len(n.elements) == 0 && f.some {
		d.fail(at, "want at least one element; got an empty list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.elements), len(n.elements)))
	for i, e := range n.elements {
		d.decode(e, v.Index(i), f, at.element(i))
	}
}

// first reports whether a member has not been there before, and a mistake if
// it has: which of the two counts would be a guess.
func (d *decoder) first(name string, seen map[string]bool, at *place) bool {
	if seen[name] {
		d.fail(at, "want each member once; got %q twice", name)
		return false
	}
	seen[name] = true
	return true
}

func (d *decoder) unknown(name string, fields []field, at *place) {
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

// field is what a file type says of one member.
type field struct {
	name     string
	required bool
	empty    bool     // "" is allowed
	some     bool     // a list needs an element
	enum     []string // the values allowed; nil allows all
}

// fieldsOf reads the tags of a file type: larder:"name,option…" with the
// options required, empty and some, and enum:"a,b". Elements of lists and
// dictionaries are held to their field's options.
func (d *decoder) fieldsOf(t reflect.Type) []field {
	if known, ok := d.fields[t]; ok {
		return known
	}
	fields := make([]field, t.NumField())
	for i := range fields {
		tag := t.Field(i).Tag
		name, options, _ := strings.Cut(tag.Get("larder"), ",")
		fields[i] = field{
			name:     name,
			required: strings.Contains(options, "required"),
			empty:    strings.Contains(options, "empty"),
			some:     strings.Contains(options, "some"),
		}
		if enum := tag.Get("enum"); enum != "" {
			fields[i].enum = strings.Split(enum, ",")
		}
	}
	d.fields[t] = fields
	return fields
}
