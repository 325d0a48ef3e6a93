package contentapi_test

import (
	"testing"

	"larder/demo/contentapi"
)

func TestTokens(t *testing.T) {
	base := start(t, contentapi.Options{})
	tests := []struct {
		name, method, path, header string
		status                     int
		count                      any
	}{
		{"no token", "GET", "/v2/posts/", "", 401, nil},
		{"a wrong token", "GET", "/v2/posts/?auth_token=guess", "", 401, nil},
		{"a token in the query", "GET", "/v2/posts/?auth_token=demo-token", "", 200, 62.0},
		{"a token in the header", "GET", "/v2/posts/", reader, 200, 62.0},
		{"a scheme other than Token", "GET", "/v2/posts/", "Authorization: Bearer demo-token", 401, nil},
		{"the second tenant sees its own posts", "GET", "/v2/posts/?auth_token=second-token", "", 200, 3.0},
		{"a write token does not read", "GET", "/v2/posts/", writer, 401, nil},
		{"a read token does not write", "DELETE", "/v2/posts/sharp-enough/", reader, 401, nil},
		{"one tenant cannot delete another's post", "DELETE", "/v2/posts/sharp-enough/", "Authorization: Token second-write-token", 404, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			response, body := ask(t, test.method, base+test.path, "", test.header)
			if response.StatusCode != test.status {
				t.Fatalf("status %d, want %d: %s", response.StatusCode, test.status, body)
			}
			if got := at(t, body, "meta", "count"); got != test.count {
				t.Errorf("count %v, want %v", got, test.count)
			}
			if got := at(t, body, "detail"); test.status == 401 && got != "Invalid token." {
				t.Errorf("detail %v", got)
			}
		})
	}
	t.Run("the same slug is a different post for another tenant", func(t *testing.T) {
		_, one := ask(t, "GET", base+"/v2/posts/a-shelf-you-can-read/?auth_token=demo-token", "")
		_, two := ask(t, "GET", base+"/v2/posts/a-shelf-you-can-read/?auth_token=second-token", "")
		if at(t, one, "data", "title") == at(t, two, "data", "title") {
			t.Error("both tenants got the same post")
		}
	})
}
