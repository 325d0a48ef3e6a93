package surrogate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const tenantPrefix = "@AbCdEfGhIjK:"

// own leaves out the keys that all tenants share.
func own(keys []string) []string {
	return slices.DeleteFunc(slices.Clone(keys), isShared)
}

func TestSet(t *testing.T) {
	long := strings.Repeat("x", MaxKey)
	tests := []struct {
		name   string
		prefix string
		add    []string
		want   []string
	}{
		{"no keys", "", nil, nil},
		{"keys keep their order", "", []string{"posts", "post:b", "post:a"}, []string{"posts", "post:b", "post:a"}},
		{"a repetition is skipped", "", []string{"a", "b", "a"}, []string{"a", "b"}},
		{"another spelling counts as a repetition", "", []string{"cr%c3%a8me", "crème"}, []string{"cr%C3%A8me"}},
		{"an empty key is skipped", "", []string{"", "a"}, []string{"a"}},
		{"a tenant's keys get its prefix", tenantPrefix, []string{"a", "b"}, []string{tenantPrefix + "a", tenantPrefix + "b"}},
		{"a key of the maximum length stays", "", []string{long}, []string{long}},
		{"a longer key becomes its bucket", "", []string{long + "x"}, []string{bucketFor("", long+"x")}},
		{"the prefix counts toward the length", tenantPrefix, []string{long}, []string{bucketFor(tenantPrefix, long)}},
		{"escaping counts toward the length", "", []string{strings.Repeat("é", 200)}, []string{bucketFor("", strings.Repeat("é", 200))}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			set := NewSet(test.prefix)
			set.Add(test.add...)
			if got := own(set.Keys()); !slices.Equal(got, test.want) {
				t.Errorf("the set is %.200q, not %.200q", got, test.want)
			}
		})
	}
}

func TestAnOverflowFoldsTheLastKeys(t *testing.T) {
	for _, prefix := range []string{"", tenantPrefix} {
		t.Run("with the prefix "+prefix, func(t *testing.T) {
			set := NewSet(prefix)
			var added []string
			for i := range 2000 {
				added = append(added, fmt.Sprintf("post:a-rather-long-slug-of-a-post-%04d", i))
			}
			set.AddService(AllKey)
			set.AddService(EntryKey("e1"))
			set.Add("posts", "author:ada")
			set.Add(added...)
			checkSet(t, set, prefix, append([]string{"posts", "author:ada"}, added...))
			wantFront := []string{EntryKey("e1"), AllKey, prefix + "posts", prefix + "author:ada", prefix + added[0]}
			if front := own(set.Keys())[:len(wantFront)]; !slices.Equal(front, wantFront) {
				t.Errorf("the set begins with %q, not %q", front, wantFront)
			}
			if n := len(set.Keys()); n < 200 {
				t.Errorf("only %d keys are left: too many were folded", n)
			}
		})
	}
}

func TestServiceKeysComeFirstWithoutPrefix(t *testing.T) {
	set := NewSet(tenantPrefix)
	set.Add("a")
	set.AddService(AllKey)
	set.AddService(EntryKey("e1"))
	set.AddService(AllKey)
	want := []string{EntryKey("e1"), AllKey, tenantPrefix + "a"}
	if got := own(set.Keys()); !slices.Equal(got, want) {
		t.Errorf("the set is %q, not %q", got, want)
	}
}

// A purge of any added key finds the set, and the set stays within the
// platform's limits, whatever is added in whatever order.
func TestEveryKeyCanBePurgedAndNoLimitIsExceeded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SampledFrom([]string{"", tenantPrefix}).Draw(t, "prefix")
		set := NewSet(prefix)
		var added, service []string
		for i := range rapid.IntRange(0, 6).Draw(t, "batches") {
			switch rapid.IntRange(0, 3).Draw(t, "kind") {
			case 0:
				key := EntryKey(fmt.Sprint(i))
				set.AddService(key)
				service = append(service, key)
			case 1:
				key := anyKey(t)
				set.Add(key)
				added = append(added, key)
			case 2:
				key := strings.Repeat("l", rapid.IntRange(900, 1100).Draw(t, "length"))
				set.Add(key)
				added = append(added, key)
			case 3:
				stem := strings.Repeat("s", rapid.IntRange(0, 80).Draw(t, "stem"))
				for n := range rapid.IntRange(0, 600).Draw(t, "many") {
					key := fmt.Sprintf("%s-%d-%d", stem, i, n)
					set.Add(key)
					added = append(added, key)
				}
			}
			checkSet(t, set, prefix, added)
		}
		for _, key := range service {
			if !slices.Contains(set.Keys(), key) {
				t.Fatalf("the service key %q was folded", key)
			}
		}
	})
}

