package contentapi_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"larder/demo/content"
	"larder/demo/contentapi"
)

// openSeed opens the demo's content.
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

func TestSeedIsRealContent(t *testing.T) {
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

func TestEdits(t *testing.T) {
	base := start(t, contentapi.Options{})
	tests := []struct {
		name, method, path, body string
		status                   int
		at                       []any
		want                     any
	}{
		{"an edit raises the revision", "PATCH", "/v2/posts/sharp-enough/", `{"summary":"Short."}`, 200, []any{"data", "revision"}, 2.0},
		{"an edit keeps what it does not name", "PATCH", "/v2/posts/sharp-enough/", `{"title":"Sharper"}`, 200, []any{"data", "summary"}, "Short."},
		{"a replacement empties what it does not name", "PUT", "/v2/posts/sharp-enough/", `{"title":"Sharpest"}`, 200, []any{"data", "summary"}, ""},
		{"a replacement needs a title", "PUT", "/v2/posts/sharp-enough/", `{}`, 400, []any{"title", 0}, "This field is required."},
		{"a post moves to another author", "PATCH", "/v2/posts/toast-considered/", `{"author":"ines-calder"}`, 200, []any{"data", "author", "first_name"}, "Ines"},
		{"a post gets other categories", "PATCH", "/v2/posts/toast-considered/", `{"categories":["dairy"]}`, 200, []any{"data", "categories", 0, "name"}, "Dairy"},
		{"an unknown author is refused", "PATCH", "/v2/posts/toast-considered/", `{"author":"nobody"}`, 400, []any{"author", 0}, `There is no author "nobody".`},
		{"an unknown tag is refused", "PATCH", "/v2/posts/toast-considered/", `{"tags":["x"]}`, 400, []any{"tags", 0}, `There is no tag "x".`},
		{"a status that is none is refused", "PATCH", "/v2/posts/toast-considered/", `{"status":"gone"}`, 400, []any{"status", 0}, `"gone" is not a valid choice.`},
		{"a slug that is taken is refused", "PATCH", "/v2/posts/toast-considered/", `{"slug":"sharp-enough"}`, 400, []any{"slug", 0}, `Another post has the slug "sharp-enough".`},
		{"an unknown field is refused", "PATCH", "/v2/posts/toast-considered/", `{"titel":"x"}`, 400, []any{"error", 0}, `json: unknown field "titel"`},
		{"a refused edit changes nothing", "PATCH", "/v2/posts/toast-considered/", `{}`, 200, []any{"data", "revision"}, 4.0},
		{"a new post is a draft with a slug of its title", "POST", "/v2/posts/", `{"title":"Ein Süppchen, bitte!"}`, 201, []any{"data", "slug"}, "ein-süppchen-bitte"},
		{"a new post without a title is refused", "POST", "/v2/posts/", `{}`, 400, []any{"title", 0}, "This field is required."},
		{"a draft is published", "POST", "/v2/posts/notes-toward-a-pie/publish/", ``, 200, []any{"data", "status"}, "published"},
		{"a post is taken back", "POST", "/v2/posts/notes-toward-a-pie/unpublish/", ``, 200, []any{"data", "status"}, "draft"},
		{"a post is deleted", "DELETE", "/v2/posts/notes-toward-a-pie/", ``, 204, nil, nil},
		{"a deleted post cannot be edited", "PATCH", "/v2/posts/notes-toward-a-pie/", `{}`, 404, []any{"detail"}, "Not found."},
		{"fields of a page are merged", "PATCH", "/v2/pages/*/about/", `{"fields":{"text":"New."}}`, 200, []any{"data", "fields", "headline"}, "Who writes here"},
		{"fields of a page are replaced", "PUT", "/v2/pages/*/about/", `{"fields":{"text":"New."}}`, 200, []any{"data", "fields", "headline"}, nil},
		{"fields must be an object", "PATCH", "/v2/pages/*/about/", `{"fields":[1]}`, 400, []any{"fields", 0}, "Want a JSON object."},
		{"a page is created", "POST", "/v2/pages/landing_page/", `{"name":"Spring","status":"published"}`, 201, []any{"data", "slug"}, "spring"},
		{"a page is deleted", "DELETE", "/v2/pages/landing_page/spring/", ``, 204, nil, nil},
		{"an item is created", "POST", "/v2/content/suppliers/", `{"fields":{"name":"New"},"status":"published"}`, 201, []any{"data", "meta", "id"}, 38.0},
		{"an item is edited", "PATCH", "/v2/content/suppliers/38/", `{"fields":{"place":"Here"}}`, 200, []any{"data", "name"}, "New"},
		{"an item is deleted", "DELETE", "/v2/content/suppliers/38/", ``, 204, nil, nil},
		{"an item belongs to its collection", "DELETE", "/v2/content/suppliers/1/", ``, 404, []any{"detail"}, "Not found."},
		{"a body above a mebibyte is refused", "PATCH", "/v2/posts/sharp-enough/", `{"body":"` + strings.Repeat("x", 1<<20) + `"}`, 413, []any{"detail"}, "The body is larger than 1 MiB."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, body := ask(t, test.method, base+test.path, test.body, writer)
			if response.StatusCode != test.status {
				t.Fatalf("status %d, want %d: %s", response.StatusCode, test.status, body)
			}
			if test.at == nil {
				return
			}
			if got := at(t, body, test.at...); got != test.want {
				t.Errorf("%v is %v, want %v", test.at, got, test.want)
			}
		})
	}
}

