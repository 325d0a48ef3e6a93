package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"time"
)

// report is what a run has found.
type report struct {
	system, version string
	urls            int
	// stored are the URLs that the edge stores, and their keys.
	stored map[string][]string
	rounds []*round
}

// add adds a round, and prints a line about it.
func (r *report) add(w io.Writer, one *round) {
	r.rounds = append(r.rounds, one)
	c := one.counts
	fmt.Fprintf(w, "%-44s %3d refreshed %3d needless %3d missed %3d altered\n", one.edit, c[refreshed], c[needless], c[missed], c[altered])
	for _, m := range one.mistakes {
		fmt.Fprintf(w, "    %s: %s\n", m.url, m.what)
	}
	for url, keys := range one.causes {
		if len(keys) == 0 {
			fmt.Fprintf(w, "    %s: refreshed, and none of its keys was purged\n", url)
		}
	}
	if c[missed]+c[altered] > 0 {
		for _, h := range one.hooks {
			fmt.Fprintf(w, "    sent %s\n    purged %q, hard %q, all %v\n", h.body, h.purge.Soft, h.purge.Hard, h.purge.All)
		}
	}
}

// verdict is an error if the edge served anything that was not right, or if a
// response was refreshed needlessly and no purged key explains it.
func (r *report) verdict() error {
	sum := total(r.rounds)
	if n := sum[missed] + sum[altered]; n > 0 {
		return fmt.Errorf("%d answers of the edge were not the CMS's own", n)
	}
	for _, round := range r.rounds {
		for url, keys := range round.causes {
			if len(keys) == 0 {
				return fmt.Errorf("%s: %s was refreshed, and none of its keys was purged", round.edit, url)
			}
		}
	}
	return nil
}

// markdown is the whole report.
func (r *report) markdown(urls []string) string {
	var b strings.Builder
	sum := total(r.rounds)
	fmt.Fprintf(&b, "# Edits in %s, seen through the edge\n\n", r.version)
	fmt.Fprintf(&b, "`go run ./e2e/cms %s`, %s, %s on %d cores. e2e/cms/doc.go says how edits are counted.\n\n",
		r.system, time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.NumCPU())
	fmt.Fprintf(&b, "%d URLs, of which the edge stores %d, and %d edits. After the edits: **%d missed**, %d altered, %d refreshed because they had changed, %d refreshed needlessly, %d served from the cache and right.\n\n",
		r.urls, len(r.stored), len(r.rounds), sum[missed], sum[altered], sum[refreshed], sum[needless], sum[current])
	b.WriteString("| Edit | Webhooks | Missed | Refreshed | Needless | From the cache |\n|---|--:|--:|--:|--:|--:|\n")
	for _, one := range r.rounds {
		c := one.counts
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d |\n", one.edit, len(one.hooks), c[missed]+c[altered], c[refreshed], c[needless], c[current])
	}
	b.WriteString("\n## What was refreshed needlessly, by the key that was purged\n\n")
	b.WriteString("A response with several purged keys counts under each.\n\n| Key | Refreshed needlessly | Why | For example |\n|---|--:|---|---|\n")
	type row struct {
		n       int
		example string
	}
	rows := map[string]row{}
	for _, one := range r.rounds {
		for _, url := range sortedKeys(one.causes) {
			for _, key := range one.causes[url] {
				key = family(key)
				row := rows[key]
				if row.n++; row.n == 1 {
					row.example = fmt.Sprintf("%s: `%s`", one.edit, url)
				}
				rows[key] = row
			}
		}
	}
	keys := sortedKeys(rows)
	slices.SortStableFunc(keys, func(a, b string) int { return rows[b].n - rows[a].n })
	for _, key := range keys {
		fmt.Fprintf(&b, "| `%s` | %d | %s | %s |\n", key, rows[key].n, reason(key), rows[key].example)
	}
	b.WriteString("\n## The URLs\n\n")
	for _, url := range urls {
		how := "stored"
		if r.stored[url] == nil {
			how = "passed through, or not stored"
		}
		fmt.Fprintf(&b, "- `%s`: %s\n", url, how)
	}
	return b.String()
}

// reasons say why the purge of a key refreshes responses that have not changed.
// The first pattern that a key contains counts.
var reasons = []struct{ part, text string }{
	{"larder-all", "What changed may show anywhere, such as an option of the site."},
	{"bucket", "The response names no item, so a purge of any item refreshes it."},
	{":filtered", "An edit may move the item into a list that selects or orders, or out of it. This list did not get or lose it."},
	{"comments:", "A response with the post shows its comments only if they are embedded."},
	{"count:", "The number of posts is shown only in some contexts."},
	{"id:", "The item has another slug or is gone, and the response does not show what followed from that."},
	{":…", "The response shows the item, but not the part that was changed."},
	{"", "The item may be on any list of its type from now on, or no longer. This list did not get or lose it."},
}

func reason(key string) string {
	for _, r := range reasons {
		if strings.Contains(key, r.part) {
			return r.text
		}
	}
	return ""
}

// family returns a key without the identity of its item.
func family(key string) string {
	at := strings.LastIndexByte(key, ':')
	if at < 0 || key[at:] == ":filtered" {
		return key
	}
	return key[:at] + ":…"
}
