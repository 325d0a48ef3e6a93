package config

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

// route returns a file with one route that has the given members.
func route(members string) string {
	return `{"origins":[{"name":"primary"}],"routes":[{"name":"post","path":"/v2/posts/{slug}/",` + members + `}]}`
}

// origin returns a file with one origin that has the given members.
func origin(members string) string {
	return `{"origins":[{"name":"primary",` + members + `}],"routes":[{"name":"all","path":"/{path...}"}]}`
}

// routes returns a file with these routes.
func routes(list string) string {
	return `{"origins":[{"name":"primary"}],"routes":[` + list + `]}`
}

func TestParseRefuses(t *testing.T) {
	tests := []struct {
		name string
		file string
		want []string
	}{
		// Syntax.
		{"an empty file", "", []string{
			`$: line 1, column 1: want a JSON object; got an empty file`}},
		{"a comma too much", "{\n  \"name\": \"Larder\",\n}", []string{
			`$: line 3, column 1: want JSON; invalid character '}' looking for beginning of object key string`}},
		{"a file cut short", `{"name":`, []string{
			`$: line 1, column 8: want JSON; unexpected end of JSON input`}},
		{"more after the end", minimal(``, ``) + "\n{}", []string{
			`$: line 2, column 1: want JSON; invalid character '{' after top-level value`}},
		{"a column counts characters", `{"näme":}`, []string{
			`$: line 1, column 9: want JSON; invalid character '}' looking for beginning of value`}},
		{"a byte that is not UTF-8", "{\n\"\xff\":1}", []string{
			`$: line 2, column 2: want UTF-8; got the byte 0xff`}},
		{"a byte order mark in front", "\ufeff" + minimal(``, ``), []string{
			`$: line 1, column 1: want JSON; the file begins with a byte order mark: save it as UTF-8 without one`}},
		{"a list instead of an object", `[]`, []string{
			`$: want an object; got a list`,
		}},

		// Members.
		{"nothing that is required", `{}`, []string{
			`$.origins: want this member; it is missing`,
			`$.routes: want this member; it is missing`}},
		{"a misspelt member", minimal(`"orgins":[],`, ``), []string{
			`$.orgins: unknown member "orgins"; did you mean "origins"?`}},
		{"a member in another case", minimal(`"Deadline":"5s",`, ``), []string{
			`$.Deadline: unknown member "Deadline"; did you mean "deadline"?`}},
		{"an unknown member", minimal(`"limits":{"colour":1},`, ``), []string{
			`$.limits.colour: unknown member "colour"; want one of tagged_body, purge_body`}},
		{"an unknown member with spaces", minimal(`"limits":{"a b":1},`, ``), []string{
			`$.limits["a b"]: unknown member "a b"; want one of tagged_body, purge_body`}},
		{"a member twice", minimal(`"name":"a","name":"b",`, ``), []string{
			`$.name: want each member once; got "name" twice`}},
		{"a member twice in a dictionary", route(`"query":{"page":"1","p\u0061ge":null}`), []string{
			`$.routes[0].query.page: want each member once; got "page" twice`}},

		// Types.
		{"a number for a string", minimal(`"name":5,`, ``), []string{
			`$.name: want a string; got the number 5`}},
		{"null for a string", minimal(`"name":null,`, ``), []string{
			`$.name: want a string; got null`}},
		{"a string for an object", minimal(`"tenant":"auth_token",`, ``), []string{
			`$.tenant: want an object; got "auth_token"`}},
		{"a string for a list", route(`"methods":"GET"`), []string{
			`$.routes[0].methods: want a list; got "GET"`}},
		{"a list for a dictionary", route(`"query":["page"]`), []string{
			`$.routes[0].query: want an object; got a list`}},
		{"a string for a boolean", minimal(`"lifetimes":{"heuristic":"yes"},`, ``), []string{
			`$.lifetimes.heuristic: want true or false; got "yes"`}},
		{"an object for a string", minimal(`"unmatched":{},`, ``), []string{
			`$.unmatched: want a string; got an object`}},
		{"a boolean for a path", routes(`{"name":"a","path":true}`), []string{
			`$.routes[0].path: want a path such as "/v2/posts/{slug}/"; got true`}},
		{"a long string is shortened", minimal(`"unmatched":"`+strings.Repeat("é", 50)+`",`, ``), []string{
			`$.unmatched: want "pass" or "reject"; got "` + strings.Repeat("é", 30) + `…"`}},

		// Durations and sizes.
		{"a duration in words", route(`"lifetimes":{"ttl":"10 minutes"}`), []string{
			`$.routes[0].lifetimes.ttl: want a duration such as "30s", "12h" or "7d", or "origin"; got "10 minutes"`}},
		{"a duration in words where no origin decides", minimal(`"deadline":"10 minutes",`, ``), []string{
			`$.deadline: want a duration such as "30s", "12h" or "7d"; got "10 minutes"`}},
		{"a duration as a number", minimal(`"lifetimes":{"client_ttl":60},`, ``), []string{
			`$.lifetimes.client_ttl: want a duration such as "30s", "12h" or "7d"; got the number 60`}},
		{"a negative lifetime", minimal(`"lifetimes":{"ttl":"-1s"},`, ``), []string{
			`$.lifetimes.ttl: want a duration such as "30s", "12h" or "7d", or "origin"; got "-1s"`}},
		{"a lifetime of more than a year", minimal(`"lifetimes":{"stale_if_error":"366d"},`, ``), []string{
			`$.lifetimes.stale_if_error: want a duration from 0s to 365d; got 366d`}},
		{"a route's lifetime of more than a year", route(`"lifetimes":{"not_found_ttl":"9000h"}`), []string{
			`$.routes[0].lifetimes.not_found_ttl: want a duration from 0s to 365d; got 375d`}},
		{"days beyond all bounds", minimal(`"lifetimes":{"ttl":"99999999999999d"},`, ``), []string{
			`$.lifetimes.ttl: want a duration such as "30s", "12h" or "7d", or "origin"; got "99999999999999d"`}},
		{"a deadline past the platform's", minimal(`"deadline":"2m",`, ``), []string{
			`$.deadline: want a duration from 1s to 110s; got 2m`}},
		{"a deadline of nothing", minimal(`"deadline":"0s",`, ``), []string{
			`$.deadline: want a duration from 1s to 110s; got 0s`}},
		{"a timeout of nothing", origin(`"first_byte_timeout":"0s","body_timeout":"1h30m"`), []string{
			`$.origins[0].first_byte_timeout: want a duration from 1ms to 110s; got 0s`,
			`$.origins[0].body_timeout: want a duration from 1ms to 110s; got 90m`}},
		{"a size in decimal units", minimal(`"limits":{"tagged_body":"8MB"},`, ``), []string{
			`$.limits.tagged_body: want a size such as "256KiB", "8MiB" or a whole number of bytes; got "8MB"`}},
		{"a size with a fraction", minimal(`"limits":{"purge_body":1.5},`, ``), []string{
			`$.limits.purge_body: want a size such as "256KiB", "8MiB" or a whole number of bytes; got the number 1.5`}},
		{"a size beyond all bounds", minimal(`"limits":{"purge_body":"9999999999999999MiB"},`, ``), []string{
			`$.limits.purge_body: want a size such as "256KiB", "8MiB" or a whole number of bytes; got "9999999999999999MiB"`}},
		{"sizes out of range", minimal(`"limits":{"tagged_body":"5MiB","purge_body":100},`, ``), []string{
			`$.limits.tagged_body: want a size from 1KiB to 4MiB; got 5MiB`,
			`$.limits.purge_body: want a size from 1KiB to 1MiB; got 100`}},

		// Names.
		{"a name with a space", minimal(`"name":"My Larder",`, ``), []string{
			`$.name: want a name such as "Larder", of letters, digits and -, a letter first; got "My Larder"`}},
		{"an empty name", minimal(`"name":"",`, ``), []string{
			`$.name: want some text; got ""`}},
		{"a debug header with a colon", minimal(`"debug_header":"Debug:",`, ``), []string{
			`$.debug_header: want a header's name such as "Accept-Language"; got "Debug:"`}},
		{"an unknown word for the unmatched", minimal(`"unmatched":"drop",`, ``), []string{
			`$.unmatched: want "pass" or "reject"; got "drop"`}},

		// Origins.
		{"no origins", `{"origins":[],"routes":[{"name":"a","path":"/"}]}`, []string{
			`$.origins: want at least one element; got an empty list`}},
		{"an origin without a name", `{"origins":[{"backend":"b"}],"routes":[{"name":"a","path":"/"}]}`, []string{
			`$.origins[0].name: want this member; it is missing`}},
		{"two origins of one name", `{"origins":[{"name":"a"},{"name":"a"}],"routes":[{"name":"a","path":"/"}]}`, []string{
			`$.origins[1].name: want a name of its own; "a" is taken by an earlier one`}},
		{"an origin's name with a space", `{"origins":[{"name":"a b"}],"routes":[{"name":"a","path":"/"}]}`, []string{
			`$.origins[0].name: want a name of letters, digits, - and _; got "a b"`}},
		{"a URL for a host", origin(`"host":"https://api.example.com"`), []string{
			`$.origins[0].host: want a host such as "api.example.com" or "localhost:8080"; got "https://api.example.com"`}},
		{"a port out of range", origin(`"host":"example.com:70000"`), []string{
			`$.origins[0].host: want a host such as "api.example.com" or "localhost:8080"; got "example.com:70000"`}},
		{"headers that the host sets", origin(`"headers":{"host":"a","Content-length":"5"}`), []string{
			`$.origins[0].headers.Content-length: want a header that may be set; Content-Length belongs to the connection`,
			`$.origins[0].headers.host: want a header that may be set; Host has a member of its own: "host"`}},
		{"a header in two spellings", origin(`"headers":{"X-Key":"a","x-key":"b"}`), []string{
			`$.origins[0].headers.x-key: want each header once; X-Key is there in another spelling`}},
		{"a header with a line break", origin(`"headers":{"X-Key":"a\r\nHost: b"}`), []string{
			`$.origins[0].headers.X-Key: want a value without control characters; got "a\r\nHost: b"`}},
		{"a header's name with a space", origin(`"headers":{"X Key":"a"}`), []string{
			`$.origins[0].headers["X Key"]: want a header's name such as "Accept-Language"; got "X Key"`}},

		{"more retries than attempts", origin(`"retries":4`), []string{
			`$.origins[0].retries: want a number from 0 to 3; got 4`}},

		// Failures and the breaker.
		{"statuses that are about the request", minimal(`"failures":{"statuses":[404,503,200,600]},`, ``), []string{
			`$.failures.statuses[0]: want 429 or a status from 500 to 599, as no other means that the origin cannot answer now; got 404`,
			`$.failures.statuses[2]: want 429 or a status from 500 to 599, as no other means that the origin cannot answer now; got 200`,
			`$.failures.statuses[3]: want 429 or a status from 500 to 599, as no other means that the origin cannot answer now; got 600`}},
		{"a failing status twice", minimal(`"failures":{"statuses":[503,503]},`, ``), []string{
			`$.failures.statuses[1]: want each status once; got 503 twice`}},
		{"failing statuses that are no numbers", minimal(`"failures":{"statuses":["5xx",null]},`, ``), []string{
			`$.failures.statuses[0]: want a whole number; got "5xx"`,
			`$.failures.statuses[1]: want a whole number; got null`}},
		{"a number with a fraction", minimal(`"breaker":{"failures":2.5},`, ``), []string{
			`$.breaker.failures: want a whole number; got the number 2.5`}},
		{"a number in quotes", minimal(`"breaker":{"failures":"5"},`, ``), []string{
			`$.breaker.failures: want a whole number; got "5"`}},
		{"a breaker out of range", minimal(`"breaker":{"failures":0,"window":"10ms","pause":"11m","max_pause":"2h"},`, ``), []string{
			`$.breaker.failures: want a number from 1 to 100; got 0`,
			`$.breaker.window: want a duration from 1s to 10m; got 10ms`,
			`$.breaker.pause: want a duration from 100ms to 10m; got 11m`,
			`$.breaker.max_pause: want a duration from 10m to 1h; got 2h`}},
		{"a longest pause shorter than the first", minimal(`"breaker":{"pause":"2m","max_pause":"1m"},`, ``), []string{
			`$.breaker.max_pause: want a duration from 2m to 1h; got 1m`}},

		// Tenant and CORS.
		{"a tenant without a place", minimal(`"tenant":{},`, ``), []string{
			`$.tenant: want "query", "header" or both, to say where the credential is; got neither`}},
		{"CORS for no origin", minimal(`"cors":{"origins":[]},`, ``), []string{
			`$.cors.origins: want at least one element; got an empty list`}},
		{"CORS for all and one", minimal(`"cors":{"origins":["https://a.example","*"]},`, ``), []string{
			`$.cors.origins[1]: want "*" alone, as it allows all; got it beside others`}},
		{"CORS for a URL", minimal(`"cors":{"origins":["https://a.example/"]},`, ``), []string{
			`$.cors.origins[0]: want "*" or an origin such as "https://www.example.com", without a path; got "https://a.example/"`}},
		{"CORS for a port that browsers leave out", minimal(`"cors":{"origins":["https://a.example:443"]},`, ``), []string{
			`$.cors.origins[0]: want "*" or an origin such as "https://www.example.com", without a path; got "https://a.example:443"`}},
		{"CORS for all headers", minimal(`"cors":{"origins":["*"],"headers":["*"]},`, ``), []string{
			`$.cors.headers[0]: want the headers by their names; got "*"`}},
		{"CORS for an empty header", minimal(`"cors":{"origins":["*"],"expose":[""]},`, ``), []string{
			`$.cors.expose[0]: want some text; got ""`}},

		// Routes.
		{"no routes", `{"origins":[{"name":"a"}],"routes":[]}`, []string{
			`$.routes: want at least one element; got an empty list`}},
		{"a route without a name and path", routes(`{}`), []string{
			`$.routes[0].name: want this member; it is missing`,
			`$.routes[0].path: want this member; it is missing`}},
		{"two routes of one name", routes(`{"name":"a","path":"/a"},{"name":"a","path":"/b"}`), []string{
			`$.routes[1].name: want a name of its own; "a" is taken by an earlier one`}},
		{"a malformed path", routes(`{"name":"a","path":"/v2/{slug","keys":["post:{slug}"]}`), []string{
			`$.routes[0].path: malformed path pattern: want every brace to be closed in its segment; got "{slug"`}},
		{"a path of Larder's own", routes(`{"name":"a","path":"/_larder/purge"}`), []string{
			`$.routes[0].path: want a path outside /_larder/, where Larder's own endpoints are; got "/_larder/purge"`}},
		{"a path of Larder's own in disguise", routes(`{"name":"a","path":"/%5Flarder/{x...}"}`), []string{
			`$.routes[0].path: want a path outside /_larder/, where Larder's own endpoints are; got "/%5Flarder/{x...}"`}},
		{"a route behind one that takes all", routes(`{"name":"all","path":"/{path...}"},{"name":"post","path":"/posts/{slug}/"}`), []string{
			`$.routes[1].path: want a path that no earlier route takes all requests of; "/posts/{slug}/" is taken by route "all" (/{path...}): move this route before it`}},
		{"a route behind one of the same path", routes(`{"name":"a","path":"/a/{x}"},{"name":"b","path":"/a/{y}/","methods":["GET"]}`), []string{
			`$.routes[1].path: want a path that no earlier route takes all requests of; "/a/{y}/" is taken by route "a" (/a/{x}): move this route before it`}},
		{"a HEAD behind a GET, with which it goes", routes(`{"name":"a","path":"/{x}","methods":["GET"]},{"name":"b","path":"/c","methods":["HEAD"]}`), []string{
			`$.routes[1].path: want a path that no earlier route takes all requests of; "/c" is taken by route "a" (/{x}): move this route before it`}},
		{"a route whose methods two routes take", routes(`{"name":"a","path":"/{x}"},{"name":"b","path":"/{x}","methods":["QUERY"]},{"name":"c","path":"/c","methods":["GET","QUERY"]}`), []string{
			`$.routes[2].path: want a path that no earlier route takes all requests of; "/c" is taken by route "b" (/{x}): move this route before it`}},
		{"an unsafe method", route(`"methods":["GET","POST"]`), []string{
			`$.routes[0].methods[1]: want "GET", "HEAD" or "QUERY"; got "POST"`}},
		{"a method twice", route(`"methods":["GET","GET"]`), []string{
			`$.routes[0].methods[1]: want each method once; got "GET" twice`}},
		{"a default as a number", route(`"query":{"page":1}`), []string{
			`$.routes[0].query.page: want the default value as a string, or null where there is none; got the number 1`}},
		{"a default of all parameters", route(`"query":{"*":"1"}`), []string{
			`$.routes[0].query["*"]: want null for "*", as all parameters have no default in common; got "1"`}},
		{"a parameter without a name", route(`"query":{"":null}`), []string{
			`$.routes[0].query[""]: want a name; got ""`}},
		{"the tenant's parameter among others", `{"tenant":{"query":"auth_token"},` + route(`"query":{"auth_token":null}`)[1:], []string{
			`$.routes[0].query.auth_token: want no tenant's credential here; "tenant" puts its hash into the key already`}},
		{"a bypass by any parameter", route(`"bypass":{"*":"1"}`), []string{
			`$.routes[0].bypass["*"]: want a parameter's name; got "*"`}},
		{"the tenant's header among others", `{"tenant":{"header":"x-api-key"},` + route(`"headers":["X-Api-Key"]`)[1:], []string{
			`$.routes[0].headers[0]: want no tenant's credential here; "tenant" puts its hash into the key already`}},
		{"headers that would break the cache", route(`"headers":["Cookie","range","TE","Host","Accept Language"]`), []string{
			`$.routes[0].headers[0]: want a header that can be a part of the key; Cookie is a credential: name it in "tenant", which keeps only its hash`,
			`$.routes[0].headers[1]: want a header that can be a part of the key; Range is answered by the cache itself`,
			`$.routes[0].headers[2]: want a header that can be a part of the key; Te belongs to the connection`,
			`$.routes[0].headers[3]: want a header that can be a part of the key; Host has a member of its own: "host"`,
			`$.routes[0].headers[4]: want a header's name such as "Accept-Language"; got "Accept Language"`}},
		{"all headers and one", route(`"headers":["*","Accept"]`), []string{
			`$.routes[0].headers[0]: want "*" alone, as it lets all headers through; got it beside others`}},
		{"a header twice", route(`"headers":["Accept","accept"]`), []string{
			`$.routes[0].headers[1]: want each header once; got Accept twice`}},

		// Keys.
		{"a key with a misspelt variable", route(`"keys":["post:{slgu}"]`), []string{
			`$.routes[0].keys[0]: unknown variable {slgu}; did you mean {slug}?`}},
		{"a key with an unknown variable", route(`"query":{"locale":null},"keys":["post:{id}"]`), []string{
			`$.routes[0].keys[0]: unknown variable {id}; want one of {slug}, {query.locale}`}},
		{"a key with a parameter that is not listed", route(`"keys":["posts","page:{query.page}"]`), []string{
			`$.routes[0].keys[1]: unknown variable {query.page}; want one of {slug}`}},
		{"a key where there are no variables", routes(`{"name":"a","path":"/a","keys":["{x}"]}`), []string{
			`$.routes[0].keys[0]: unknown variable {x}; the route's path and query have none`}},
		{"a malformed key", route(`"keys":["post:{slug"]`), []string{
			`$.routes[0].keys[0]: malformed key template: "post:{slug" opens a brace that is not closed`}},
		{"a key that is not text", route(`"keys":[7]`), []string{
			`$.routes[0].keys[0]: want a key such as "post:{slug}"; got the number 7`}},
		{"an item's key with an unknown variable of the path", route(`"items":[{"each":"data","keys":["{path.slag}:{id}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: unknown variable {path.slag}; did you mean {path.slug}?`}},
		{"an item's key with a member's name and no star", route(`"items":[{"each":"data","keys":["{@key}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want a "*" in "each" for {@key} to name; got "data"`}},
		{"an item's key with an unknown special", route(`"items":[{"each":"data","keys":["{@valeu}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: unknown variable {@valeu}; want {@key}, {@value} or a path into the item`}},
		{"an item's key with an empty member name", route(`"items":[{"each":"data","keys":["{a..b}","{a.}","{.a}","{id}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want a path of member names joined by dots; got {a..b}`,
			`$.routes[0].items[0].keys[1]: want a path of member names joined by dots; got {a.}`,
			`$.routes[0].items[0].keys[2]: want a path of member names joined by dots; got {.a}`}},
		{"an item's key with a star", route(`"items":[{"each":"data","keys":["{*}","{fields.*.id}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want a path of member names, as a "*" goes into "each"; got {*}`,
			`$.routes[0].items[0].keys[1]: want a path of member names, as a "*" goes into "each"; got {fields.*.id}`}},
		{"an item's key with a parameter of the route", route(`"query":{"locale":null},"items":[{"each":"data","keys":["post:{slug}@{query.locale}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want request variables beside {path.NAME} in the route's own "keys"; got {query.locale}`}},
		{"an item's key with one of all parameters", route(`"query":{"*":null},"items":[{"each":"data","keys":["{query.any}"]}]`), []string{
			`$.routes[0].items[0].keys[0]: want request variables beside {path.NAME} in the route's own "keys"; got {query.any}`}},
		{"items at malformed paths", route(`"items":[{"each":"a..b","keys":["x"]},{"each":".","keys":["x"]}]`), []string{
			`$.routes[0].items[0].each: malformed item path: "a..b" has an empty member name`,
			`$.routes[0].items[1].each: malformed item path: "." has an empty member name`}},
		{"items without keys", route(`"items":[{"each":"data","keys":[]}]`), []string{
			`$.routes[0].items[0].keys: want at least one element; got an empty list`}},

		{"all mistakes at once", `{"nmae":"x","origins":[{"name":"a","host":"/"}],"deadline":"1y","routes":[{"name":"r","path":"x"}]}`, []string{
			`$.nmae: unknown member "nmae"; did you mean "name"?`,
			`$.deadline: want a duration such as "30s", "12h" or "7d"; got "1y"`,
			`$.routes[0].path: malformed path pattern: want a leading slash; got "x"`,
			`$.origins[0].host: want a host such as "api.example.com" or "localhost:8080"; got "/"`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config, err := Parse([]byte(test.file))
			var mistakes Errors
			if !errors.As(err, &mistakes) || !errors.Is(err, ErrInvalid) || config != nil {
				t.Fatalf("got %v, %v", config, err)
			}
			got := strings.Split(err.Error(), "\n")
			if !slices.Equal(got, test.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(test.want, "\n\t"))
			}
		})
	}
}

