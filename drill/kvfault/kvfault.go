// Package kvfault makes a KV Store slow, or fail, while a drill says so. Only
// drills build it into Larder: what Viceroy has for a KV Store always works, and
// at once.
package kvfault

import (
	"errors"
	"fmt"
	"time"

	"github.com/fastly/compute-sdk-go/configstore"
)

const (
	// Store is the Config Store that says what goes wrong, and Entry is its only
	// entry: nothing, [Failing], or how long each call takes, such as "300ms".
	Store = "drill"
	Entry = "kv"
	// Failing makes each call fail.
	Failing = "failing"
)

var errFailing = errors.New("the drill makes the KV Store fail")

// Call stands before each call to a KV Store: it waits, or returns the error
// that the call has.
func Call() error {
	store, err := configstore.Open(Store)
	if err != nil {
		return fmt.Errorf("what the drill wants: %w", err)
	}
	fault, err := store.Get(Entry)
	switch {
	case errors.Is(err, configstore.ErrKeyNotFound), err == nil && fault == "":
		return nil
	case err != nil:
		return fmt.Errorf("what the drill wants: %w", err)
	case fault == Failing:
		return errFailing
	}
	wait, err := time.ParseDuration(fault)
	if err != nil {
		return fmt.Errorf("what the drill wants: %w", err)
	}
	time.Sleep(wait)
	return nil
}
