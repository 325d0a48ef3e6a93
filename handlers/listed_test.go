package handlers

import (
	"strings"
	"testing"

	"larder/origin"
)

// Requests for which the origin gets different headers never share an entry.
func TestAListedHeaderIsInTheKeyAsTheOriginGetsIt(t *testing.T) {
	tests := []struct {
		name          string
		first, second []string
		same          bool
	}{
		{"the same", []string{"X-Filter: a"}, []string{"X-Filter: a"}, true},
		{"spaces in JSON", []string{`X-Filter: {"q":"a,  b"}`}, []string{`X-Filter: {"q":"a,b"}`}, false},
		{"spaces in a text", []string{"X-Filter: Hello,  world"}, []string{"X-Filter: Hello,world"}, false},
		{"a tab and two lines", []string{"X-Filter: en\tde"}, []string{"X-Filter: en", "X-Filter: de"}, false},
		{"a comma and two lines", []string{"X-Filter: en,de"}, []string{"X-Filter: en", "X-Filter: de"}, false},
		{"lengths in a value", []string{"X-Filter: a:1:b"}, []string{"X-Filter: a", "X-Filter: b"}, false},
		{"an empty line", []string{"X-Filter:"}, nil, false},
		{"another header's value", []string{"Accept-Language: a"}, []string{"X-Filter: a"}, false},
		{"spaces among languages", []string{"Accept-Language: en, de;q=0.5"}, []string{"Accept-Language: en ,de;q=0.5"}, true},
		{"languages on two lines", []string{"Accept-Language: en,de"}, []string{"Accept-Language: en", "Accept-Language: de"}, true},
		{"the order of languages", []string{"Accept-Language: en,de"}, []string{"Accept-Language: de,en"}, false},
		{"quotes among types", []string{`Accept: a/b;p="c, d"`}, []string{`Accept: a/b;p="c,d"`}, false},
	}
	file := strings.Replace(testConfig, `"headers": ["Accept-Language"]`, `"headers": ["Accept", "Accept-Language", "X-Filter"]`, 1)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdgeWith(t, file)
			e.says(200, before)
			e.get("/posts/tea/", test.first...)
			first := listedHeaders(e.lastAsked())
			e.get("/posts/tea/", test.second...)
			e.wantAsked(map[bool]int{true: 1, false: 2}[test.same])
			e.get("/posts/coffee/", test.second...) // another entry
			if second := listedHeaders(e.lastAsked()); test.same != (first == second) {
				t.Errorf("the origin gets %s and %s", first, second)
			}
		})
	}
}

func listedHeaders(r *origin.Request) string {
	var lines []string
	for _, name := range []string{"Accept", "Accept-Language", "X-Filter"} {
		for _, value := range r.Header[name] {
			lines = append(lines, name+": "+value)
		}
	}
	return strings.Join(lines, "\n")
}

func TestTheTypeOfAQUERYOnTwoLinesIsAnother(t *testing.T) {
	e := newEdgeWith(t, queryConfig)
	e.echo()
	e.request("QUERY", "/ask/", "a", "Content-Type: text/plain").want(200, "", "")
	e.request("QUERY", "/ask/", "a", "Content-Type: text/", "Content-Type: plain").want(200, "", "")
	e.wantAsked(2)
}
