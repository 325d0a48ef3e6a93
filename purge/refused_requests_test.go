package purge

import (
	"context"
	"errors"
	"strings"
	"testing"

	"larder/problem"
	"larder/surrogate"
)

func TestRefusedRequests(t *testing.T) {
	tests := []struct {
		name    string
		members string
		call    call
		status  int
		problem string
		detail  string // a part of it
	}{
		{"another method", plain, call{method: "GET"}, 405, "method-not-allowed", ""},
		{"PURGE as a method", plain, call{method: "PURGE"}, 405, "method-not-allowed", ""},
		{"no token", plain, call{token: "none", body: `{"keys":["a"]}`}, 401, "unauthorized", ""},
		{"a wrong token", plain, call{token: "Bearer operators", body: `{"keys":["a"]}`}, 401, "unauthorized", ""},
		{"a wrong token comes before a wrong body", plain, call{token: "Bearer x", body: `{`}, 401, "unauthorized", ""},

		{"no body and no header", plain, call{}, 400, "no-key", `{"keys": ["post:hello"]}`},
		{"an empty object", plain, call{body: `{}`}, 400, "no-key", "Surrogate-Key"},
		{"no keys in the list", plain, call{body: `{"keys":[]}`}, 400, "no-key", ""},
		{"keys that are null", plain, call{body: `{"keys":null,"all":true}`}, 400, "bad-purge", `"keys" of its body has null; want a list of strings`},
		{"soft that is null", plain, call{body: `{"keys":["a"],"soft":null}`}, 400, "bad-purge", `"soft" of its body has null; want true or false`},
		{"a key that is null", plain, call{body: `{"keys":["a",null]}`}, 400, "bad-purge", "Key 2 is empty."},
		{"null", plain, call{body: `null`}, 400, "bad-purge", "not an object"},
		{"all that is false", plain, call{body: `{"all":false}`}, 400, "no-key", ""},
		{"a header without keys", plain, call{header: []string{"Surrogate-Key:  "}}, 400, "no-key", ""},
		{"an empty key", plain, call{body: `{"keys":["a",""]}`}, 400, "bad-purge", "Key 2 is empty."},
		{"a blank key", plain, call{body: `{"keys":[" \t"]}`}, 400, "bad-purge", "Key 1 is empty."},
		{"not JSON", plain, call{body: `keys=a`}, 400, "bad-purge", "not JSON: byte 1"},
		{"JSON cut short", plain, call{body: `{"keys":["a"`}, 400, "bad-purge", "byte 12: unexpected end of JSON input"},
		{"more after the object", plain, call{body: `{"keys":["a"]} {}`}, 400, "bad-purge", "goes on after"},
		{"a list", plain, call{body: `["a"]`}, 400, "bad-purge", "not an object"},
		{"a string", plain, call{body: `"a"`}, 400, "bad-purge", "not an object"},
		{"keys that are not a list", plain, call{body: `{"keys":"a"}`}, 400, "bad-purge", `"keys" of its body has a JSON string; want a list of strings`},
		{"a key that is a number", plain, call{body: `{"keys":[1]}`}, 400, "bad-purge", `"keys" of its body has a JSON number; want a list of strings`},
		{"a list in the list of keys", plain, call{body: `{"keys":[["a"]]}`}, 400, "bad-purge", `"keys" of its body has a JSON array`},
		{"soft that is a string", plain, call{body: `{"keys":["a"],"soft":"false"}`}, 400, "bad-purge", `"soft" of its body has a JSON string; want true or false`},
		{"an unknown member", plain, call{body: `{"key":"a"}`}, 400, "bad-purge", `unknown member "key"; known are keys`},
		{"soft in the query that is neither true nor false", plain, call{query: "?soft=perhaps", body: `{"keys":["a"]}`}, 400, "bad-purge", `soft is "perhaps"; want true or false`},
		{"soft in the query with more behind it", plain, call{query: "?soft=false;x", body: `{"keys":["a"]}`}, 400, "bad-purge", `soft is "false;x"; want true or false`},
		{"soft in the query behind a semicolon", plain, call{query: "?x;soft=false", body: `{"keys":["a"]}`}, 400, "bad-purge", `parameter "x;soft" is unknown`},
		{"soft in the query in another case", plain, call{query: "?soft=False", body: `{"keys":["a"]}`}, 400, "bad-purge", `soft is "False"`},
		{"soft in the query as a number", plain, call{query: "?soft=0", body: `{"keys":["a"]}`}, 400, "bad-purge", `soft is "0"`},
		{"soft in the query without a value", plain, call{query: "?soft", body: `{"keys":["a"]}`}, 400, "bad-purge", `soft is ""`},
		{"soft in the query with a broken encoding", plain, call{query: "?soft=false%", body: `{"keys":["a"]}`}, 400, "bad-purge", `soft is "false%"`},
		{"soft twice in the query", plain, call{query: "?soft=true&soft=false", body: `{"keys":["a"]}`}, 400, "bad-purge", `parameter "soft" is there twice`},
		{"an unknown parameter", plain, call{query: "?hard=true", body: `{"keys":["a"]}`}, 400, "bad-purge", `parameter "hard" is unknown`},
		{"a known parameter in another case", plain, call{query: "?Soft=false", body: `{"keys":["a"]}`}, 400, "bad-purge", `parameter "Soft" is unknown`},
		{"a body's member in the query", plain, call{query: "?keys=b", body: `{"keys":["a"]}`}, 400, "bad-purge", `parameter "keys" is unknown`},

		{"a member twice", plain, call{body: `{"keys":["a"],"keys":["b"]}`}, 400, "bad-purge", `"keys" of its body is there twice`},
		{"a member twice with the same value", plain, call{body: `{"all":true,"all":true}`}, 400, "bad-purge", `"all" of its body is there twice`},
		{"a member twice, once with an escape", plain, call{body: `{"keys":["a"],"\u006beys":["b"]}`}, 400, "bad-purge", `"keys" of its body is there twice`},
		{"a member beside one in another case", plain, call{body: `{"keys":["a"],"Keys":["b"]}`}, 400, "bad-purge", `unknown member "Keys"; is "keys" meant?`},
		{"a member in another case", plain, call{body: `{"keys":["a"],"SOFT":false}`}, 400, "bad-purge", `unknown member "SOFT"; is "soft" meant?`},
		{"a member in another alphabet that folds to it", plain, call{body: `{"\u212aeys":["a"]}`}, 400, "bad-purge", `is "keys" meant?`},
		{"a body that is not UTF-8", plain, call{body: "{\"keys\":[\"caf\xe9\"]}"}, 400, "bad-purge", "not UTF-8"},
		{"a key with half a character", plain, call{body: `{"keys":["a","\ud800"]}`}, 400, "bad-purge", `"keys" of its body has a character that is not valid Unicode`},

		{"501 keys", plain, call{header: []string{"Surrogate-Key: " + keyList(501)}}, 413, "purge-too-large", "501 keys; at most 500 fit in one request. Send them in parts."},
		{"501 keys, some of them hard", plain, call{body: `{"hard":["a"]}`, header: []string{"Surrogate-Key: " + keyList(500)}}, 413, "purge-too-large", "501 keys; at most 500"},
		{"376 keys with two repeats", `"purge":{"repeat":["3s","20s"]},`, call{header: []string{"Surrogate-Key: " + keyList(376)}}, 413, "purge-too-large", "at most 375"},
		{"751 keys without repeats", `"purge":{"repeat":[]},`, call{header: []string{"Surrogate-Key: " + keyList(751)}}, 413, "purge-too-large", "at most 750"},
		{"a body that is too large", plain, call{body: `{"keys":["` + strings.Repeat("a", 2048) + `"]}`}, 413, "purge-too-large", "more than 2048 bytes"},
		{"a Content-Length that is too large", plain, call{body: `{}`, header: []string{"Content-Length: 2049"}}, 413, "purge-too-large", "2049 bytes; at most 2048"},

		{"a tenant although larder.json has none", plain, call{body: `{"keys":["a"],"tenants":["x"]}`}, 400, "bad-purge", "larder.json has none"},
		{"a credential although larder.json has no tenants", plain, call{body: `{"keys":["a"],"credentials":["x"]}`}, 400, "bad-purge", "larder.json has none"},
		{"no tenant although larder.json has some", tenants, call{body: `{"keys":["a"]}`}, 400, "no-tenant", "Larder-Tenant"},
		{"no tenant, and a key beside everything", tenants, call{body: `{"keys":["a"],"all":true}`}, 400, "no-tenant", ""},
		{"the operator's token does not name a tenant", tenants, call{body: `{"keys":["a"]}`, token: "Bearer operator"}, 400, "no-tenant", ""},
		{"everything of a tenant with an empty credential", tenants, call{query: "?auth_token=", body: `{"all":true}`}, 400, "bad-purge", "auth_token is empty"},
		{"a tenant twice in the query", tenants, call{query: "?auth_token=first&auth_token=second", body: `{"keys":["a"]}`}, 400, "bad-purge", `"auth_token" is there twice`},
		{"an empty credential before a tenant's", tenants, call{query: "?auth_token=&auth_token=first", body: `{"keys":["a"]}`}, 400, "bad-purge", "auth_token is empty"},
		{"a tenant in the query although larder.json has none", plain, call{query: "?auth_token=first", body: `{"keys":["a"]}`}, 400, "bad-purge", `"auth_token" is unknown`},
		{"keys of too many tenants", tenants, call{body: `{"keys":[` + strings.Repeat(`"k",`, 199) + `"k"],"credentials":["a","b","c"]}`}, 413, "purge-too-large", "200 keys for each of 3 tenants, which count as 600; at most 500"},
		{"keys of all tenants", tenants, call{body: `{"tenants":"all"}`, header: []string{"Surrogate-Key: " + keyList(251)}}, 413, "purge-too-large", "251 keys for all tenants, which count as 502; at most 500"},
		{"an invalid ID", tenants, call{body: `{"keys":["a"],"tenants":["` + surrogate.TenantID("a") + `","first"]}`}, 400, "bad-purge", "Tenant 2 is neither a tenant's ID"},
		{"an empty credential", tenants, call{body: `{"keys":["a"],"credentials":["x",""]}`}, 400, "bad-purge", "Credential 2 is empty"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e, p := endpoint(t, test.members)
			answer, _, err := e.Serve(context.Background(), test.call.build(t))
			d := problem.From(err)
			if err == nil || answer != nil || d.Status != test.status || d.Type != problem.TypePrefix+test.problem {
				t.Fatalf("got %v, %v", answer, err)
			}
			if !strings.Contains(d.Detail, test.detail) {
				t.Errorf("the detail is %q, without %q", d.Detail, test.detail)
			}
			if len(p.purged) > 0 {
				t.Errorf("got a purge of %q", p.purged)
			}
			header, _ := d.Answer()
			if test.status == 405 && header.Get("Allow") != "POST" {
				t.Errorf("Allow is %q", header.Get("Allow"))
			}
		})
	}
}

