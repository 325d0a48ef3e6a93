package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/dunglas/httpsfv"
)

// compared are the header fields that must be the CMS's own.
var compared = []string{"Allow", "Content-Type", "Link", "Location", "X-WP-Total", "X-WP-TotalPages"}

// answer is a response that was read to its end.
type answer struct {
	status int
	header http.Header
	body   string
}

// differs says in what an answer differs from another; "" if in nothing.
func (a answer) differs(b answer) string {
	if a.status != b.status {
		return fmt.Sprintf("status %d, not %d", a.status, b.status)
	}
	for _, name := range compared {
		if got, want := a.header.Get(name), b.header.Get(name); got != want {
			return fmt.Sprintf("%s %q, not %q", name, got, want)
		}
	}
	if a.body == b.body {
		return ""
	}
	at := 0
	for at < min(len(a.body), len(b.body)) && a.body[at] == b.body[at] {
		at++
	}
	excerpt := func(s string) string { return s[max(0, at-40):min(len(s), at+40)] }
	return fmt.Sprintf("body …%s…, not …%s…", excerpt(a.body), excerpt(b.body))
}

// cacheStatus returns a parameter of Larder's member of Cache-Status (RFC 9211
// §2); nil if it is not there.
func (a answer) cacheStatus(parameter string) any {
	list, err := httpsfv.UnmarshalList(a.header.Values("Cache-Status"))
	if err != nil || len(list) == 0 {
		return nil
	}
	item, ok := list[len(list)-1].(httpsfv.Item)
	if !ok {
		return nil
	}
	value, _ := item.Params.Get(parameter)
	return value
}

// stored reports whether the edge answered with a response that it had stored.
func (a answer) stored() bool { return a.cacheStatus("hit") == true }

// canonical is the URL, path and query, that the edge requests from the origin;
// "" if the request matched no route.
func (a answer) canonical() string {
	key, _ := a.cacheStatus("key").(string)
	parts := strings.Split(key, "|")
	if len(parts) != 5 {
		return ""
	}
	return strings.TrimSuffix(parts[3]+"?"+parts[4], "?")
}

// keys are the surrogate keys of an answer under the debug header, without those
// that are Larder's own.
func (a answer) keys() []string {
	return slices.DeleteFunc(strings.Fields(a.header.Get("Surrogate-Key")), func(key string) bool {
		return strings.HasPrefix(key, "larder-entry-") || strings.HasPrefix(key, "larder-url-")
	})
}

// verdict is how the edge served a URL after an edit.
type verdict int

const (
	current   verdict = iota // from the cache, and right
	refreshed                // fetched, since the edit changed it
	needless                 // fetched, though the edit did not change it
	uncached                 // fetched, and not stored before the edit either
	missed                   // from the cache, and wrong
	altered                  // fetched, and yet not the CMS's own answer
)

// judge compares the edge's answer with the CMS's. wasStored says whether the
// edge had the response before the edit, and before is the CMS's answer then.
func judge(wasStored bool, before, edge, origin answer) verdict {
	same, fromCache := edge.differs(origin) == "", edge.stored()
	switch {
	case fromCache && same:
		return current
	case fromCache:
		return missed
	case !same:
		return altered
	case !wasStored:
		return uncached
	case before.differs(origin) == "":
		return needless
	}
	return refreshed
}

// mistake is a URL that the edge served wrongly after an edit.
type mistake struct{ url, what string }

// round is one edit and what came of it.
type round struct {
	edit   string
	hooks  []delivery
	counts map[verdict]int
	// mistakes are the URLs that were missed or altered.
	mistakes []mistake
	// causes are the purged keys of the responses that were refreshed
	// needlessly, by URL; none if no purged key explains one.
	causes map[string][]string
}

// comparison is a CMS behind an edge.
type comparison struct {
	edge, origin string
	debugHeader  string
	urls         []string
	relay        *relay
	// before has the CMS's answers before the next edit.
	before map[string]answer
}

// client follows no redirects, and decompresses nothing.
var client = &http.Client{
	Transport:     &http.Transport{DisableCompression: true},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Timeout:       time.Minute,
}

// get requests a URL of the list from the edge or from the CMS.
func (c *comparison) get(ctx context.Context, base, url string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+url, nil)
	if err != nil {
		return answer{}, err
	}
	if base == c.edge {
		request.Header.Set(c.debugHeader, "1")
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 8<<20))
	return answer{response.StatusCode, response.Header, string(body)}, err
}

