package config

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestThereIsNoShieldUnlessAskedFor(t *testing.T) {
	if got := parse(t, minimal(``, ``)).Shield; got != nil {
		t.Errorf("got %+v", got)
	}
}

func TestAShieldsDefaults(t *testing.T) {
	tests := []struct {
		name    string
		members string
		want    Shield
	}{
		{"two thirds of the deadline are the shield's", ``,
			Shield{FirstByteTimeout: 10 * time.Second}},
		{"of a deadline of one's own too", `"deadline":"3s",`,
			Shield{FirstByteTimeout: 2 * time.Second}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			want := test.want
			want.Site, want.BodyTimeout, want.PurgeDelay = "iad-va-us", 10*time.Second, 15*time.Second
			got := parse(t, minimal(test.members+`"shield":{"site":"iad-va-us"},`, ``)).Shield
			if got == nil || *got != want {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestAShieldThatCannotBeIsRefused(t *testing.T) {
	tests := []struct {
		name string
		file string
		want []string
	}{
		{"without a site", minimal(`"shield":{},`, ``), []string{
			`$.shield.site: want this member; it is missing`}},
		{"with an empty site", minimal(`"shield":{"site":""},`, ``), []string{
			`$.shield.site: want some text; got ""`}},
		{"with a site in capitals", minimal(`"shield":{"site":"IAD"},`, ``), []string{
			`$.shield.site: want a shield's code such as "iad-va-us"; got "IAD"`}},
		{"with a city for a site", minimal(`"shield":{"site":"new york"},`, ``), []string{
			`$.shield.site: want a shield's code such as "iad-va-us"; got "new york"`}},
		{"with a misspelt member", minimal(`"shield":{"site":"iad-va-us","purge_dely":"5s"},`, ``), []string{
			`$.shield.purge_dely: unknown member "purge_dely"; did you mean "purge_delay"?`}},
		{"out of range", minimal(`"shield":{"site":"a","first_byte_timeout":"0s","body_timeout":"111s","purge_delay":"500ms"},`, ``), []string{
			`$.shield.first_byte_timeout: want a duration from 1ms to 110s; got 0s`,
			`$.shield.body_timeout: want a duration from 1ms to 110s; got 111s`,
			`$.shield.purge_delay: want a duration from 1s to 2m; got 500ms`}},
		{"with a purge that takes too long", minimal(`"shield":{"site":"a","purge_delay":"11m"},`, ``), []string{
			`$.shield.purge_delay: want a duration from 1s to 2m; got 11m`}},
		{"beside an origin of its name", `{"shield":{"site":"a"},"origins":[{"name":"a"},{"name":"shield"}],"routes":[{"name":"a","path":"/"}]}`, []string{
			`$.origins[1].name: want another name; "shield" is the shield's own`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Parse([]byte(test.file))
			if !errors.Is(err, ErrInvalid) || err.Error() != strings.Join(test.want, "\n") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestWithoutAShieldAnOriginMayHaveItsName(t *testing.T) {
	got := parse(t, `{"origins":[{"name":"shield"}],"routes":[{"name":"a","path":"/"}]}`)
	if got.Origins[0].Name != ShieldName {
		t.Errorf("got %+v", got.Origins)
	}
}

func TestSwitchesNameTheShieldLikeAnOrigin(t *testing.T) {
	for _, test := range []struct {
		name   string
		shield *Shield
		errs   int
	}{
		{"where there is one", &Shield{Site: "iad-va-us"}, 0},
		{"and is unknown where there is none", nil, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := &Config{Origins: []Origin{{Name: "primary"}}, Shield: test.shield}
			got, errs := c.ReadSwitches(func(entry string) (string, bool) {
				return "primary shield", entry == "disabled_origins"
			})
			if len(errs) != test.errs || len(got.Disabled) != 2-test.errs {
				t.Errorf("got %q, %v", got.Disabled, errs)
			}
		})
	}
}
