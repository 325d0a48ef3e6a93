package surrogate

import (
	"fmt"
	"testing"
)

// A service key added after an overflow makes the set fold more keys. It must
// not fold bucket keys into other buckets, or purges would miss their items.
func TestAServiceKeyAfterAnOverflowKeepsTheBuckets(t *testing.T) {
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
