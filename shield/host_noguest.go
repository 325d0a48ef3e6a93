//go:build !wasip1

package shield

import "errors"

// Platform is the [Host] of Fastly Compute. Elsewhere its methods fail.
type Platform struct{}

var _ Host = Platform{}

var errNoPlatform = errors.New("there are no shields outside Fastly Compute")

// Info implements [Host].
func (Platform) Info(string) (here bool, target string, err error) { return false, "", errNoPlatform }

// Backend implements [Host].
func (Platform) Backend(string) (string, error) { return "", errNoPlatform }
