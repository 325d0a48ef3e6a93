package config

import "time"

// Shield is the place that collects all other places' misses.
type Shield struct {
	// Site is the shield's code in Fastly's list of them, such as "iad-va-us".
	Site string
	// FirstByteTimeout bounds the wait for the shield, which may ask several
	// origins meanwhile. From 1 ms to 110 s; default two thirds of the
	// deadline, so that an origin can still be asked directly.
	FirstByteTimeout time.Duration
	// BodyTimeout bounds the transfer of a body that is read as a whole.
	// Default 10 s.
	BodyTimeout time.Duration
	// PurgeDelay is how much later than an edge the shield may learn of a
	// purge. For so long after one, an edge does not take what the shield has
	// without asking the origin. From 1 s to 2 m; default 15 s, which is
	// what the vault allows a purge as well; 150 ms are usual.
	PurgeDelay time.Duration
}

func (c *checker) shield(f *shieldFile, origins []originFile, deadline time.Duration, at *place) *Shield {
	if f == nil {
		return nil
	}
	// Lower-case letters, digits and hyphens, as in Fastly's list.
	for i := range len(f.Site) {
		if b := f.Site[i]; b != '-' && !digit(b) && (b < 'a' || b > 'z') {
			c.fail(at.member("site"), `want a shield's code such as "iad-va-us"; got %s`, quote(f.Site))
			break
		}
	}
	for i, o := range origins {
		if o.Name == ShieldName {
			var root *place
			c.fail(root.member("origins").element(i).member("name"), `want another name; %q is the shield's own`, ShieldName)
		}
	}
	return &Shield{
		Site:             f.Site,
		FirstByteTimeout: c.within(f.FirstByteTimeout, minWait, maxWait, deadline*2/3, at.member("first_byte_timeout")),
		BodyTimeout:      c.within(f.BodyTimeout, minWait, maxWait, 10*time.Second, at.member("body_timeout")),
		PurgeDelay:       c.within(f.PurgeDelay, time.Second, 2*time.Minute, 15*time.Second, at.member("purge_delay")),
	}
}
