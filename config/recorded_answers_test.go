package config

import (
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"larder/surrogate"
)

// recordedAnswer is an answer of a real CMS, recorded with `go run ./e2e/cms`,
// and the keys that its preset gave it there.
type recordedAnswer struct {
	URL  string
	Keys []string
	Body json.RawMessage
}

func TestPresetsNameWhatAnswersOfRealCMSsContain(t *testing.T) {
	files, err := filepath.Glob("../testdata/cms/*-answers.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("recorded are %q, %v", files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var answers []recordedAnswer
		if err := json.Unmarshal(text, &answers); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		preset := parse(t, string(presets(t)[strings.TrimSuffix(filepath.Base(file), "-answers.json")+".json"]))
		for _, a := range answers {
			t.Run(strings.TrimPrefix(a.URL, "/"), func(t *testing.T) {
				target, err := url.Parse(a.URL)
				if err != nil {
					t.Fatal(err)
				}
				route, variable := find(t, preset, target.Path)
				keys, err := route.Items.Keys(a.Body, variable)
				if err != nil {
					t.Fatal(err)
				}
				keys = append(keys, expanded(route.Keys, variable)...)
				slices.Sort(keys)
				slices.Sort(a.Keys)
				if keys = slices.Compact(keys); !slices.Equal(keys, a.Keys) {
					t.Errorf("got  %q\nwant %q", keys, a.Keys)
				}
			})
		}
	}
}

// expanded returns the keys that follow from the path.
func expanded(templates []surrogate.Template, variable func(string) (string, bool)) []string {
	var keys []string
	for _, template := range templates {
		if key, ok := template.Expand(func(name string) (string, bool) {
			value, ok := variable(strings.TrimPrefix(name, "path."))
			return value, ok
		}); ok {
			keys = append(keys, key)
		}
	}
	return keys
}
