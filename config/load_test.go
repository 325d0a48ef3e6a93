package config

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestLoadAgreesWithParse(t *testing.T) {
	files, err := filepath.Glob("../presets/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "../larder.json") {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want, err := Parse(data)
			if err != nil {
				t.Fatal(err)
			}
			got, err := Load(data)
			if err != nil {
				t.Fatal(err)
			}
			for i := range want.Routes {
				if r := got.Routes[i]; r.Path.String() != want.Routes[i].Path.String() || !reflect.DeepEqual(r.Methods, want.Routes[i].Methods) {
					t.Errorf("route %d before its details are read: %s %v", i, r.Path, r.Methods)
				}
				r, err := got.Route(i)
				if err != nil {
					t.Fatal(err)
				}
				if !reflect.DeepEqual(*r, want.Routes[i]) {
					t.Errorf("route %q: got %+v, want %+v", r.Name, *r, want.Routes[i])
				}
			}
			got.lifetimes = want.lifetimes
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
}

func TestLoadRefusesWhatParseRefuses(t *testing.T) {
	for _, data := range []string{``, `[]`, `{}`, `{"routes": 1}`, `{"routes": [], "origins": []}`,
		`{"origins": [{"name": "a"}], "routes": [{"name": "r", "path": "no-slash"}]}`,
		`{"origins": [{"name": "a"}], "routes": [{"name": "r", "path": "/"}], "unknown": 1}`} {
		if _, err := Load([]byte(data)); err == nil {
			t.Errorf("%s was loaded", data)
		}
	}
}

func TestAMistakeInARouteIsAnErrorOfTheRouteAlone(t *testing.T) {
	c, err := Load([]byte(`{"origins": [{"name": "a"}], "routes": [{"name": "good", "path": "/a/"}, {"name": "bad", "path": "/b/", "keys": ["x:{nothing}"]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Route(0); err != nil {
		t.Errorf("the good route: %v", err)
	}
	if _, err := c.Route(1); err == nil {
		t.Error("the bad route was loaded")
	}
}
