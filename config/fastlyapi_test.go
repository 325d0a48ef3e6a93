package config

import (
	"fmt"
	"testing"
)

func withFastlyAPI(text string) string { return minimal(`"purge":{"fastly_api":`+text+`},`, ``) }

func TestFastlysAPIIsOffUnlessItIsConfigured(t *testing.T) {
	for file, want := range map[string]string{
		minimal(``, ``):                 "none",
		withFastlyAPI(`{}`):             "/_larder/fastly true",
		withFastlyAPI(`{"soft":false}`): "/_larder/fastly false",
		withFastlyAPI(`{"prefix":"/_larder/purges/v1_2-a"}`): "/_larder/purges/v1_2-a true",
	} {
		cfg, err := Parse([]byte(file))
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		if api := cfg.Purge.FastlyAPI; api != nil {
			got = fmt.Sprint(api.Prefix, " ", api.Soft)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", file, got, want)
		}
	}
}

func TestPrefixesOfFastlysAPIThatWouldHideSomethingAreRefused(t *testing.T) {
	var all []refusal
	for _, prefix := range []string{
		"/fastly", "/_larder", "/_larder/", "/_larder/fastly/", "/_larder//fastly", "/_larder/a b", "/_larder/../x", "/_larder/%66", "/_LARDER/fastly",
		"_larder/fastly", "https://edge.example/_larder/fastly", "/_larder/purge", "/_larder/purge/x", "/_larder/hooks", "/_larder/hooks/cms", "/_larder/health", "/_larder/status",
	} {
		all = append(all, refusal{prefix, withFastlyAPI(fmt.Sprintf(`{"prefix":%q}`, prefix)), []string{fmt.Sprintf(
			`$.purge.fastly_api.prefix: want a path such as "/_larder/fastly", of letters, digits, - and _ below /_larder/, and not one of Larder's own endpoints; got %q`, prefix)}})
	}
	refuses(t, all)
}
