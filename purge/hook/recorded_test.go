package hook

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// recorded is a webhook in testdata/webhooks/PROVIDER/EVENT.json, in the
// provider's format, and what it purges.
type recorded struct {
	Headers map[string]string
	Body    json.RawMessage
	Want    struct {
		Soft, Hard []string
		All        bool
		Ignored    []Ignored
	}
}

// recordings returns all recorded webhooks by PROVIDER/EVENT.
func recordings(t testing.TB) map[string]recorded {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "..", "testdata", "webhooks", "*", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]recorded{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var r recorded
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".json")
		all[filepath.Base(filepath.Dir(file))+"/"+name] = r
	}
	return all
}

func (r recorded) request() *Request {
	q := request(string(r.Body))
	for name, value := range r.Headers {
		q.Header.Set(name, value)
	}
	return q
}

func TestEachEventPurgesWhatItConcerns(t *testing.T) {
	covered := map[string]int{}
	for name, r := range recordings(t) {
		provider, _, _ := strings.Cut(name, "/")
		covered[provider]++
		t.Run(name, func(t *testing.T) {
			hook, q := standard(t, provider), r.request()
			sign(q, hook, testSecret, now)
			got, err := Receive(hook, []string{testSecret}, q, now)
			if err != nil {
				t.Fatal(err)
			}
			want := &Purge{Soft: r.Want.Soft, Hard: r.Want.Hard, All: r.Want.All, Ignored: r.Want.Ignored}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%+v\nwant\n%+v", got, want)
			}
			if got.Empty() != (len(got.Ignored) > 0) {
				t.Errorf("it is ignored without a reason, or purges and is ignored: %+v", got)
			}
		})
	}
	for provider := range signedBy {
		if covered[provider] < 3 {
			t.Errorf("%s has %d recorded webhooks", provider, covered[provider])
		}
	}
}

// A CMS may send a webhook again, or an older one after a newer one.
func TestTheSameWebhookPurgesTheSameAgain(t *testing.T) {
	for name, r := range recordings(t) {
		provider, _, _ := strings.Cut(name, "/")
		hook, q := standard(t, provider), r.request()
		sign(q, hook, testSecret, now)
		first, err := Receive(hook, []string{testSecret}, q, now)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Receive(hook, []string{testSecret}, q, now.Add(hook.Tolerance))
		if err != nil || !reflect.DeepEqual(first, again) {
			t.Errorf("%s: first %+v, then %+v, %v", name, first, again, err)
		}
	}
}

func TestTheFilesKeysCountBeforeTheProviders(t *testing.T) {
	const entry = `{"event":"entry.update","model":"%s","entry":{"documentId":"d1","publishedAt":"x","seo":{"slug":"s1"}}}`
	tests := []struct {
		name, content, model string
		want                 []string
	}{
		{"no content", `[]`, "category", []string{"document:d1", "entries:filtered"}},
		{"the type itself", `[{"type":"category","item":["category:{documentId}"],"lists":["categories"]}]`, "category", []string{"category:d1", "categories:filtered"}},
		{"the type before any", `[{"type":"*","lists":["all"]},{"type":"tag","item":["t:{seo.slug}"]}]`, "tag", []string{"t:s1"}},
		{"any type", `[{"type":"*","lists":["all","{type}-list"]},{"type":"tag","item":["t"]}]`, "page", []string{"all:filtered", "page-list:filtered"}},
		{"a type that is not listed", `[{"type":"tag","item":["t"]}]`, "page", []string{"document:d1", "entries:filtered"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			hook := hookOf(t, `{"name":"cms","provider":"strapi","content":`+test.content+`}`)
			q := request(strings.Replace(entry, "%s", test.model, 1))
			sign(q, hook, testSecret, now)
			got, err := Receive(hook, []string{testSecret}, q, now)
			if err != nil || !slices.Equal(got.Soft, test.want) || len(got.Hard) > 0 {
				t.Errorf("got %+v, %v; want %q", got, err, test.want)
			}
		})
	}
}

// A category's page did not show the article before, and so lacks its key.
func TestAnEntryAlsoPurgesWhatItRefersToAtAnyDepth(t *testing.T) {
	const entry = `{"documentId":"a1","publishedAt":"x","category":{"documentId":"c1","parent":{"documentId":"c2"}},
		"authors":[{"documentId":"p1"},{"documentId":"p2"}],"blocks":[{"file":{"documentId":"f1"}},"text"],"cover":null}`
	for _, test := range []struct {
		event, content string
		soft, hard     []string
	}{
		{"entry.publish", `[{"type":"article","item":["own:{documentId}"],"lists":["articles"]}]`,
			[]string{"own:a1", "document:p1", "document:p2", "document:f1", "document:c1", "document:c2", "articles"}, nil},
		{"entry.update", `[{"type":"article","item":["own:{documentId}"]},{"type":"*","item":["any:{documentId}","{type}:{documentId}"]}]`,
			[]string{"own:a1", "any:p1", "any:p2", "any:f1", "any:c1", "any:c2"}, nil},
		{"entry.delete", `[{"type":"article","item":["document:{documentId}"]}]`,
			[]string{"document:p1", "document:p2", "document:f1", "document:c1", "document:c2"}, []string{"document:a1"}},
	} {
		hook := hookOf(t, `{"name":"cms","provider":"strapi","content":`+test.content+`}`)
		q := request(`{"event":"` + test.event + `","model":"article","entry":` + entry + `}`)
		sign(q, hook, testSecret, now)
		got, err := Receive(hook, []string{testSecret}, q, now)
		if err != nil || !slices.Equal(got.Soft, test.soft) || !slices.Equal(got.Hard, test.hard) {
			t.Errorf("%s: got %+v, %v; want %q, hard %q", test.event, got, err, test.soft, test.hard)
		}
	}
}
