package fence

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"larder/surrogate"
)

func TestWhichPurgesEndALease(t *testing.T) {
	own := []Scope{{Tenant: tenant}}
	tests := []struct {
		name    string
		purge   Purge
		covered State // of the keys lease
		other   State // of the tenant lease
	}{
		{"one of an expected key, softly", Purge{Scopes: own, Soft: []string{"post:tea"}}, EndedSoft, EndedSoft},
		{"one of an expected key, hard", Purge{Scopes: own, Hard: []string{"post:tea"}}, EndedHard, EndedHard},
		{"one of another key, softly", Purge{Scopes: own, Soft: []string{"post:milk"}}, Standing, EndedSoft},
		{"one of another key, hard", Purge{Scopes: own, Hard: []string{"post:milk"}}, Standing, EndedHard},
		{"one of another tenant", Purge{Scopes: []Scope{{Tenant: "tzzzzzzzzzzz:"}}, Soft: []string{"post:milk"}}, Standing, Standing},
		{"one of its URL", Purge{Scopes: []Scope{{URL: url}}, Soft: []string{"larder-url-" + url}}, Standing, EndedSoft},
		{"one of another URL", Purge{Scopes: []Scope{{URL: "other"}}, Soft: []string{"larder-url-other"}}, Standing, Standing},
		{"one of everybody's content", Purge{Everyone: true, Soft: []string{"larder-all"}}, Standing, EndedSoft},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newFence(t)
			f.take("post:tea", "posts")
			f.purge(test.purge)
			if got := f.Check("id1", true); got != test.covered {
				t.Errorf("the keys lease is in state %d, not %d", got, test.covered)
			}
			if got := f.Check("id1", false); got != test.other {
				t.Errorf("the tenant lease is in state %d, not %d", got, test.other)
			}
		})
	}
}

func TestALeaseCoversTheKeysThatWereExpected(t *testing.T) {
	l := newFence(t).take("posts", "post:tea")
	for _, test := range []struct {
		keys []string
		want bool
	}{
		{[]string{"posts", "post:tea"}, true},
		{[]string{"posts"}, true},
		{[]string{surrogate.EntryKey("id1"), "posts"}, true},
		{[]string{surrogate.EntryKey("id2"), "posts"}, false},
		{[]string{"posts", "post:milk"}, false},
	} {
		if got := l.Covers(test.keys); got != test.want {
			t.Errorf("that it covers %q is %t", test.keys, got)
		}
	}
}

func TestAfterASettledFetchOtherPurgesLeaveTheEntryAlone(t *testing.T) {
	f := newFence(t)
	f.take("posts")
	if state := f.Settle("id1", false); state != Standing {
		t.Fatalf("it is settled in state %d", state)
	}
	f.purge(Purge{Scopes: []Scope{{Tenant: tenant}}, Hard: []string{"post:milk"}})
	if state := f.OnProbation("id1", false, time.Second); state != Standing {
		t.Errorf("a reader finds the lease in state %d", state)
	}
}

func TestSettlingPurgesTheEntryThatAPurgeHasRaced(t *testing.T) {
	for _, soft := range []bool{true, false} {
		f := newFence(t)
		f.take("posts")
		p := Purge{Scopes: []Scope{{Tenant: tenant}}, Hard: []string{"post:milk"}}
		if soft {
			p.Soft, p.Hard = p.Hard, nil
		}
		f.purge(p)
		f.purged = nil
		f.Settle("id1", false)
		if want := []string{fmt.Sprintf("%s %t", surrogate.EntryKey("id1"), soft)}; !slices.Equal(f.purged, want) {
			t.Errorf("purged %q, want %q", f.purged, want)
		}
	}
}

func TestALeaseThatIsGoneCountsAsEndedHard(t *testing.T) {
	f := newFence(t)
	if state := f.Check("never taken", false); state != EndedHard {
		t.Errorf("it is in state %d", state)
	}
	f.take("posts")
	f.now = f.now.Add(2 * leaseTime)
	if state := f.Check("id1", true); state != EndedHard {
		t.Errorf("long after, it is in state %d", state)
	}
}

func TestWithoutTheCacheALeaseCountsAsEndedHard(t *testing.T) {
	f := newFence(t)
	f.take("posts")
	f.down = true
	for _, covered := range []bool{true, false} {
		if state := f.Check("id1", covered); state != EndedHard {
			t.Errorf("it is in state %d", state)
		}
	}
	if f.Quiet(tenant) {
		t.Error("the shield is trusted")
	}
}

func TestReadersCheckTheLeaseOfAnEntryOnProbationOnly(t *testing.T) {
	f := newFence(t)
	f.take("posts")
	f.purge(Purge{Scopes: []Scope{{Tenant: tenant}}, Hard: []string{"post:tea"}})
	for age, want := range map[time.Duration]State{0: EndedHard, Probation - 1: EndedHard, Probation: Standing} {
		if state := f.OnProbation("id1", false, age); state != want {
			t.Errorf("at the age of %v it is in state %d", age, state)
		}
	}
}

func TestPurgesEndAKeysLeaseLongAfterItsFetch(t *testing.T) {
	f := newFence(t)
	f.take("posts")
	if state := f.Settle("id1", true); state != Standing {
		t.Fatalf("it is settled in state %d", state)
	}
	f.now = f.now.Add(Probation - 1)
	f.purge(Purge{Scopes: []Scope{{Tenant: tenant}}, Soft: []string{"posts"}})
	if state := f.OnProbation("id1", true, Probation-1); state != EndedSoft {
		t.Errorf("a reader finds the lease in state %d", state)
	}
}
