package main

import "testing"

func TestEachCellSaysWhatCustomersMustGet(t *testing.T) {
	dead, served, bare := fault{}, fault{served: true}, fault{noVault: true}
	for _, c := range []struct {
		name  string
		fault fault
		want  [len(states)]string
	}{
		{"in an outage every state with a copy is served", dead, [...]string{"200 copy", "200 copy", "200 copy", "200 copy", "503"}},
		{"with an origin alive every state is served", served, [...]string{"200", "200", "200", "200", "200"}},
		{"without a vault a cold POP has nothing", bare, [...]string{"200 copy", "200 copy", "200 copy", "503", "503"}},
	} {
		for i, s := range states {
			if got := newCell(c.fault, s).want(); got != c.want[i] {
				t.Errorf("%s: %s gets %q, want %q", c.name, s.name, got, c.want[i])
			}
		}
	}
}
