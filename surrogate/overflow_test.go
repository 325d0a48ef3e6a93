package surrogate

import (
	"fmt"
	"testing"
)

// A service key that comes after an overflow makes the set fold once more.
// Bucket keys must not be folded into other buckets then: their items would be
// lost to purges.
func TestAServiceKeyAfterAnOverflowLosesNoBucket(t *testing.T) {
	set := NewSet("")
	var added []string
	for i := range 2000 {
		added = append(added, fmt.Sprintf("post:a-rather-long-slug-of-a-post-%04d", i))
	}
	set.Add(added...)
	set.AddService(AllKey)
	set.AddService(URLKey("abcdefghijkl"))
	set.AddService(EntryKey("abcdefghijkl"))
	checkSet(t, set, "", added)
}
