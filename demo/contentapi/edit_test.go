package contentapi_test

import (
	"path/filepath"
	"strings"
	"testing"

	"larder/demo/content"
	"larder/demo/contentapi"
)

func TestEdits(t *testing.T) {
	base := start(t, contentapi.Options{})
	tests := []struct {
		name, method, path, body string
		status                   int
		at                       []any
		want                     any
	}{
		{"an edit raises the revision", "PATCH", "/v2/posts/sharp-enough/", `{"summary":"Short."}`, 200, []any{"data", "revision"}, 2.0},
		{"an edit keeps fields that it does not name", "PATCH", "/v2/posts/sharp-enough/", `{"title":"Sharper"}`, 200, []any{"data", "summary"}, "Short."},
		{"a replacement clears fields that it does not name", "PUT", "/v2/posts/sharp-enough/", `{"title":"Sharpest"}`, 200, []any{"data", "summary"}, ""},
		{"a replacement needs a title", "PUT", "/v2/posts/sharp-enough/", `{}`, 400, []any{"title", 0}, "This field is required."},
		{"a post moves to another author", "PATCH", "/v2/posts/toast-considered/", `{"author":"ines-calder"}`, 200, []any{"data", "author", "first_name"}, "Ines"},
		{"a post gets other categories", "PATCH", "/v2/posts/toast-considered/", `{"categories":["dairy"]}`, 200, []any{"data", "categories", 0, "name"}, "Dairy"},
		{"an unknown author is refused", "PATCH", "/v2/posts/toast-considered/", `{"author":"nobody"}`, 400, []any{"author", 0}, `There is no author "nobody".`},
		{"an unknown tag is refused", "PATCH", "/v2/posts/toast-considered/", `{"tags":["x"]}`, 400, []any{"tags", 0}, `There is no tag "x".`},
		{"an invalid status is refused", "PATCH", "/v2/posts/toast-considered/", `{"status":"gone"}`, 400, []any{"status", 0}, `"gone" is not a valid choice.`},
		{"the slug of another post is refused", "PATCH", "/v2/posts/toast-considered/", `{"slug":"sharp-enough"}`, 400, []any{"slug", 0}, `Another post has the slug "sharp-enough".`},
		{"an unknown field is refused", "PATCH", "/v2/posts/toast-considered/", `{"titel":"x"}`, 400, []any{"error", 0}, `json: unknown field "titel"`},
		{"a refused edit changes nothing", "PATCH", "/v2/posts/toast-considered/", `{}`, 200, []any{"data", "revision"}, 4.0},
		{"a new post is a draft with a slug made from its title", "POST", "/v2/posts/", `{"title":"Ein Süppchen, bitte!"}`, 201, []any{"data", "slug"}, "ein-süppchen-bitte"},
		{"a new post without a title is refused", "POST", "/v2/posts/", `{}`, 400, []any{"title", 0}, "This field is required."},
		{"a draft is published", "POST", "/v2/posts/notes-toward-a-pie/publish/", ``, 200, []any{"data", "status"}, "published"},
		{"a post is unpublished", "POST", "/v2/posts/notes-toward-a-pie/unpublish/", ``, 200, []any{"data", "status"}, "draft"},
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
		{"an item of another collection is not found", "DELETE", "/v2/content/suppliers/1/", ``, 404, []any{"detail"}, "Not found."},
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

func TestADatabaseFileKeepsEdits(t *testing.T) {
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