func TestARefusalDoesNotQuoteCredentials(t *testing.T) {
	for _, body := range []string{
		`{"credentials":["hunter2"]`, `{"credentials":"hunter2"}`, `{"credentials":["hunter2"]} x`, `{"credentials":["hunter2"],"x":1}`,
		`{"credentials":["hunter2"],"credentials":["hunter2"]}`, `{"credentials":["hunter2"],"soft":"hunter2"}`, `{"credentials":["hunter2",1]}`,
	} {
		e, _ := endpoint(t, tenants)
		_, _, err := e.Serve(context.Background(), call{body: body}.build(t))
		if _, answer := problem.From(err).Answer(); strings.Contains(string(answer), "hunter2") {
			t.Errorf("the answer to %s is %s", body, answer)
		}
	}
}

// brokenBody fails when it is read.
type brokenBody struct{}

func (brokenBody) Read([]byte) (int, error) { return 0, errors.New("reset") }
func (brokenBody) Close() error             { return nil }

func TestABodyThatCannotBeReadPurgesNothing(t *testing.T) {
	e, p := endpoint(t, plain)
	r := call{header: []string{"Surrogate-Key: a"}}.build(t)
	r.Body = brokenBody{}
	_, _, err := e.Serve(context.Background(), r)
	if d := problem.From(err); d.Status != 400 || len(p.purged) > 0 {
		t.Errorf("got %v, and a purge of %q", err, p.purged)
	}
}
