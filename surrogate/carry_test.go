package surrogate

import (
	"fmt"
	"slices"
	"testing"
)

func TestPurgesFindCarriedKeys(t *testing.T) {
	for _, prefix := range []string{"", tenantPrefix} {
		for name, count := range map[string]int{"few keys": 3, "an overflow": 2000} {
			t.Run(name+" with the prefix "+prefix, func(t *testing.T) {
				old := NewSet(prefix)
				old.AddService(AllKey)
				var added []string
				for i := range count {
					added = append(added, fmt.Sprintf("post:a-rather-long-slug-of-a-post-%04d", i))
				}
				old.Add(added...)

				set := NewSet(prefix)
				set.Carry(old.Keys()...)
				if !slices.Equal(set.Keys(), old.Keys()) {
					t.Errorf("the set is %.200q, not %.200q", set.Keys(), old.Keys())
				}
				var more []string
				for i := range 500 {
					more = append(more, fmt.Sprintf("another-slug-%d", i))
				}
				set.Add(more...)
				checkSet(t, set, prefix, append(added, more...))
				if front := set.Keys()[0]; front != AllKey {
					t.Errorf("the set begins with %q", front)
				}
			})
		}
	}
}
