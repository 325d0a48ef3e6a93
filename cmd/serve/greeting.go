package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
)

// demoToken is a read token that the demo content API accepts.
const demoToken = "demo-token"

// greet prints what runs where and what to try.
func (s *stack) greet(ctx context.Context, out io.Writer) error {
	slug, err := firstSlug(ctx, s.origin.URL())
	if err != nil {
		return err
	}
	path := "/v2/posts/" + url.PathEscape(slug) + "/"
	item := path + "?auth_token=" + demoToken
	_, err = fmt.Fprintf(out, `
Larder is running. Ctrl-C stops everything.

  %[1]s  the edge: Larder in Viceroy
  %[2]s  the origin: a content API like ButterCMS, which purges the edge at every edit
  %[3]s  its standby, asked when the origin fails

Three things to try in another terminal:

1. A hit. Ask twice: Cache-Status and Age tell that the edge kept the answer.
   curl -i '%[1]s%[4]s'

2. An edit with its purge. The next answer has the new title, everything else stays cached.
   curl -X PATCH -H 'Authorization: Token demo-write-token' -d '{"title":"Edited just now"}' '%[2]s%[5]s?wait=1'
   curl -i '%[1]s%[4]s'

3. An outage. Kill both origins, purge the answer so that the edge must ask them, and ask: it serves what it has.
   kill -9 %[6]d %[7]d
   curl -H 'Authorization: Bearer %[8]s' -d '{"keys":["post:%[9]s"]}' '%[1]s/_larder/purge?auth_token=%[10]s'
   curl -i '%[1]s%[4]s'
   The Enter key, here, brings the origins back.

`, s.edge.URL(), s.origin.URL(), s.standby.URL(), item, path,
		s.origin.PID(), s.standby.PID(), purgeToken, slug, demoToken)
	return err
}

// firstSlug asks the API at base for a post that it has.
func firstSlug(ctx context.Context, base string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/v2/posts/?page_size=1&auth_token="+demoToken, nil)
	if err != nil {
		return "", fmt.Errorf("ask the demo for a post: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", fmt.Errorf("ask the demo for a post: %w", err)
	}
	defer response.Body.Close()
	var posts struct {
		Data []struct{ Slug string }
	}
	if err := json.NewDecoder(response.Body).Decode(&posts); err != nil {
		return "", fmt.Errorf("read the demo's posts: %w", err)
	}
	if len(posts.Data) == 0 {
		return "", fmt.Errorf("ask the demo for a post: it has none (%s)", response.Status)
	}
	return posts.Data[0].Slug, nil
}