func TestDatabaseFileKeepsEdits(t *testing.T) {
	file := filepath.Join(t.TempDir(), "demo.db")
	for revision := 1; revision <= 2; revision++ {
		store, err := contentapi.Open(file, content.Files())
		if err != nil {
			t.Fatal(err)
		}
		post, _, err := store.Post(contentapi.View{Tenant: "demo"}, "味噌")
		if err != nil || post.Revision != revision {
			t.Errorf("revision %d, want %d (%v)", post.Revision, revision, err)
		}
		if _, err := store.UpdatePost("demo", "味噌", contentapi.PostChange{}, noon()); err != nil {
			t.Error(err)
		}
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBadSeedNamesTheFile(t *testing.T) {
	tests := []struct {
		name, file, data, want string
	}{
		{"a post without fields", "posts/1.md", "Hello", "posts/1.md: want fields between"},
		{"a post with a line that is no field", "posts/1.md", "---\ntitle\n---\n", `want "name: value"; got "title"`},
		{"a post without a date", "posts/1.md", "---\ntitle: A\n---\n", "posts/1.md: published"},
		{"a collection that is no array", "collections/a.json", "{}", "collections/a.json"},
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

func TestParseWindow(t *testing.T) {
	tests := []struct {
		query string
		want  contentapi.Window
		err   error
	}{
		{"", contentapi.Window{Size: 10}, nil},
		{"page=3&page_size=20", contentapi.Window{Offset: 40, Size: 20}, nil},
		{"page_size=0", contentapi.Window{Size: 1}, nil},
		{"page_size=many", contentapi.Window{Size: 10}, nil},
		{"limit=5&offset=7", contentapi.Window{Offset: 7, Size: 5}, nil},
		{"offset=-1", contentapi.Window{Size: 10}, nil},
		{"page=-1", contentapi.Window{}, contentapi.ErrPage},
		{"page=99999999999", contentapi.Window{}, contentapi.ErrPage},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("query %q", test.query), func(t *testing.T) {
			query, err := url.ParseQuery(test.query)
			if err != nil {
				t.Fatal(err)
			}
			got, err := contentapi.ParseWindow(query, 10)
			if got != test.want || !errors.Is(err, test.err) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}

func BenchmarkListOfTenPosts(b *testing.B) {
	store, err := contentapi.Open("", content.Files())
	if err != nil {
		b.Fatal(err)
	}
	defer store.Close()
	for b.Loop() {
		_, posts, err := store.Posts(contentapi.View{Tenant: "demo"}, contentapi.PostFilter{}, contentapi.Window{Size: 10})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := json.Marshal(posts); err != nil {
			b.Fatal(err)
		}
	}
}
