package config

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"larder/surrogate"
)

// day is the unit that Go's durations lack. It has no leap seconds here.
const day = 24 * time.Hour

// duration is a time such as "90s" or "1d12h". It is absent unless Valid.
type duration struct{ OptionalDuration }

func (d *duration) decode(n node) error {
	const want = `want a duration such as "30s", "12h" or "7d"; got %s`
	if n.kind != text {
		return fmt.Errorf(want, n.got())
	}
	parsed, ok := parseDuration(n.text)
	if !ok {
		return fmt.Errorf(want, n.got())
	}
	d.OptionalDuration = OptionalDuration{Duration: parsed, Valid: true}
	return nil
}

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

// lifetime is a duration or "origin", which hands the decision to the
// origin's headers even where the file's own lifetimes have a value. It is
// absent unless Valid or origin.
type lifetime struct {
	OptionalDuration
	origin bool
}

func (l *lifetime) decode(n node) error {
	if n.kind == text && n.text == "origin" {
		l.origin = true
		return nil
	}
	var d duration
	if err := d.decode(n); err != nil {
		return fmt.Errorf(`want a duration such as "30s", "12h" or "7d", or "origin"; got %s`, n.got())
	}
	l.OptionalDuration = d.OptionalDuration
	return nil
}

// or returns l, or fallback where l is absent.
func (l lifetime) or(fallback lifetime) lifetime {
	if l.Valid || l.origin {
		return l
	}
	return fallback
}

// size is a number of bytes. It is absent unless given.
type size struct {
	bytes int64
	given bool
}

func (s *size) decode(n node) error {
	var ok bool
	if s.bytes, ok = parseSize(n); !ok {
		return fmt.Errorf(`want a size such as "256KiB", "8MiB" or a whole number of bytes; got %s`, n.got())
	}
	s.given = true
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

// count is a whole number. It is absent unless given.
type count struct {
	number int
	given  bool
}

func (c *count) decode(n node) error {
	whole, err := strconv.ParseUint(n.text, 10, 31)
	if n.kind != number || err != nil {
		return fmt.Errorf("want a whole number; got %s", n.got())
	}
	c.number, c.given = int(whole), true
	return nil
}

// parameterDefault is the value of a query parameter that means the same as
// no parameter; null stands for a parameter without one.
type parameterDefault struct {
	value string
	given bool
}

func (p *parameterDefault) decode(n node) error {
	switch n.kind {
	case null:
		return nil
	case text:
		p.value, p.given = n.text, true
		return nil
	default:
		return fmt.Errorf("want the default value as a string, or null where there is none; got %s", n.got())
	}
}

// keyTemplate is a surrogate key with variables in braces.
type keyTemplate struct{ surrogate.Template }

func (k *keyTemplate) decode(n node) error {
	if n.kind != text {
		return fmt.Errorf(`want a key such as "post:{slug}"; got %s`, n.got())
	}
	var err error
	k.Template, err = surrogate.ParseTemplate(n.text)
	return err
}

func (p *Pattern) decode(n node) error {
	if n.kind != text {
		return fmt.Errorf(`want a path such as "/v2/posts/{slug}/"; got %s`, n.got())
	}
	var err error
	*p, err = ParsePattern(n.text)
	return err
}
