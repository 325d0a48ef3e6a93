package hook

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"larder/config"
)

// realWebhook is a webhook of a real CMS, recorded with `go run ./e2e/cms`, and
// what the edge purged with the preset for that CMS.
type realWebhook struct {
	Edit    string
	Headers map[string]string
	Body    json.RawMessage
	Want    struct {
		Soft, Hard []string
		All        bool
		Ignored    []Ignored
	}
}

func TestEditsInRealCMSsPurgeWhatTheyConcern(t *testing.T) {
	files, err := filepath.Glob("../../testdata/cms/*-webhooks.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("recorded are %q, %v", files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), "-webhooks.json")
		preset, err := os.ReadFile("../../presets/" + name + ".json")
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
		var webhooks []realWebhook
		if err := json.Unmarshal(text, &webhooks); err != nil || len(webhooks) == 0 {
			t.Fatalf("%s: %d webhooks, %v", file, len(webhooks), err)
		}
		for _, w := range webhooks {
			t.Run(name+"/"+w.Edit, func(t *testing.T) {
				q := request(string(w.Body))
				for name, value := range w.Headers {
					q.Header.Set(name, value)
				}
				sign(q, &cfg.Hooks[0], testSecret, now)
				got, err := Receive(&cfg.Hooks[0], []string{testSecret}, q, now)
				if err != nil {
					t.Fatal(err)
				}
				if want := (&Purge{Soft: w.Want.Soft, Hard: w.Want.Hard, All: w.Want.All, Ignored: w.Want.Ignored}); !reflect.DeepEqual(got, want) {
					t.Errorf("got\n%+v\nwant\n%+v", got, want)
				}
			})
		}
	}
}
