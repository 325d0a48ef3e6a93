package hook

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"larder/config"
	"larder/problem"
)

// body is one that every provider's events may be read from.
const body = `{"event":"product.created","kind":"product","data":{"id":"7"},"webhook":{"event":"post.published"},"post":{"current":{"id":"7","status":"published"},"previous":{}}}`

func TestWebhooksThatTheCMSDidNotSendAreRefused(t *testing.T) {
	attacks := []struct {
		name string
		// timed says that only providers that sign the time and the body are
		// concerned.
		timed  bool
		attack func(r *Request, header string)
	}{
		{name: "without its header", attack: func(r *Request, header string) { r.Header.Del(header) }},
		{name: "with an empty header", attack: func(r *Request, header string) { r.Header.Set(header, "") }},
		{name: "with the same header twice", attack: func(r *Request, header string) { r.Header.Add(header, r.Header.Get(header)) }},
		{name: "with a wrong header beside it", attack: func(r *Request, header string) { r.Header.Add(header, "x") }},
		{name: "with a wrong header before it", attack: func(r *Request, header string) {
			r.Header[header] = []string{"x", r.Header.Get(header)}
		}},
		{name: "with its header in another case", attack: func(r *Request, header string) {
			r.Header.Set(header, swapCase(r.Header.Get(header)))
		}},
		{name: "with a letter less", attack: func(r *Request, header string) {
			value := r.Header.Get(header)
			r.Header.Set(header, value[:len(value)-1])
		}},
		{name: "with a letter more", attack: func(r *Request, header string) { r.Header.Set(header, r.Header.Get(header)+"0") }},
		{name: "with a space before", attack: func(r *Request, header string) { r.Header.Set(header, " "+r.Header.Get(header)) }},
		{name: "with a body changed after signing", timed: true, attack: func(r *Request, _ string) {
			r.Body = []byte(strings.Replace(string(r.Body), `"7"`, `"8"`, 1))
		}},
		{name: "with a space after the body", timed: true, attack: func(r *Request, _ string) { r.Body = append(r.Body, ' ') }},
		{name: "without a body", timed: true, attack: func(r *Request, _ string) { r.Body = nil }},
	}
	for provider, header := range signedBy {
		hook := standard(t, provider)
		for _, a := range attacks {
			if a.timed && !timed(provider) {
				continue
			}
			t.Run(provider+" "+a.name, func(t *testing.T) {
				r := request(body)
				r.Header.Set("X-Contentful-Topic", "ContentManagement.Entry.publish")
				sign(r, hook, testSecret, now)
				if _, err := Receive(hook, []string{testSecret}, r, now); err != nil {
					t.Fatalf("before the attack: %v", err)
				}
				a.attack(r, header)
				refuse(t, r, hook.Provider, []string{testSecret}, now)
			})
		}
		t.Run(provider+" with another secret", func(t *testing.T) {
			r := request(body)
			r.Header.Set("X-Contentful-Topic", "ContentManagement.Entry.publish")
			sign(r, hook, "another secret", now)
			refuse(t, r, provider, []string{testSecret}, now)
		})
		t.Run(provider+" with the empty secret", func(t *testing.T) {
			r := request(body)
			r.Header.Set("X-Contentful-Topic", "ContentManagement.Entry.publish")
			sign(r, hook, "", now)
			for _, secrets := range [][]string{nil, {}, {""}} {
				refuse(t, r, provider, secrets, now)
			}
		})
	}
}

// refuse fails the test unless a webhook is refused, without a word of what is
// secret.
func refuse(t *testing.T, r *Request, provider string, secrets []string, at time.Time) {
	t.Helper()
	purge, err := Receive(standard(t, provider), secrets, r, at)
	if !errors.Is(err, problemRefused) || purge != nil {
		t.Fatalf("got %+v, %v", purge, err)
	}
	given := slices.Concat(secrets, r.Header.Values(signedBy[provider]))
	for _, hidden := range given {
		if len(hidden) > 8 && strings.Contains(err.Error(), hidden) {
			t.Errorf("the error shows %q: %v", hidden, err)
		}
	}
}

// A replay inside the tolerance purges once more what was purged already.
func TestAWebhookIsAcceptedWithinItsTolerance(t *testing.T) {
	for provider := range signedBy {
		if !timed(provider) {
			continue
		}
		hook := standard(t, provider)
		r := request(body)
		r.Header.Set("X-Contentful-Topic", "ContentManagement.Entry.publish")
		sign(r, hook, testSecret, now)
		for _, off := range []time.Duration{-hook.Tolerance, -time.Minute, 0, time.Second, hook.Tolerance} {
			if _, err := Receive(hook, []string{testSecret}, r, now.Add(off)); err != nil {
				t.Errorf("%s, %v after signing: %v", provider, off, err)
			}
		}
		for _, off := range []time.Duration{-24 * time.Hour, -hook.Tolerance - time.Millisecond, hook.Tolerance + time.Millisecond, 1000 * time.Hour} {
			if _, err := Receive(hook, []string{testSecret}, r, now.Add(off)); !errors.Is(err, problemRefused) {
				t.Errorf("%s, %v after signing: %v", provider, off, err)
			}
		}
	}
}

