package handlers

import (
	"strings"
	"testing"

	"larder/origin"
)

func TestURLsOfOneMeaningShareAnEntry(t *testing.T) {
	for name, uri := range map[string]string{
		"without the trailing slash":                        "/posts/tea",
		"an unlisted parameter":                             "/posts/tea/?utm_source=mail",
		"an unreserved character encoded":                   "/posts/%74ea/",
		"a lone question mark":                              "/posts/tea/?",
		"an empty parameter":                                "/posts/tea/?&&",
		"a parameter with nothing but its name's beginning": "/posts/tea/?local=de",
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, before)
			e.get("/posts/tea/").want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
			e.get(uri).want(200, before, "Larder; hit; ttl=3600")
			e.wantAsked(1)
		})
	}
}

func TestOnlyWhatIsInTheKeyReachesTheOrigin(t *testing.T) {
	e := newEdge(t)
	e.says(200, `{"data":[]}`)
	e.get("/posts?page=1&tag=b&x=1&tag=a&tag=b", "X-Forwarded-Host: evil.example", "Cookie: a=b", "Accept-Language: de",
		"User-Agent: somebody", `If-None-Match: "x"`, "Range: lines=0-1").want(200, `{"data":[]}`, anything)
	asked := e.lastAsked()
	if asked.Path != "/posts/" || asked.Query != "tag=b&tag=a" || asked.Method != "GET" {
		t.Errorf("the origin is asked %s %s?%s", asked.Method, asked.Path, asked.Query)
	}
	for name, values := range asked.Header {
		switch name {
		case "Accept-Encoding", "Cdn-Loop", "Host", "User-Agent":
		default:
			t.Errorf("the origin gets %s: %q", name, values)
		}
	}
	if got := asked.Header.Get("User-Agent"); got == "somebody" {
		t.Errorf("the origin gets the User-Agent %q", got)
	}
}

func TestAListedHeaderIsInTheKey(t *testing.T) {
	e := newEdge(t)
	e.does(func(r *origin.Request) (*origin.Response, error) {
		return e.response(200, `{"data":{"title":"`+r.Header.Get("Accept-Language")+`"}}`), nil
	})
	e.get("/posts/tea/", "Accept-Language: de, en").want(200, `{"data":{"title":"de, en"}}`, anything)
	e.get("/posts/tea/", "Accept-Language: fr").want(200, `{"data":{"title":"fr"}}`, anything)
	hit := e.get("/posts/tea/", "Accept-Language: de,en")
	hit.want(200, `{"data":{"title":"de, en"}}`, "Larder; hit; ttl=3600")
	if !strings.Contains(hit.header.Get("Vary"), "Accept-Language") {
		t.Errorf("Vary is %q", hit.header["Vary"])
	}
	e.wantAsked(2)
}

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
