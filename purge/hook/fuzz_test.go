package hook

import (
	"strings"
	"testing"

	"larder/config"
)

// Whatever an authenticated body says, the keys are bounded and each is there
// once, and an event is either carried out or explained.
func FuzzReceive(f *testing.F) {
	for name, r := range recordings(f) {
		provider, _, _ := strings.Cut(name, "/")
		f.Add(provider, r.Headers["X-Contentful-Topic"], r.Headers["Sanity-Operation"], string(r.Body))
	}
	hooks := map[string]*config.Hook{}
	for provider := range signedBy {
		hooks[provider] = standard(f, provider)
	}
	f.Fuzz(func(t *testing.T, provider, topic, operation, body string) {
		hook := hooks[provider]
		if hook == nil || strings.ContainsAny(topic, " \t") {
			t.Skip()
		}
		r := request(body)
		r.Header.Set("X-Contentful-Topic", topic)
		r.Header.Set("Sanity-Operation", operation)
		sign(r, hook, testSecret, now)
		got, err := Receive(hook, []string{testSecret}, r, now)
		if err != nil {
			if got != nil {
				t.Errorf("purges %+v with %v", got, err)
			}
			return
		}
		seen := map[string]bool{}
		for _, key := range append(append([]string{}, got.Soft...), got.Hard...) {
			if seen[key] || key == "" {
				t.Errorf("the key %q is there twice, or empty", key)
			}
			seen[key] = true
		}
		if len(got.Soft) > MaxKeys || len(got.Hard) > MaxKeys || len(got.Ignored) > maxIgnored {
			t.Errorf("%d keys, %d events that are ignored", len(seen), len(got.Ignored))
		}
	})
}
