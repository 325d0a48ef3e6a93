package config

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"larder/surrogate"
)

// quantity is a notation for numbers of one kind.
type quantity struct {
	noun, want string // for messages
	parse      func(node) (int64, bool)
	format     func(int64) string
}

var (
	durations = quantity{
		noun: "duration", want: `a duration such as "30s", "12h" or "7d"`,
		parse: func(n node) (int64, bool) {
			d, ok := parseDuration(n.text)
			return int64(d), ok && n.kind == text
		},
		format: func(d int64) string { return formatDuration(time.Duration(d)) },
	}
	sizes = quantity{
		noun: "size", want: `a size such as "256KiB", "8MiB" or a whole number of bytes`,
		parse: parseSize, format: formatSize,
	}
	counts = quantity{
		noun: "number", want: "a whole number",
		parse: func(n node) (int64, bool) {
			whole, err := strconv.ParseUint(n.text, 10, 31)
			return int64(whole), err == nil && n.kind == number
		},
		format: func(n int64) string { return strconv.FormatInt(n, 10) },
	}
)

// decode reads a number within the field's bounds.
func (q quantity) decode(n node, f field, into *int64) error {
	value, ok := q.parse(n)
	if !ok {
		return fmt.Errorf("want %s; got %s", q.want, n.got())
	}
	if len(f.bounds) == 2 {
		least, _ := q.parse(tagNode(f.bounds[0]))
		most, _ := q.parse(tagNode(f.bounds[1]))
		if value < least || value > most {
			return fmt.Errorf("want a %s from %s to %s; got %s", q.noun, q.format(least), q.format(most), q.format(value))
		}
	}
	*into = value
	return nil
}

// tagNode returns what a tag's default or bound would be in the file: a list, a
// number, a boolean or, for anything else, a text.
func tagNode(s string) node {
	if n, err := readTree([]byte(s)); err == nil {
		return n
	}
	return node{kind: text, text: s}
}

// day is the unit that Go's durations lack. It has no leap seconds here.
const day = 24 * time.Hour

// parseDuration reads Go's notation with days in front, and no signs.
func parseDuration(s string) (time.Duration, bool) {
	if strings.ContainsAny(s, "+-") {
		return 0, false
	}
	days, rest, hasDays := strings.Cut(s, "d")
	if !hasDays {
		d, err := time.ParseDuration(s)
		return d, err == nil
	}
	whole, err := strconv.ParseUint(days, 10, 16)
	if err != nil {
		return 0, false
	}
	if rest == "" {
		return time.Duration(whole) * day, true
	}
	d, err := time.ParseDuration(rest)
	return time.Duration(whole)*day + d, err == nil && d < day
}

// formatDuration writes a duration in the largest unit that it is a whole
// number of.
func formatDuration(d time.Duration) string {
	units := []struct {
		size time.Duration
		name string
	}{{day, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}}
	for _, u := range units {
		if d != 0 && d%u.size == 0 {
			return strconv.FormatInt(int64(d/u.size), 10) + u.name
		}
	}
	return d.String()
}

// decode reads a duration, or "origin", which leaves the decision to the
// origin's headers even where the file's own lifetimes have a value.
func (o *OptionalDuration) decode(n node, f field) error {
	if n.kind == text && n.text == "origin" {
		*o = OptionalDuration{}
		return nil
	}
	orOrigin := durations
	orOrigin.want += `, or "origin"`
	if err := orOrigin.decode(n, f, (*int64)(&o.Duration)); err != nil {
		return err
	}
	o.Valid = true
	return nil
}

func parseSize(n node) (int64, bool) {
	digits, unit := n.text, int64(1)
	switch n.kind {
	case number:
	case text:
		if short, ok := strings.CutSuffix(n.text, "KiB"); ok {
			digits, unit = short, 1<<10
		} else if short, ok := strings.CutSuffix(n.text, "MiB"); ok {
			digits, unit = short, 1<<20
		} else {
			return 0, false
		}
	default:
		return 0, false
	}
	count, err := strconv.ParseUint(digits, 10, 63)
	if err != nil || count > math.MaxInt64/uint64(unit) {
		return 0, false
	}
	return int64(count) * unit, true
}

func formatSize(bytes int64) string {
	switch {
	case bytes > 0 && bytes%(1<<20) == 0:
		return strconv.FormatInt(bytes>>20, 10) + "MiB"
	case bytes > 0 && bytes%(1<<10) == 0:
		return strconv.FormatInt(bytes>>10, 10) + "KiB"
	default:
		return strconv.FormatInt(bytes, 10)
	}
}

func decodeText(n node, f field, into *string) error {
	switch {
	case n.kind != text:
		return fmt.Errorf("want a string; got %s", n.got())
	case n.text == "" && !f.empty:
		return fmt.Errorf(`want some text; got ""`)
	case f.enum != nil && !slices.Contains(f.enum, n.text):
		return fmt.Errorf("want %s; got %s", oneOf(f.enum), quote(n.text))
	}
	*into = n.text
	return nil
}

func decodeBool(n node, f field, into *bool) error {
	if f.enum != nil {
		word := ""
		if err := decodeText(n, f, &word); err != nil {
			return err
		}
		*into = word == f.enum[0]
		return nil
	}
	if n.kind != boolean {
		return fmt.Errorf("want true or false; got %s", n.got())
	}
	*into = n.text == "true"
	return nil
}

func decodeTemplate(n node, into *surrogate.Template) error {
	if n.kind != text {
		return fmt.Errorf(`want a key such as "post:{slug}"; got %s`, n.got())
	}
	template, err := surrogate.ParseTemplate(n.text)
	if err == nil {
		*into = template
	}
	return err
}

func (p *Pattern) decode(n node) error {
	if n.kind != text {
		return fmt.Errorf(`want a path such as "/v2/posts/{slug}/"; got %s`, n.got())
	}
	pattern, err := ParsePattern(n.text)
	if err == nil {
		*p = pattern
	}
	return err
}
