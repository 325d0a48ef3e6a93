//go:build wasip1

package corecache_test

import (
	"testing"

	"larder/corecache"
	"larder/corecache/coretest"
)

func TestHost(t *testing.T) { coretest.Run(t, corecache.Host{}) }
