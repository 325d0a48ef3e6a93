package contentapi_test

import (
	"encoding/json"
	"testing"

	"larder/demo/contentapi"
)

func TestRequestCounts(t *testing.T) {
	base := start(t, contentapi.Options{})
	ask(t, "GET", base+"/v2/posts/?page=2&author_slug=x", "", reader)
	ask(t, "GET", base+"/v2/posts/?author_slug=x&page=2", "", reader)
	ask(t, "HEAD", base+"/v2/posts/%E5%91%B3%E5%99%8C/", "", reader)
	want := `{"total":3,"counts":{"GET /v2/posts/?author_slug=x&page=2":2,"HEAD /v2/posts/%E5%91%B3%E5%99%8C/":1}}`
	if _, body := ask(t, "DELETE", base+"/_demo/requests", ""); string(body) != want {
		t.Errorf("%s\nwant %s", body, want)
	}
	_, body := ask(t, "GET", base+"/_demo/requests", "")
	if !json.Valid(body) || at(t, body, "total") != 0.0 {
		t.Errorf("after a reset: %s", body)
	}
}
