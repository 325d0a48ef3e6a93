package config

import "time"

// Vault says which answers are kept in a KV Store as well, for places whose
// cache is cold while every origin fails.
type Vault struct {
	// Store is the KV Store's name. Default "larder_vault".
	Store string
	// Interval is how often one place writes the copy of an answer that has
	// not changed. From 1 s to 1 d; default 1 m.
	Interval time.Duration
	// MaxAge is how old a copy may be when it is given. It counts instead of
	// stale_if_error, whose zero still keeps an answer out. From 1 m to
	// 365 d; default 30 d.
	MaxAge time.Duration
	// MaxBody is the largest body that is copied, in bytes. From 1 KiB to
	// 16 MiB; default 4 MiB.
	MaxBody int64
	// Superseded lets copies be given that a soft purge has made outdated
	// since. Default true. What was hard-purged is never given.
	Superseded bool
}

func (c *checker) vault(f *vaultFile, at *place) *Vault {
	if f == nil {
		return nil
	}
	return &Vault{
		Store:      or(f.Store, "larder_vault"),
		Interval:   c.within(f.Interval, time.Second, day, time.Minute, at.member("interval")),
		MaxAge:     c.within(f.MaxAge, time.Minute, maxKept, 30*day, at.member("max_age")),
		MaxBody:    c.size(f.MaxBody, 1<<10, 16<<20, 4<<20, at.member("max_body")),
		Superseded: f.Superseded == nil || *f.Superseded,
	}
}
