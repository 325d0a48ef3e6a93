package main

import (
	"os"
	"path/filepath"
	"testing"

	"larder/config"
)

// So that a purge finds every spelling of an item's path.
func TestEveryPresetKeysItsItemsByTheBody(t *testing.T) {
	files, err := filepath.Glob("../../presets/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal("no presets", err)
	}
	for _, file := range append(files, "../../larder.json") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		cfg, err := config.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, note := range notes(cfg) {
			t.Errorf("%s: %s", file, note)
		}
	}
}
