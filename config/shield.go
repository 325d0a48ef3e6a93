package config

import (
	"strings"
	"time"
)

// ShieldName is what the shield is called among the origins.
const ShieldName = "shield"

// Shield is the POP that collects the misses of all other POPs.
type Shield struct {
	// Site is the shield's code in Fastly's list of them, such as "iad-va-us".
	Site string `larder:"site,required"`
	// FirstByteTimeout bounds the wait for the shield, which may ask several
	// origins meanwhile. Default two thirds of the deadline, so that an origin
	// can still be asked directly.
	FirstByteTimeout time.Duration `larder:"first_byte_timeout" range:"1ms 110s"`
	// BodyTimeout bounds the transfer of a body that is read as a whole.
	BodyTimeout time.Duration `larder:"body_timeout" default:"10s" range:"1ms 110s"`
	// PurgeDelay is how much later than an edge the shield may learn of a
	// purge. For so long after one, an edge does not use the shield's answer
	// unless the origin confirms it. The default is what the vault allows a
	// purge as well; 150 ms are usual.
	PurgeDelay time.Duration `larder:"purge_delay" default:"15s" range:"1s 2m"`
}

func (c *checker) shield(s *Shield, config *Config, at *jsonPath) {
	if s == nil {
		return
	}
	// Lower-case letters, digits and hyphens, as in Fastly's list.
	if strings.ContainsFunc(s.Site, func(r rune) bool { return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') }) {
		c.fail(at.member("site"), `want a shield's code such as "iad-va-us"; got %s`, quote(s.Site))
	}
	if s.FirstByteTimeout == 0 {
		s.FirstByteTimeout = config.Deadline * 2 / 3
	}
	for i, o := range config.Origins {
		if o.Name == ShieldName {
			c.fail(top("origins").element(i).member("name"), `want another name; %q is the shield's own`, ShieldName)
		}
	}
}
