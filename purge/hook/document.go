package hook

import (
	"fmt"
	"strings"

	"github.com/tidwall/gjson"
)

const (
	// maxDepth is how deep a body may nest, since its validation is recursive.
	// Whole entries with everything that they embed stay far below it.
	maxDepth = 256
	// maxMembers is how many members of objects are read in all, which bounds
	// the CPU time that a body costs.
	maxMembers = 20_000
)

// document is a JSON body that is being read. It records the first mistake. After
// that, every read returns nothing.
type document struct {
	root    object
	members int // that were read
	err     error
}

// parse reads a body, which must be one JSON object.
func parse(body []byte) (*document, error) {
	switch {
	case tooDeep(body):
		return nil, problemBody.WithDetail(fmt.Sprintf("It nests deeper than %d levels.", maxDepth))
	case !gjson.ValidBytes(body):
		return nil, problemBody.WithDetail("It is not JSON.")
	}
	value := gjson.ParseBytes(body)
	if !value.IsObject() {
		return nil, problemBody.WithDetail("It is not a JSON object.")
	}
	d := &document{}
	d.root = d.object(value)
	return d, d.err
}

// tooDeep reports whether a body nests deeper than maxDepth.
func tooDeep(body []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

// object are the members of a JSON object.
type object map[string]gjson.Result

// object reads the members of a value, none if it is not an object. A repeated
// name is a mistake: the CMS and Larder might disagree on which value counts.
func (d *document) object(v gjson.Result) object {
	if !v.IsObject() || d.err != nil {
		return nil
	}
	members := object{}
	v.ForEach(func(name, value gjson.Result) bool {
		if d.members++; d.members > maxMembers {
			d.err = problemTooLarge.WithDetail(fmt.Sprintf("More than %d members of its objects would have to be read.", maxMembers))
			return false
		}
		if _, twice := members[name.Str]; twice {
			d.err = problemBody.WithDetail("An object in it has two members of the same name.")
			return false
		}
		members[name.Str] = value
		return true
	})
	if d.err != nil {
		return nil
	}
	return members
}

// list returns the elements of a list, or the value itself if it is not a list.
func (d *document) list(v gjson.Result) []gjson.Result {
	if !v.IsArray() {
		return []gjson.Result{v}
	}
	var elements []gjson.Result
	v.ForEach(func(_, element gjson.Result) bool {
		if d.members++; d.members > maxMembers {
			d.err = problemTooLarge.WithDetail(fmt.Sprintf("More than %d elements of its lists would have to be read.", maxMembers))
			return false
		}
		elements = append(elements, element)
		return true
	})
	return elements
}

// find returns the value at a path of member names joined by dots. The empty
// path is the object's first name, so it is not found.
func (d *document) find(in object, path string) gjson.Result {
	name, rest, nested := strings.Cut(path, ".")
	value := in[name]
	for nested {
		name, rest, nested = strings.Cut(rest, ".")
		value = d.object(value)[name]
	}
	return value
}

// text returns a member that is a string or a number.
func (o object) text(name string) string {
	text, _ := scalar(o[name])
	return text
}

// scalar returns a string, or a number as it is written in the body.
func scalar(v gjson.Result) (string, bool) {
	switch v.Type {
	case gjson.String:
		return v.Str, true
	case gjson.Number:
		return v.Raw, true
	}
	return "", false
}

// item holds the values of the variables in keys.
type item struct {
	doc *document
	// named are the variables that the provider's file gives.
	named map[string]string
	// object has the others, by their paths.
	object object
}

func (i item) variable(path string) (string, bool) {
	if text := i.named[path]; text != "" {
		return text, true
	}
	return scalar(i.doc.find(i.object, path))
}