func TestTimesThatAreNoneAreRefused(t *testing.T) {
	hook := standard(t, "ghost")
	for _, at := range []string{"", "x", "-1796031690000", "+1796031690000", "1.796e12", "1796031690000 ", "0x1a2", "99999999999999999999", "9007199254740993000"} {
		r := request(body)
		r.Header.Set("X-Ghost-Signature", "sha256="+sha256Hex(testSecret, body+at)+", t="+at)
		if _, err := Receive(hook, []string{testSecret}, r, now); !errors.Is(err, problemRefused) {
			t.Errorf("%q: %v", at, err)
		}
	}
}

// Only the body says what happened; a CMS may leave its type out.
func TestTheContentTypeIsNotAsked(t *testing.T) {
	hook := standard(t, "ghost")
	want, err := Receive(hook, []string{testSecret}, signedGhost(hook, body, ""), now)
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x", "image/png"} {
		got, err := Receive(hook, []string{testSecret}, signedGhost(hook, body, kind), now)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v", kind, got, err)
		}
	}
	const form = "post%5Bcurrent%5D%5Bid%5D=7&event=post.published"
	if _, err := Receive(hook, []string{testSecret}, signedGhost(hook, form, "application/x-www-form-urlencoded"), now); !errors.Is(err, problemBody) {
		t.Errorf("a form: %v", err)
	}
}

func TestBodiesThatAreNotOneJSONObjectAreRefused(t *testing.T) {
	deep := func(n int) string {
		return `{"post":` + strings.Repeat(`[`, n) + strings.Repeat(`]`, n) + `}`
	}
	many := strings.TrimSuffix(strings.Repeat(`"x":1,`, maxMembers+1), ",")
	tests := []struct {
		name, body string
		want       error
	}{
		{"nothing", ``, problemBody},
		{"not JSON", `{"post"`, problemBody},
		{"more after the end", `{} {}`, problemBody},
		{"a list", `[{"post":{}}]`, problemBody},
		{"a text", `"post"`, problemBody},
		{"null", `null`, problemBody},
		{"a member twice", `{"post":{},"post":{}}`, problemBody},
		{"a member twice, once with an escape", `{"post":{},"p\u006fst":{}}`, problemBody},
		{"a member twice further inside", `{"post":{"current":{"id":"1","id":"2","status":"published"},"previous":{}}}`, problemBody},
		{"nested as deep as allowed", deep(maxDepth - 1), nil},
		{"nested too deep", deep(maxDepth), problemBody},
		{"nested as deep as a body is long", strings.Repeat(`{"a":`, 100_000), problemBody},
		{"brackets in a text", `{"post":{},"a":"` + strings.Repeat(`[`, 10*maxDepth) + `\"{"}`, nil},
		{"one member too often", `{` + many + `}`, problemBody},
		{"a hundred members", distinctNames(100), nil},
		{"too many members", `{"post":{"current":` + distinctNames(maxMembers) + `}}`, problemTooLarge},
		{"members that are not read", `{"post":{"current":{"id":"1","status":"published","x":` + distinctNames(2*maxMembers) + `},"previous":{}}}`, nil},
	}
	hook := standard(t, "ghost")
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Receive(hook, []string{testSecret}, signedGhost(hook, test.body, "application/json"), now)
			if !errors.Is(err, test.want) {
				t.Errorf("got %v", err)
			}
			if err != nil && problem.From(err).Status >= http.StatusInternalServerError {
				t.Errorf("it is a mistake of Larder's: %v", err)
			}
		})
	}
}

// distinctNames returns an object with members of n names.
func distinctNames(n int) string {
	members := make(map[int]int, n)
	for i := range n {
		members[i] = 0
	}
	text, err := json.Marshal(members)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestAWebhookOfTooManyKeysIsEverything(t *testing.T) {
	hook := standard(t, "datocms")
	tags := func(n int) *Request {
		names := make([]string, n)
		for i := range names {
			names[i] = fmt.Sprintf("t%x", i)
		}
		list, err := json.Marshal(names)
		if err != nil {
			t.Fatal(err)
		}
		r := request(`{"entity_type":"cda_cache_tags","event_type":"invalidate","entity":{"attributes":{"tags":` + string(list) + `}}}`)
		sign(r, hook, testSecret, now)
		return r
	}
	got, err := Receive(hook, []string{testSecret}, tags(MaxKeys), now)
	if err != nil || len(got.Soft) != MaxKeys || got.All {
		t.Errorf("%d keys: %v", MaxKeys, err)
	}
	for _, n := range []int{MaxKeys + 1, 10 * MaxKeys} {
		if got, err := Receive(hook, []string{testSecret}, tags(n), now); err != nil || !got.All || len(got.Soft) > MaxKeys {
			t.Errorf("%d keys: %v", n, err)
		}
	}
}

// signedGhost returns a webhook of Ghost with a body and a content type.
func signedGhost(hook *config.Hook, text, kind string) *Request {
	r := request(text)
	r.Header.Set("Content-Type", kind)
	sign(r, hook, testSecret, now)
	return r
}
