//go:build !wasip1

package corecache

// Host is the cache of the POP that the program runs in. Outside Fastly Compute
// every call returns [ErrUnsupported].
type Host struct{}

var _ Cache = Host{}

// Lookup implements [Cache].
func (Host) Lookup([]byte, LookupOptions) (Found, error) { return nil, ErrUnsupported }

// Insert implements [Cache].
func (Host) Insert([]byte, WriteOptions) (Writer, error) { return nil, ErrUnsupported }

// Transact implements [Cache].
func (Host) Transact([]byte, LookupOptions) (Transaction, error) { return nil, ErrUnsupported }

// Purge implements [Cache].
func (Host) Purge(string, bool) error { return ErrUnsupported }
