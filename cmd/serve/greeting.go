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
  %[3]s  the standby, used when the origin fails

Three things to try in another terminal:

1. A hit. Run it twice: Cache-Status and Age show that the edge stored the response.
   curl -i '%[1]s%[4]s'

2. An edit with its purge. The next response has the new title; everything else stays cached.
   curl -X PATCH -H 'Authorization: Token demo-write-token' -d '{"title":"Edited just now"}' '%[2]s%[5]s?wait=1'
   curl -i '%[1]s%[4]s'

3. An outage. Kill both origins, purge the post so that the edge must fetch it, and request it: the edge serves its stale copy.
   kill -9 %[6]d %[7]d
   curl -H 'Authorization: Bearer %[8]s' -d '{"keys":["post:%[9]s"]}' '%[1]s/_larder/purge?auth_token=%[10]s'
   curl -i '%[1]s%[4]s'
   Press the Enter key here to start the origins again.

`, s.edge.URL(), s.origin.URL(), s.standby.URL(), item, path,
		s.origin.PID(), s.standby.PID(), purgeToken, slug, demoToken)
	return err
}

// firstSlug returns the slug of a post of the API at base.
func firstSlug(ctx context.Context, base string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/v2/posts/?page_size=1&auth_token="+demoToken, nil)
	if err != nil {
		return "", fmt.Errorf("fetch the demo's posts: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", fmt.Errorf("fetch the demo's posts: %w", err)
	}
	defer response.Body.Close()
	var posts struct {
		Data []struct{ Slug string }
	}
	if err := json.NewDecoder(response.Body).Decode(&posts); err != nil {
		return "", fmt.Errorf("read the demo's posts: %w", err)
	}
	if len(posts.Data) == 0 {
		return "", fmt.Errorf("fetch the demo's posts: there are none (%s)", response.Status)
	}
	return posts.Data[0].Slug, nil
}
