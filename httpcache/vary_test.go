package httpcache

import (
	"slices"
	"testing"
)

func TestVaryNames(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  []string
		ok    bool
	}{
		{"none", nil, nil, true},
		{"sorted, canonical, without repetitions", []string{"Vary: foo, ACCEPT", "Vary: Foo,,"}, []string{"Accept", "Foo"}, true},
		{"a star", []string{"Vary: *"}, nil, false},
		{"a star among names", []string{"Vary: Foo, *"}, nil, false},
		{"a star on a second line", []string{"Vary: ", "Vary: *"}, nil, false},
		{"two stars", []string{"Vary: *, *"}, nil, false},
		{"an invalid name", []string{"Vary: a b"}, nil, false},
		{"eight names", []string{"Vary: a,b,c,d,e,f,g,h"}, []string{"A", "B", "C", "D", "E", "F", "G", "H"}, true},
		{"nine names", []string{"Vary: a,b,c,d,e,f,g,h,i"}, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			names, ok := VaryNames(fields(test.lines...))
			equal(t, "ok", ok, test.ok)
			if !slices.Equal(names, test.want) {
				t.Errorf("names are %v, not %v", names, test.want)
			}
		})
	}
}

func TestNormalizeVaryValue(t *testing.T) {
	tests := []struct {
		name, field string
		a, b        []string
		same        bool
	}{
		{"several lines are one list", "Foo", []string{"1, 2"}, []string{"1", "2"}, true},
		{"whitespace around commas is ignored", "Foo", []string{"1,2"}, []string{" 1, 2 "}, true},
		{"order matters in an unknown list", "Foo", []string{"1,2"}, []string{"2,1"}, false},
		{"case matters in an unknown list", "Foo", []string{"a"}, []string{"A"}, false},
		{"other values differ", "Foo", []string{"1"}, []string{"2"}, false},
		{"the order of languages is ignored", "Accept-Language", []string{"en, de"}, []string{"de, en"}, true},
		{"the case of languages is ignored", "Accept-Language", []string{"en, de"}, []string{"eN, De"}, true},
		{"whitespace around languages is ignored", "Accept-Language", []string{"en, de"}, []string{" en ,   de"}, true},
		{"a weight of one is the default", "Accept-Language", []string{"en;q=1.0"}, []string{"en"}, true},
		{"other weights matter", "Accept-Language", []string{"en;q=0.5"}, []string{"en"}, false},
		{"whitespace before a weight is ignored", "Accept", []string{"a/b ; Q=0.5"}, []string{"a/b;q=0.5"}, true},
		{"case matters inside quotes", "Accept", []string{`a/b;p="X"`}, []string{`a/b;p="x"`}, false},
		{"a comma inside quotes does not separate", "Accept", []string{`a/b;p="x,y"`}, []string{`y",a/b;p="x`}, false},
		{"repeated codings are ignored", "Accept-Encoding", []string{"gzip, br, gzip"}, []string{"br,gzip"}, true},
		{"a cookie is not a list", "Cookie", []string{"a=1, 2"}, []string{"a=1,2"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, b := NormalizeVaryValue(test.field, test.a), NormalizeVaryValue(test.field, test.b)
			if (a == b) != test.same {
				t.Errorf("%q and %q: same is %v", a, b, a == b)
			}
		})
	}
}
