package purge

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"larder/problem"
	"larder/surrogate"
)

// Any request is either answered with the keys that were purged, or refused
// with a 4xx problem and nothing purged. What is accepted means what a strict
// reading says: nothing in it was ignored.
func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `null`, `{"keys":["a"]}`, `{"keys":["a",""]}`, `{"keys":[1]}`, `{"all":true}`, `{"keys":["a"],"soft":0}`,
		`{"keys":["a"]}x`, `{"keys":["\ud800 %2"]}`, `{"credentials":["x"]}`, `[`, "\xff",
		`{"keys":["a"],"keys":["b"]}`, `{"keys":["a"],"Keys":["b"]}`, `{"keys":["a"],"\u006beys":["b"]}`, `{"keys":["a"],"soft":null}`,
		`{"surrogate_keys":["b"],"hard":["c"],"soft":false}`, `{"all":true,"vault":true,"anonymous":true}`,
	} {
		f.Add("", seed, false)
		f.Add("auth_token=x", seed, true)
	}
	for _, query := range []string{
		"soft=false", "soft=false;x", "soft=false&soft=true", "Soft=false", "soft", "s%6fft=false&", "soft=false%", "soft=+false",
		"auth_token=a&auth_token=b", "auth_token=", "auth_token=50%", "hard=true",
	} {
		f.Add(query, `{"keys":["a"]}`, false)
		f.Add(query, `{"keys":["a"],"credentials":["x"]}`, true)
	}
	f.Fuzz(func(t *testing.T, query, body string, withTenants bool) {
		configured := plain
		if withTenants {
			configured = tenants
		}
		r := call{body: body}.build(t)
		r.URL.RawQuery = query
		e, p := endpoint(t, configured)
		answer, _, err := e.Serve(context.Background(), r)
		if err == nil {
			checkResult(t, answer, p.purged)
			checkMeaning(t, e, query, body)
			return
		}
		var d *problem.Details
		if !errors.As(err, &d) || d.Status < 400 || d.Status > 499 {
			t.Fatalf("the error is %v", err)
		}
		if len(p.purged) > 0 {
			t.Fatalf("refused, but with a purge of %q", p.purged)
		}
	})
}

// checkMeaning compares how a request is read with a second, strict reading by
// other parsers: net/url and gjson.
func checkMeaning(t *testing.T, e *Endpoint, query, body string) {
	t.Helper()
	r := call{body: body}.build(t)
	r.URL.RawQuery = query
	got, err := e.parse(r)
	if err != nil {
		t.Fatal(err)
	}
	want := reading{lists: map[string][]string{}, truths: map[string]bool{}}
	want.body(t, body)
	want.query(t, query)
	soft, said := want.truths["soft"]
	if got.soft != (soft || !said) || got.all != want.truths["all"] || got.vault != want.truths["vault"] {
		t.Errorf("soft, all and vault are %v, %v and %v, want %v", got.soft, got.all, got.vault, want.truths)
	}
	if !slices.Equal(got.keys, slices.Concat(want.lists["keys"], want.lists["surrogate_keys"])) || !slices.Equal(got.hard, want.lists["hard"]) {
		t.Errorf("the keys are %q and %q, want %q", got.keys, got.hard, want.lists)
	}
	for _, credential := range want.lists["credentials"] {
		if !slices.ContainsFunc(got.scopes, func(s scope) bool { return s.prefix == prefixOf(credential) }) {
			t.Errorf("the credential %q is not among the scopes %v", credential, got.scopes)
		}
	}
	all := slices.Contains(want.lists["tenants"], "all")
	if all != slices.ContainsFunc(got.scopes, func(s scope) bool { return s.everyone }) && e.Config.Tenant != nil && !got.all {
		t.Errorf("all tenants are meant: %v; the scopes are %v", all, got.scopes)
	}
	if all {
		return
	}
	for _, id := range want.lists["tenants"] {
		if !slices.ContainsFunc(got.scopes, func(s scope) bool { return s.prefix == surrogate.TenantPrefix(id) }) {
			t.Errorf("the tenant %q is not among the scopes %v", id, got.scopes)
		}
	}
}

// reading is a request by its documented members.
type reading struct {
	lists  map[string][]string
	truths map[string]bool
}

func (w *reading) body(t *testing.T, body string) {
	t.Helper()
	if strings.TrimSpace(body) == "" {
		return
	}
	object := gjson.Parse(body)
	if !gjson.Valid(body) || !object.IsObject() || !utf8.ValidString(body) {
		t.Fatalf("accepted %q", body)
	}
	seen := map[string]bool{}
	object.ForEach(func(name, value gjson.Result) bool {
		if seen[name.String()] {
			t.Errorf("accepted %q with the member %s twice", body, name)
		}
		seen[name.String()] = true
		switch name.String() {
		case "keys", "surrogate_keys", "hard", "tenants", "credentials":
			if name.String() == "tenants" && value.Type == gjson.String {
				w.lists["tenants"] = append(w.lists["tenants"], value.String())
				return true
			}
			if !value.IsArray() {
				t.Errorf("accepted %q", body)
			}
			for _, element := range value.Array() {
				if element.Type != gjson.String {
					t.Errorf("accepted %q", body)
				}
				w.lists[name.String()] = append(w.lists[name.String()], element.String())
			}
		case "all", "soft", "anonymous", "vault":
			if !value.IsBool() {
				t.Errorf("accepted %q", body)
			}
			w.truths[name.String()] = value.Bool()
		default:
			t.Errorf("accepted %q with the member %s", body, name)
		}
		return true
	})
}

func (w *reading) query(t *testing.T, query string) {
	t.Helper()
	seen := map[string]bool{}
	for _, pair := range strings.Split(query, "&") {
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(name)
		if err != nil || seen[name] || name != "soft" && name != "auth_token" {
			t.Fatalf("accepted the query %q", query)
		}
		seen[name] = true
		value, err = url.QueryUnescape(value)
		switch {
		case name == "soft" && err == nil && (value == "true" || value == "false"):
			w.truths["soft"] = value == "true"
		case name == "soft":
			t.Errorf("accepted the query %q", query)
		case err == nil: // a credential may have a percent sign that encodes nothing
			w.lists["credentials"] = append(w.lists["credentials"], value)
		}
	}
}
