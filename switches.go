package main

import (
	"errors"
	"slices"
	"time"

	"github.com/fastly/compute-sdk-go/configstore"

	"larder/config"
)

// switchStore is the Config Store with the operator's switches.
const switchStore = "larder_switches"

// switchTime is how long switches count before they are read again.
const switchTime = 2 * time.Second

// switches are the operator's, as this sandbox has last read them.
type switches struct {
	config *config.Config
	log    func(format string, args ...any)
	read   time.Time
	now    config.Switches
	errs   []error
}

// current returns the switches. Without a store nothing is switched.
func (s *switches) current(now time.Time) config.Switches {
	if now.Sub(s.read) >= switchTime {
		s.read = now
		s.refresh()
	}
	return s.now
}

func (s *switches) refresh() {
	store, err := configstore.Open(switchStore)
	if err != nil {
		s.now, s.errs = config.Switches{}, nil
		if !errors.Is(err, configstore.ErrStoreNotFound) {
			s.errs = []error{err}
		}
		return
	}
	var failed error
	s.now, s.errs = s.config.ReadSwitches(func(entry string) (string, bool) {
		value, err := store.Get(entry)
		if err != nil && !errors.Is(err, configstore.ErrKeyNotFound) {
			failed = err
		}
		return value, err == nil
	})
	if failed != nil {
		s.errs = append(s.errs, failed)
	}
	for _, err := range s.errs {
		s.log("%v", err)
	}
}

// disabled reports whether the operator keeps Larder from asking an origin.
func (s *switches) disabled(origin string) bool {
	now := s.current(time.Now())
	return now.Maintenance || slices.Contains(now.Disabled, origin)
}
