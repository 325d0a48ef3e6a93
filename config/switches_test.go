package config

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestReadSwitches(t *testing.T) {
	c := &Config{Origins: []Origin{{Name: "primary"}, {Name: "standby"}}}
	tests := []struct {
		name    string
		entries map[string]string
		want    Switches
		errs    []string
	}{
		{"an empty store changes nothing", nil, Switches{}, nil},
		{"on and off in any case", map[string]string{"maintenance": "ON", "pass": " off "}, Switches{Maintenance: true}, nil},
		{"several origins", map[string]string{"disabled_origins": "primary, standby"}, Switches{Disabled: []string{"primary", "standby"}}, nil},
		{"values from files", map[string]string{"disabled_origins": "primary\r\nstandby\n", "pass": "on\n"}, Switches{Pass: true, Disabled: []string{"primary", "standby"}}, nil},
		{"circuits that stay closed", map[string]string{"closed_circuits": "standby,primary"}, Switches{Closed: []string{"standby", "primary"}}, nil},
		{"a shorter stale window", map[string]string{"max_stale": "1d"}, Switches{MaxStale: OptionalDuration{24 * time.Hour, true}}, nil},
		{"a window of zero is a window", map[string]string{"max_stale": "0s"}, Switches{MaxStale: OptionalDuration{0, true}}, nil},
		{"an empty window is none", map[string]string{"max_stale": " "}, Switches{}, nil},
		{"a bad value leaves the others alone",
			map[string]string{"maintenance": "maybe", "pass": "on", "disabled_origins": "primary nowhere", "closed_circuits": "elsewhere", "max_stale": "long"},
			Switches{Pass: true, Disabled: []string{"primary"}},
			[]string{
				`switch "maintenance": want "on" or "off"; got "maybe"`,
				`switch "disabled_origins": want names of origins in larder.json; got "nowhere"`,
				`switch "closed_circuits": want names of origins in larder.json; got "elsewhere"`,
				`switch "max_stale": want a duration such as "30s", "12h" or "7d"; got "long"`,
			}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, errs := c.ReadSwitches(func(entry string) (string, bool) {
				v, ok := test.entries[entry]
				return v, ok
			})
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
			var texts []string
			for _, err := range errs {
				texts = append(texts, err.Error())
			}
			if strings.Join(texts, "\n") != strings.Join(test.errs, "\n") {
				t.Errorf("errors:\n%s\nwant:\n%s", strings.Join(texts, "\n"), strings.Join(test.errs, "\n"))
			}
		})
	}
}
