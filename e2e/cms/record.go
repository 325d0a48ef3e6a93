package main

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"larder/purge"
)

// recording is an answer of a real CMS, and the keys that its preset gave it. A
// test of package config reads it.
type recording struct {
	URL  string          `json:"url"`
	Keys []string        `json:"keys"`
	Body json.RawMessage `json:"body"`
}

// recordAnswers writes the answers to some URLs to the file
// FOLDER/SYSTEM-answers.json.
func (c *comparison) recordAnswers(ctx context.Context, system *cms, folder, name string) error {
	var all []recording
	for _, url := range system.recordedURLs {
		got, err := c.get(ctx, c.edge, url)
		if err != nil {
			return err
		}
		keys := slices.DeleteFunc(got.keys(), func(key string) bool { return key == "larder-all" })
		slices.Sort(keys)
		all = append(all, recording{url, keys, json.RawMessage(system.anonymous(got.body))})
	}
	return writeJSON(filepath.Join(folder, name+"-answers.json"), all)
}

// recordedWebhook is a webhook of a real CMS, and what the edge purged. A test of
// package hook reads it.
type recordedWebhook struct {
	Edit    string            `json:"edit"`
	Headers map[string]string `json:"headers"`
	Body    json.RawMessage   `json:"body"`
	Want    purge.HookResult  `json:"want"`
}

// recordWebhooks writes what some edits have sent to the file
// FOLDER/SYSTEM-webhooks.json.
func recordWebhooks(system *cms, folder, name string, rounds []*round) error {
	var all []recordedWebhook
	for _, r := range rounds {
		if !system.recordedEdits[r.edit] {
			continue
		}
		for _, d := range r.hooks {
			headers := map[string]string{}
			if event := d.header.Get("X-Strapi-Event"); event != "" {
				headers["X-Strapi-Event"] = event
			}
			all = append(all, recordedWebhook{r.edit, headers, json.RawMessage(system.anonymous(string(d.body))), d.purge})
		}
	}
	return writeJSON(filepath.Join(folder, name+"-webhooks.json"), all)
}

// anonymous replaces the address of the CMS, which differs from run to run.
func (c *cms) anonymous(text string) string {
	return strings.ReplaceAll(text, strings.TrimPrefix(c.origin, "http://"), "cms.example.com")
}

func writeJSON(file string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, append(text, '\n'), 0o644)
}
