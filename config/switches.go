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
	// Maintenance keeps Larder from sending requests to any origin: it answers
	// from its copies ("maintenance": "on").
	Maintenance bool
	// Disabled names origins that get no requests ("disabled_origins", names
	// separated by spaces or commas).
	Disabled []string
	// Closed names origins whose circuit counts as closed, whatever fails
	// ("closed_circuits", names likewise).
	Closed []string
	// Pass sends every request to the origin and stores nothing ("pass": "on").
	Pass bool
	// MaxStale bounds the stale windows of all routes ("max_stale", such as
	// "1h"); it never extends them.
	MaxStale OptionalDuration
}

// The entries of the Config Store.
const (
	switchMaintenance = "maintenance"
	switchDisabled    = "disabled_origins"
	switchClosed      = "closed_circuits"
	switchPass        = "pass"
	switchMaxStale    = "max_stale"
)

// ReadSwitches reads the entries that lookup finds. A bad value counts as
// absent, and is one of the errors, which name the entry and what would be
// right.
func (c *Config) ReadSwitches(lookup func(entry string) (string, bool)) (Switches, []error) {
	r := switchReader{config: c, lookup: lookup}
	return Switches{
		Maintenance: r.on(switchMaintenance),
		Pass:        r.on(switchPass),
		Disabled:    r.origins(switchDisabled),
		Closed:      r.origins(switchClosed),
		MaxStale:    r.duration(switchMaxStale),
	}, r.errs
}

type switchReader struct {
	config *Config
	lookup func(entry string) (string, bool)
	errs   []error
}

// value returns an entry without the white space around it, or "".
func (r *switchReader) value(entry string) string {
	if value, ok := r.lookup(entry); ok {
		return strings.TrimSpace(value)
	}
	return ""
}

func (r *switchReader) bad(entry, value, want string) {
	r.errs = append(r.errs, fmt.Errorf("switch %q: want %s; got %s", entry, want, quote(value)))
}

func (r *switchReader) on(entry string) bool {
	value := r.value(entry)
	switch strings.ToLower(value) {
	case "on", "true", "1":
		return true
	case "off", "false", "0", "":
		return false
	}
	r.bad(entry, value, `"on" or "off"`)
	return false
}

func (r *switchReader) origins(entry string) []string {
	var names []string
	for _, name := range strings.FieldsFunc(r.value(entry), func(c rune) bool { return c == ',' || unicode.IsSpace(c) }) {
		if r.config.hasOrigin(name) {
			names = append(names, name)
		} else {
			r.bad(entry, name, "names of origins in larder.json")
		}
	}
	return names
}

func (r *switchReader) duration(entry string) OptionalDuration {
	value := r.value(entry)
	if value == "" {
		return OptionalDuration{}
	}
	d, ok := parseDuration(value)
	if !ok {
		r.bad(entry, value, `a duration such as "30s", "12h" or "7d"`)
	}
	return OptionalDuration{Duration: d, Valid: ok}
}

// hasOrigin reports whether there is such an origin; the shield is one.
func (c *Config) hasOrigin(name string) bool {
	return c.Shield != nil && name == ShieldName ||
		slices.ContainsFunc(c.Origins, func(o Origin) bool { return o.Name == name })
}
