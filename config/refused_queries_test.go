package config

import "testing"

func TestUnlistedParametersThatCannotBeAreRefused(t *testing.T) {
	refuses(t, []refusal{
		{"an unknown word", minimal(`"unlisted":"ignore",`, `,"unlisted":"block"`), []string{
			`$.unlisted: want "drop", "pass" or "reject"; got "ignore"`,
			`$.routes[0].unlisted: want "drop", "pass" or "reject"; got "block"`}},
		{"a word of a route that lists all parameters", minimal(`"unlisted":"pass",`, `,"query":{"*":null},"unlisted":"pass"`), []string{
			`$.routes[0].unlisted: want a route that leaves parameters unlisted; got "*" in "query", which lists them all`}},
	})
}

// A route's own word replaces the file's, wherever the file's stands.
func TestARoutesWordForUnlistedParametersReplacesTheFiles(t *testing.T) {
	c := parse(t, `{"routes":[{"name":"a","path":"/a"},{"name":"b","path":"/b","unlisted":"drop"},{"name":"c","path":"/c","query":{"*":null}}],
		"unlisted":"reject","origins":[{"name":"a"}]}`)
	for i, want := range []Unlisted{RejectUnlisted, DropUnlisted, RejectUnlisted} {
		if got := c.Routes[i].Unlisted; got != want {
			t.Errorf("route %d has %q, not %q", i, got, want)
		}
	}
}

func TestHeadersThatMustNotPassRequestsAreRefused(t *testing.T) {
	refuses(t, []refusal{
		{"what every client sends, and what Larder needs", minimal(`"bypass_headers":["Host","accept","User-Agent","If-None-Match","Connection","larder-edge","X Y"],`, ``), []string{
			`$.bypass_headers[0]: want a header that few requests have; Host has a member of its own: "host"`,
			`$.bypass_headers[1]: want a header that few requests have; Accept is sent by every client, or by every browser`,
			`$.bypass_headers[2]: want a header that few requests have; User-Agent is sent by every client, or by every browser`,
			`$.bypass_headers[3]: want a header that few requests have; If-None-Match is answered by the cache itself`,
			`$.bypass_headers[4]: want a header that few requests have; Connection belongs to the connection`,
			`$.bypass_headers[5]: want a header that few requests have; Larder-Edge has a meaning for Larder itself`,
			`$.bypass_headers[6]: want a header's name such as "Accept-Language"; got "X Y"`}},
		{"the tenant's header", minimal(`"tenant":{"header":"authorization"},"bypass_headers":["Authorization"],`, `,"bypass_headers":["AUTHORIZATION"]`), []string{
			`$.bypass_headers[0]: want no tenant's credential here, or nothing of the tenants is cached; got Authorization`,
			`$.routes[0].bypass_headers[0]: want no tenant's credential here, or nothing of the tenants is cached; got Authorization`}},
		{"a header twice", route(`"bypass_headers":["x-a","X-A"]`), []string{
			`$.routes[0].bypass_headers[1]: want each header once; got X-A twice`}},
		{"a header that the route lists", minimal(`"bypass_headers":["x-a"],`, `,"headers":["X-A"]`), []string{
			`$.routes[0].headers[0]: want a header that cached requests have; X-A in "bypass_headers" makes them pass through`}},
		{"a header without a name", route(`"bypass_headers":[""]`), []string{
			`$.routes[0].bypass_headers[0]: want some text; got ""`}},
	})
}

func TestParametersThatCannotBeIgnoredAreRefused(t *testing.T) {
	refuses(t, []refusal{
		{"stars that are not at the end", minimal(`"ignore":["utm_*_x","*_id","a**"],`, ``), []string{
			`$.ignore[0]: want a parameter's name such as "fbclid", or the beginning of names and a "*" as in "utm_*"; got "utm_*_x"`,
			`$.ignore[1]: want a parameter's name such as "fbclid", or the beginning of names and a "*" as in "utm_*"; got "*_id"`,
			`$.ignore[2]: want a parameter's name such as "fbclid", or the beginning of names and a "*" as in "utm_*"; got "a**"`}},
		{"a filter that never counts", route(`"query":{"*":null},"keys":["posts"],"filters":["utm_x"],"ignore":["utm_*"]`), []string{
			`$.routes[0].filters[0]: want a parameter that counts; got one that "utm_*" in "ignore" stands for`}},
		{"all parameters", route(`"ignore":["*"]`), []string{
			`$.routes[0].ignore[0]: want a parameter's name such as "fbclid", or the beginning of names and a "*" as in "utm_*"; got "*"`}},
		{"no name", route(`"ignore":[""]`), []string{
			`$.routes[0].ignore[0]: want some text; got ""`}},
		{"a name twice", minimal(`"ignore":["a","a*","a"],`, ``), []string{
			`$.ignore[2]: want each parameter once; got "a" twice`}},
		{"the tenant's credential", minimal(`"tenant":{"query":"auth_token"},"ignore":["auth_token"],`, `,"ignore":["auth*"]`), []string{
			`$.ignore[0]: want no tenant's credential here, which the origin needs; "auth_token" stands for "auth_token"`,
			`$.routes[0].ignore[0]: want no tenant's credential here, which the origin needs; "auth*" stands for "auth_token"`}},
		{"a parameter that the route lists", route(`"query":{"*":null,"cb":null},"ignore":["cb"]`), []string{
			`$.routes[0].query.cb: want a parameter that counts; got one that "cb" in "ignore" stands for`}},
		{"a parameter that the route lists and all routes ignore", minimal(`"ignore":["utm_*"],`, `,"query":{"utm_id":"1"}`), []string{
			`$.routes[0].query.utm_id: want a parameter that counts; got one that "utm_*" in "ignore" stands for`}},
		{"a parameter by which the route is bypassed", minimal(`"ignore":["_*"],`, `,"bypass":{"_fields":"*"}`), []string{
			`$.routes[0].bypass._fields: want a parameter that counts; got one that "_*" in "ignore" stands for`}},
		{"a key's variable", route(`"query":{"*":null},"ignore":["cb"],"keys":["{query.tag}","{query.cb}"]`), []string{
			`$.routes[0].keys[1]: unknown variable {query.cb}; want one of {slug}`}},
	})
}