func TestParseDuration(t *testing.T) {
	tests := []struct {
		text string
		want time.Duration
		ok   bool
	}{
		{"0s", 0, true},
		{"90s", 90 * time.Second, true},
		{"1h30m", 90 * time.Minute, true},
		{"7d", 7 * day, true},
		{"1d12h", day + 12*time.Hour, true},
		{"365d", 365 * day, true},
		{"", 0, false},
		{"d", 0, false},
		{"1.5d", 0, false},
		{"12h1d", 0, false},
		{"1d2d", 0, false},
		{"1d36h", 0, false},
		{"+1s", 0, false},
		{"1d-1h", 0, false},
		{"60", 0, false},
		{"1w", 0, false},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got, ok := parseDuration(test.text)
			if ok != test.ok || ok && got != test.want {
				t.Errorf("got %v, %v", got, ok)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	// Small seeds: the fuzzer spends its time on shortening large ones.
	for _, seed := range []string{
		minimal(``, ``),
		minimal(`"lifetimes":{"ttl":"1d12h","heuristic":true},"limits":{"purge_body":2048,"tagged_body":"1MiB"},`, ``),
		minimal(`"tenant":{"query":"t"},"cors":{"origins":["*"]},`, `,"headers":["*"]`),
		origin(`"host":"[::1]:80","headers":{"X-A":"b"},"body_timeout":"1s"`),
		route(`"methods":["GET"],"query":{"p":"1","*":null},"bypass":{"q":"*"},"keys":["{slug}","{query.p}"]`),
		route(`"items":[{"each":"a.*.#","keys":["{@key}:{id}","{path.slug}"]}]`),
		`{"a":"\ud800","b":[[{}]],"routes":null,"name":"\n"}`,
		`[1e5,-0.5,true,null]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		config, err := Parse(data)
		if err == nil {
			checkInvariants(t, config)
			return
		}
		var mistakes Errors
		if !errors.As(err, &mistakes) || len(mistakes) == 0 || config != nil {
			t.Fatalf("got %v, %v", config, err)
		}
		for _, m := range mistakes {
			if !strings.HasPrefix(m.Path, "$") || m.Message == "" || strings.ContainsAny(m.Error(), "\r\n\x00") {
				t.Errorf("unreadable: %q", m)
			}
		}
	})
}

// checkInvariants holds a configuration to what its type's comments promise.
func checkInvariants(t *testing.T, c *Config) {
	if !token(c.Name) || len(c.Origins) == 0 || len(c.Routes) == 0 {
		t.Errorf("name %q, %d origins, %d routes", c.Name, len(c.Origins), len(c.Routes))
	}
	if c.Deadline < time.Second || c.Deadline > maxWait {
		t.Errorf("deadline %v", c.Deadline)
	}
	if b := c.Breaker; b.Failures < 1 || b.Failures > 100 || b.Window <= 0 || b.Cooldown <= 0 || b.MaxCooldown < b.Cooldown {
		t.Errorf("breaker %+v", b)
	}
	if !slices.IsSorted(c.Failures.Statuses) || c.Failures.Statuses == nil || c.Failures.Has(404) {
		t.Errorf("failures %v", c.Failures)
	}
	for _, o := range c.Origins {
		if o.Backend == "" || o.FirstByteTimeout <= 0 || o.BodyTimeout <= 0 {
			t.Errorf("origin %+v", o)
		}
	}
	for _, r := range c.Routes {
		if len(r.Methods) == 0 || !r.Path.Covers(r.Path) || !slices.IsSorted(r.Headers) {
			t.Errorf("route %+v", r)
		}
		if r.Lifetimes.TTL.Duration < 0 || r.Lifetimes.TTL.Duration > maxKept {
			t.Errorf("ttl of route %q is %v", r.Name, r.Lifetimes.TTL)
		}
	}
}

// What is odd and can still match is the item's own business.
func TestParseTakesPathsIntoItems(t *testing.T) {
	tests := []struct{ name, members string }{
		{"a member of an item that is called like a parameter's prefix", `"query":{"page":"1"},"items":[{"each":"data","keys":["{query.locale}"]}]`},
		{"an element of a list", `"items":[{"each":"data","keys":["{tags.0.slug}"]}]`},
		{"a member whose name has a dot", `"items":[{"each":"data","keys":["{a\\..id}"]}]`},
		{"a member that is called star", `"items":[{"each":"data","keys":["{\\*}"]}]`},
		{"a search in a list", `"items":[{"each":"data","keys":["{tags.#(name==\"a..b\").slug}"]}]`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { parse(t, route(test.members)) })
	}
}
