package resource

import (
	"testing"

	"larder/corecache"
)

func TestTheLongestKeyIsTheCaches(t *testing.T) {
	if MaxKey != corecache.MaxKey {
		t.Errorf("a key has %d bytes at most, and the cache takes %d", MaxKey, corecache.MaxKey)
	}
}
