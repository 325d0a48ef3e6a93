package contentapi_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"larder/demo/content"
	"larder/demo/contentapi"
)

// openSeed opens a store with the demo's content.
func openSeed(t *testing.T) *contentapi.Store {
	t.Helper()
	store, err := contentapi.Open("", content.Files())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store
}

func TestTheSeedIsRealisticContent(t *testing.T) {
	store := openSeed(t)
	view := contentapi.View{Tenant: "demo"}
	_, posts, err := store.Posts(view, contentapi.PostFilter{}, contentapi.Window{Size: 100})
	if err != nil {
		t.Fatal(err)
	}
	if len(posts) < 60 {
		t.Errorf("%d posts, want 60", len(posts))
	}
	tags := regexp.MustCompile(`<[^>]+>`)
	sentences := regexp.MustCompile(`[.!?]+\s`)
	seen := map[string]string{}
	for _, post := range posts {
		text := tags.ReplaceAllString(*post.Body, " ")
		if words := len(strings.Fields(text)); words < 100 || words > 260 {
			t.Errorf("post %q has %d words", post.Slug, words)
		}
		for _, sentence := range sentences.Split(text, -1) {
			sentence = strings.ToLower(strings.TrimSpace(sentence))
			if earlier, ok := seen[sentence]; ok && sentence != "" {
				t.Errorf("posts %q and %q both say %q", earlier, post.Slug, sentence)
			}
			seen[sentence] = post.Slug
		}
		if len(post.Categories) == 0 || len(post.Tags) == 0 || post.Summary == "" {
			t.Errorf("post %q lacks categories, tags or a summary", post.Slug)
		}
	}
	authors, err := store.Authors(view, true)
	if err != nil {
		t.Fatal(err)
	}
	if len(authors) != 8 {
		t.Errorf("%d authors", len(authors))
	}
	for _, author := range authors {
		if author.Bio == "" || len(*author.Recent) == 0 {
			t.Errorf("author %q has no bio or no posts", author.Slug)
		}
	}
	for kind, want := range map[string]int{"category": 12, "tag": 20} {
		terms, err := store.Terms(view, kind, true)
		if err != nil {
			t.Fatal(err)
		}
		if len(terms) != want {
			t.Errorf("%d terms of kind %s, want %d", len(terms), kind, want)
		}
		for _, term := range terms {
			if len(*term.Recent) == 0 {
				t.Errorf("%s %q has no posts", kind, term.Slug)
			}
		}
	}
}

func TestAnInvalidSeedNamesTheFile(t *testing.T) {
	tests := []struct {
		name, file, data, want string
	}{
		{"a post without fields", "posts/1.md", "Hello", "posts/1.md: want fields between"},
		{"a post with an invalid line", "posts/1.md", "---\ntitle\n---\n", `want "name: value"; got "title"`},
		{"a post without a date", "posts/1.md", "---\ntitle: A\n---\n", "posts/1.md: published"},
		{"a collection that is not an array", "collections/a.json", "{}", "collections/a.json"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := contentapi.Open("", fstest.MapFS{"demo/" + test.file: {Data: []byte(test.data)}})
			if !errors.Is(err, contentapi.ErrSeed) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}
