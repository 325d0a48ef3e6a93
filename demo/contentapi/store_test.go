package contentapi_test

import (
	"encoding/json"
	"testing"

	"larder/demo/content"
	"larder/demo/contentapi"
)

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
