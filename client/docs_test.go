package client_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// flat is the text without indentation.
func flat(text string) string {
	return regexp.MustCompile(`(?m)^\s+`).ReplaceAllString(text, "")
}

// The manual shows what the examples compile.
func TestEverySnippetOfTheManualIsCompiled(t *testing.T) {
	page, err := os.ReadFile("../docs/clients/go.md")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := os.ReadFile("example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	snippets := regexp.MustCompile("(?s)```go\n(.*?)```").FindAllStringSubmatch(string(page), -1)
	if len(snippets) < 5 {
		t.Fatalf("the page has %d snippets, want more: this test cannot read it", len(snippets))
	}
	for _, snippet := range snippets {
		if !strings.Contains(flat(string(examples)), flat(snippet[1])) {
			t.Errorf("no example has this snippet:\n%s", snippet[1])
		}
	}
}
