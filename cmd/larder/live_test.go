package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

const live = `{
  "origins": [{"name": "a"}], "lifetimes": {"ttl": "1h"},
  "routes": [{"name": "posts", "path": "/posts/", "items": [{"each": "data", "keys": ["post:{slug}"]}]}]
}`

func TestExplainAsksARunningEdge(t *testing.T) {
	edge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Status", "Larder; hit; ttl=5")
		w.Header().Set("Age", "7")
		if r.Header.Get("X-Key") != "k" {
			w.WriteHeader(http.StatusUnauthorized)
		}
		fmt.Fprint(w, `{"data":[{"slug":"tea"}]}`)
	}))
	defer edge.Close()
	for _, c := range []struct {
		name, want string
		flags      []string
	}{
		{"a hit with its keys", `
answers 200
        cache-status: Larder; hit; ttl=5
        age: 7
items   1 key
        data: post:tea
`, []string{"-H", "X-Key: k"}},
		{"an answer that is not stored", `
answers 401
        cache-status: Larder; hit; ttl=5
        age: 7
items   none: only those of a 200 or 203 have keys
`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			args := append([]string{"explain", "-", edge.URL + "/posts/", "--live"}, c.flags...)
			if err := exec(t.Context(), args, strings.NewReader(live), &out, t.Output()); err != nil {
				t.Fatal(err)
			}
			if _, got, _ := strings.Cut(out.String(), "fresh   for 1h0m0s"); got != c.want {
				t.Errorf("got%s\nwant%s", got, c.want)
			}
		})
	}
}

func TestExplainSaysThatAHeaderPassesTheRequest(t *testing.T) {
	edge := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer edge.Close()
	file := strings.Replace(live, `"lifetimes"`, `"bypass_headers": ["Authorization"], "lifetimes"`, 1)
	var out bytes.Buffer
	args := []string{"explain", "-", edge.URL + "/posts/", "--live", "-H", "authorization: Basic x"}
	if err := exec(t.Context(), args, strings.NewReader(file), &out, t.Output()); err != nil {
		t.Fatal(err)
	}
	if want := "route   posts (/posts/)\ncached  no: Authorization passes through\n"; out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}
