package resource

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"larder/config"
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
		preset, err := os.ReadFile("../presets/" + strings.TrimSuffix(filepath.Base(file), "-answers.json") + ".json")
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Parse(preset)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var answers []recordedAnswer
		if err := json.Unmarshal(text, &answers); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, a := range answers {
			t.Run(strings.TrimPrefix(a.URL, "/"), func(t *testing.T) {
				keys := keysOf(t, cfg, a)
				slices.Sort(keys)
				slices.Sort(a.Keys)
				if !slices.Equal(keys, a.Keys) {
					t.Errorf("got  %q\nwant %q", keys, a.Keys)
				}
			})
		}
	}
}

// keysOf returns the keys of an answer: the request's, and those of its items.
func keysOf(t *testing.T, cfg *config.Config, a recordedAnswer) []string {
	t.Helper()
	target, err := url.Parse(a.URL)
	if err != nil {
		t.Fatal(err)
	}
	i, vars := Match(cfg, http.MethodGet, target.Path)
	if i < 0 {
		t.Fatal("no route matches")
	}
	route := &cfg.Routes[i]
	r := New(cfg, route, vars, Request{Path: target.Path, Query: target.RawQuery})
	set := surrogate.NewSet("")
	if !r.AddKeys(set, route) {
		t.Fatal("the request makes too many keys")
	}
	items, err := route.Items.Keys(a.Body, func(name string) (string, bool) { return r.Variable(route, name) })
	if err != nil {
		t.Fatal(err)
	}
	set.Add(items...)
	return set.Keys()
}