func checkSet(t rapid.TB, set *Set, prefix string, added []string) {
	t.Helper()
	keys := set.Keys()
	if size := len(strings.Join(keys, " ")); size > MaxTotal {
		t.Fatalf("the set has %d bytes", size)
	}
	in := map[string]bool{}
	for _, key := range keys {
		if in[key] {
			t.Fatalf("%q is in the set twice", key)
		}
		in[key] = true
		if len(key) > MaxKey || key == "" {
			t.Fatalf("a key in the set has %d bytes", len(key))
		}
		for i := range len(key) {
			if !graphic(key[i]) {
				t.Fatalf("the key %q has the byte %#x", key, key[i])
			}
		}
	}
	for _, key := range added {
		if key == "" {
			continue
		}
		if !slices.ContainsFunc(ForPurge(prefix, key), func(k string) bool { return in[k] }) {
			t.Fatalf("a purge of %.100q does not find the set", key)
		}
		if !slices.ContainsFunc(ForPurgeOfAll(key), func(k string) bool { return in[k] }) {
			t.Fatalf("a purge of %.100q for all tenants does not find the set", key)
		}
	}
}

func TestAPurgeOfAnyKeyFindsASetWithAllBuckets(t *testing.T) {
	for _, prefix := range []string{"", tenantPrefix} {
		t.Run("with the prefix "+prefix, func(t *testing.T) {
			set := NewSet(prefix)
			set.AddService(AllKey)
			for i := range 2000 {
				set.Add(fmt.Sprintf("post:%d", i))
			}
			set.AddAllBuckets()
			set.Add("one-more")
			set.AddService(EntryKey("e1"))
			var unknown []string
			for i := range 2000 {
				unknown = append(unknown, fmt.Sprintf("author:%d", i))
			}
			checkSet(t, set, prefix, unknown)
			if !slices.Contains(set.Keys(), AllKey) || !slices.Contains(set.Keys(), EntryKey("e1")) {
				t.Error("a service key was folded")
			}
			if !slices.Contains(set.Keys(), prefix+"post:0") {
				t.Error("the first key was folded")
			}
		})
	}
}

func TestForPurge(t *testing.T) {
	long := strings.Repeat("x", MaxKey+1)
	tests := []struct {
		name, prefix, key string
		want              []string
	}{
		{"a key and its bucket", "", "post:tea", []string{"post:tea", bucketFor("", "post:tea")}},
		{"a tenant's key and its bucket", tenantPrefix, "post:tea", []string{tenantPrefix + "post:tea", bucketFor(tenantPrefix, "post:tea")}},
		{"a key that must be escaped", "", "post:thé", []string{"post:th%C3%A9", bucketFor("", "post:th%c3%a9")}},
		{"a key that is too long becomes its bucket only", "", long, []string{bucketFor("", long)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := ForPurge(test.prefix, test.key); !slices.Equal(got, test.want) {
				t.Errorf("it purges %.100q, not %.100q", got, test.want)
			}
		})
	}
}

// Entries outlive a deployment, so bucket keys must never change.
func TestBucketNamesAreFixed(t *testing.T) {
	tests := []struct{ name, prefix, key, want string }{
		{"a post", "", "post:tea", "~d4"},
		{"a tenant's post", tenantPrefix, "post:tea", tenantPrefix + "~a9"},
		{"a post that must be escaped", "", "post:crème", "~0a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := bucketFor(test.prefix, test.key)
			if got != test.want {
				t.Errorf("it is %q, not %q", got, test.want)
			}
			if digits := strings.TrimPrefix(got, test.prefix+bucketMark); len(digits) != 2 || strings.Trim(digits, lowerHex) != "" {
				t.Errorf("%q does not end in two lower-case hexadecimal digits", got)
			}
		})
	}
}

// bucketFor is the bucket key of a key of content.
func bucketFor(prefix, key string) string { return bucketOf(prefix, prefix+Key(key)) }
