package main

import (
	"errors"
	"fmt"
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

// refresh reads the switches. What cannot be read stays as it was: an outage of
// the store must not end the operator's maintenance, at least not in a sandbox
// that knows of it.
func (s *switches) refresh() {
	store, err := configstore.Open(switchStore)
	if errors.Is(err, configstore.ErrStoreNotFound) {
		s.now, s.errs = config.Switches{}, nil
		return
	}
	if err != nil {
		s.failed(err)
		return
	}
	now, errs := s.config.ReadSwitches(func(entry string) (string, bool) {
		value, getErr := store.Get(entry)
		if getErr != nil && !errors.Is(getErr, configstore.ErrKeyNotFound) {
			err = getErr
		}
		return value, getErr == nil
	})
	if err != nil {
		s.failed(err)
		return
	}
	s.now, s.errs = now, errs
	for _, err := range s.errs {
		s.log("%v", err)
	}
}

func (s *switches) failed(err error) {
	err = fmt.Errorf("read the switches: %w", err)
	s.errs = []error{err}
	s.log("%v", err)
}

// disabled reports whether the operator keeps Larder from asking an origin.
func (s *switches) disabled(origin string) bool {
	now := s.current(time.Now())
	return now.Maintenance || slices.Contains(now.Disabled, origin)
}

// forceClosed reports whether the operator keeps an origin's circuit closed.
func (s *switches) forceClosed(origin string) bool {
	return slices.Contains(s.current(time.Now()).Closed, origin)
}
