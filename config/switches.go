package config

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Switches are what an operator can change without deploying: entries of the
// Config Store, read when a sandbox starts and every few seconds after. The
// zero value changes nothing.
type Switches struct {
	// Maintenance keeps Larder from asking any origin: it answers with what
	// it has ("maintenance": "on").
	Maintenance bool
	// Disabled names origins that are not asked ("disabled_origins", names
	// separated by spaces or commas).
	Disabled []string
	// Pass sends every request to the origin and keeps nothing ("pass": "on").
	Pass bool
	// MaxStale bounds the stale windows of all routes ("max_stale", such as
	// "1h"); it never extends them.
	MaxStale OptionalDuration
}

// The entries of the Config Store.
const (
	switchMaintenance = "maintenance"
	switchDisabled    = "disabled_origins"
	switchPass        = "pass"
	switchMaxStale    = "max_stale"
)

// ReadSwitches reads the entries that lookup finds. A bad value counts as
// absent, and is one of the errors, which name the entry and what would be
// right.
func (c *Config) ReadSwitches(lookup func(entry string) (string, bool)) (Switches, []error) {
	var s Switches
	var errs []error
	bad := func(entry, value, want string) {
		errs = append(errs, fmt.Errorf("switch %q: want %s; got %s", entry, want, quote(value)))
	}
	onOff := func(entry string) bool {
		value, ok := lookup(entry)
		if !ok {
			return false
		}
		switch strings.ToLower(strings.TrimSpace(value)) {
		case "on", "true", "1":
			return true
		case "off", "false", "0", "":
			return false
		}
		bad(entry, value, `"on" or "off"`)
		return false
	}
	s.Maintenance = onOff(switchMaintenance)
	s.Pass = onOff(switchPass)
	if value, ok := lookup(switchDisabled); ok {
		for _, name := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || unicode.IsSpace(r) }) {
			if !c.hasOrigin(name) {
				bad(switchDisabled, name, "names of origins in larder.json")
				continue
			}
			s.Disabled = append(s.Disabled, name)
		}
	}
	if value, ok := lookup(switchMaxStale); ok && strings.TrimSpace(value) != "" {
		d, ok := parseDuration(strings.TrimSpace(value))
		if !ok {
			bad(switchMaxStale, value, `a duration such as "30s", "12h" or "7d"`)
		} else {
			s.MaxStale = OptionalDuration{Duration: d, Valid: true}
		}
	}
	return s, errs
}

// hasOrigin reports whether there is such an origin; the shield is one.
func (c *Config) hasOrigin(name string) bool {
	return c.Shield != nil && name == ShieldName ||
		slices.ContainsFunc(c.Origins, func(o Origin) bool { return o.Name == name })
}
