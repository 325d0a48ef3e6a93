//go:build !wasip1

package shield

import "errors"

// Platform asks Fastly Compute. Outside of it there are no shields.
type Platform struct{}

var _ Host = Platform{}

var errNoPlatform = errors.New("there are no shields outside Fastly Compute")

// Info implements [Host].
func (Platform) Info(string) (here bool, target string, err error) { return false, "", errNoPlatform }

// Backend implements [Host].
func (Platform) Backend(string) (string, error) { return "", errNoPlatform }
