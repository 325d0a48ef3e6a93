package surrogate

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// listOfPosts is a response with 100 posts, each with one to two kilobytes of
// HTML, an author, categories and tags.
func listOfPosts(t testing.TB) []byte {
	t.Helper()
	type named struct {
		Name string `json:"name"`
		Slug string `json:"slug"`
	}
	type author struct {
		FirstName string `json:"first_name"`
		LastName  string `json:"last_name"`
		Email     string `json:"email"`
		Bio       string `json:"bio"`
		Slug      string `json:"slug"`
	}
	type post struct {
		URL        string  `json:"url"`
		Created    string  `json:"created"`
		Author     author  `json:"author"`
		Categories []named `json:"categories"`
		Tags       []named `json:"tags"`
		Slug       string  `json:"slug"`
		Title      string  `json:"title"`
		Body       string  `json:"body"`
		Summary    string  `json:"summary"`
		Status     string  `json:"status"`
	}
	paragraph := `<p class="step">Warm the pan, add "a little" butter &amp; wait: <em>patience</em> is the whole recipe.</p>` + "\n"
	posts := make([]post, 100)
	for i := range posts {
		n := func(kind string, number int) named {
			return named{fmt.Sprintf("%s %d", kind, number), fmt.Sprintf("%s-%d", strings.ToLower(kind), number)}
		}
		posts[i] = post{
			URL:        fmt.Sprintf("https://kitchen.example/a-recipe-for-every-day-%d/", i),
			Created:    "2026-11-23T08:00:00Z",
			Author:     author{"Ada", "Quill", "ada@kitchen.example", strings.Repeat("Cooks. ", 10), fmt.Sprintf("author-%d", i%8)},
			Categories: []named{n("Category", i%12), n("Category", (i+5)%12)},
			Tags:       []named{n("Tag", i%30), n("Tag", (i+7)%30), n("Tag", (i+11)%30)},
			Slug:       fmt.Sprintf("a-recipe-for-every-day-%d", i),
			Title:      fmt.Sprintf("A recipe for every day, number %d", i),
			Body:       strings.Repeat(paragraph, 8+i%8),
			Summary:    "Butter, a pan and some patience.",
			Status:     "published",
		}
	}
	body, err := json.Marshal(map[string]any{"meta": map[string]any{"count": 100, "next_page": nil, "previous_page": nil}, "data": posts})
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// BenchmarkTagging measures the way from a body to the keys for the host.
func BenchmarkTagging(b *testing.B) {
	body := listOfPosts(b)
	tests := []struct {
		name  string
		rules Rules
	}{
		{"one rule", rulesOf(b, "data: post:{slug}")},
		{"the rules of the posts route", rulesOf(b,
			"data: post:{slug}", "data.author: author:{slug}", "data.categories: category:{slug}", "data.tags: tag:{slug}")},
		{"the same and forty more rules", append(rulesOf(b,
			"data: post:{slug}", "data.author: author:{slug}", "data.categories: category:{slug}", "data.tags: tag:{slug}"),
			otherRules(b, 40)...)},
	}
	for _, test := range tests {
		b.Run(test.name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				keys, err := test.rules.Keys(body, nil)
				if err != nil {
					b.Fatal(err)
				}
				set := NewSet(tenantPrefix)
				set.Add(keys...)
				if len(set.Keys()) < 100 {
					b.Fatalf("only %d keys", len(set.Keys()))
				}
			}
		})
	}
}

// otherRules fit nothing in a list of posts.
func otherRules(t testing.TB, n int) Rules {
	var rules Rules
	for i := range n {
		each := [...]string{"data.reference-%d", "data.author.reference-%d", "data.categories.*.reference-%d", "included.%d"}[i%4]
		rules = append(rules, rulesOf(t, fmt.Sprintf(each+": other:{slug} other:{meta.id}", i))...)
	}
	return rules
}

// BenchmarkHostile measures the most that a body of the default
// limits.tagged_body can cost. The least time of one body is what it takes
// without other load on the machine.
func BenchmarkHostile(b *testing.B) {
	for _, hostile := range hostileBodies(b, 1<<20) {
		b.Run(hostile.name, func(b *testing.B) {
			b.SetBytes(int64(len(hostile.body)))
			b.ReportAllocs()
			least := time.Hour
			for b.Loop() {
				began := time.Now()
				keys, err := hostile.rules.Keys(hostile.body, hostile.pathVariable)
				set := NewSet(tenantPrefix)
				set.Add(keys...)
				if err != nil {
					set.AddAllBuckets()
				}
				if len(set.Keys()) > 2*MaxTotal {
					b.Fatal("too many keys")
				}
				least = min(least, time.Since(began))
			}
			b.ReportMetric(float64(least.Microseconds())/1000, "least-ms")
		})
	}
}