// both requests a URL from the edge, then from the CMS. WordPress repeats the
// query in Link as it was written, and the edge writes it in its canonical form;
// so the CMS's Link is the one that it sends for that form.
func (c *comparison) both(ctx context.Context, url string) (edge, origin answer, err error) {
	if edge, err = c.get(ctx, c.edge, url); err != nil {
		return edge, origin, err
	}
	if origin, err = c.get(ctx, c.origin, url); err != nil {
		return edge, origin, err
	}
	canonical := edge.canonical()
	if canonical == "" || canonical == url || origin.header.Get("Link") == edge.header.Get("Link") {
		return edge, origin, nil
	}
	same, err := c.get(ctx, c.origin, canonical)
	origin.header.Set("Link", same.header.Get("Link"))
	return edge, origin, err
}

// warm fetches every URL through the edge until it is stored, and returns the
// keys of those that are.
func (c *comparison) warm(ctx context.Context) (map[string][]string, error) {
	keys := map[string][]string{}
	for _, url := range c.urls {
		for range 3 {
			got, err := c.get(ctx, c.edge, url)
			if err != nil {
				return nil, err
			}
			if got.stored() {
				keys[url] = got.keys()
			}
			if got.cacheStatus("stored") != true {
				break // stored already, or not storable
			}
		}
	}
	return keys, nil
}

// begin records the CMS's answers before the first edit.
func (c *comparison) begin(ctx context.Context) error {
	c.before = map[string]answer{}
	for _, url := range c.urls {
		_, got, err := c.both(ctx, url)
		if err != nil {
			return err
		}
		c.before[url] = got
	}
	return nil
}

// run makes an edit, waits for its webhooks, and compares every URL.
func (c *comparison) run(ctx context.Context, e edit) (*round, error) {
	keys, err := c.warm(ctx)
	if err != nil {
		return nil, err
	}
	c.relay.clear()
	if err := e.do(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", e.name, err)
	}
	r := &round{edit: e.name, counts: map[verdict]int{}, causes: map[string][]string{}}
	if r.hooks, err = c.relay.settle(ctx); err != nil {
		return nil, fmt.Errorf("%s: %w", e.name, err)
	}
	purged := purgedKeys(r.hooks)
	for _, url := range c.urls {
		edge, origin, err := c.both(ctx, url)
		if err != nil {
			return nil, err
		}
		stored, wasStored := keys[url]
		v := judge(wasStored, c.before[url], edge, origin)
		r.counts[v]++
		switch v {
		case missed, altered:
			r.mistakes = append(r.mistakes, mistake{url, edge.differs(origin)})
		case needless:
			r.causes[url] = causes(stored, purged)
		}
		c.before[url] = origin
	}
	return r, nil
}

// purgeAll empties the edge's cache.
func (c *comparison) purgeAll(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.edge+"/_larder/purge", strings.NewReader(`{"all":true,"soft":false}`))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+purgeToken)
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("empty the cache: %s", response.Status)
	}
	return nil
}

// causes returns which of a response's keys were purged. A response that yielded
// no keys was stored under every bucket key: then the purged key's bucket is the
// cause, which purge results do not name.
func causes(keys []string, purged map[string]bool) []string {
	var found []string
	for _, key := range keys {
		if purged[key] {
			found = append(found, key)
		}
	}
	if len(found) == 0 && len(purged) > 0 && slices.ContainsFunc(keys, func(key string) bool { return strings.HasPrefix(key, "~") }) {
		return []string{"a bucket key"}
	}
	return found
}

// purgedKeys returns the keys that webhooks have purged.
func purgedKeys(hooks []delivery) map[string]bool {
	keys := map[string]bool{}
	for _, h := range hooks {
		for _, key := range slices.Concat(h.purge.Soft, h.purge.Hard) {
			keys[key] = true
		}
		if h.purge.All {
			keys["larder-all"] = true
		}
	}
	return keys
}

// total adds up the counts of rounds.
func total(rounds []*round) map[verdict]int {
	sum := map[verdict]int{}
	for _, r := range rounds {
		for v, n := range r.counts {
			sum[v] += n
		}
	}
	return sum
}

// sortedKeys returns the keys of a map in order.
func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
