package e2e

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/dunglas/httpsfv"
)

// answer is a response that was read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
	cache  cacheStatus
}

// cacheStatus is the member of Cache-Status that Larder wrote (RFC 9211). All
// of it is zero where there is none.
type cacheStatus struct {
	name             string
	hit, stored      bool
	fwd, detail, key string
	fwdStatus, ttl   int64
	// members is how many caches the field names.
	members int
}

func parseCacheStatus(header http.Header) cacheStatus {
	list, err := httpsfv.UnmarshalList(header.Values("Cache-Status"))
	if err != nil || len(list) == 0 {
		return cacheStatus{}
	}
	item, ok := list[len(list)-1].(httpsfv.Item)
	if !ok {
		return cacheStatus{}
	}
	c := cacheStatus{name: text(item.Value), members: len(list)}
	flag := func(name string) bool {
		value, _ := item.Params.Get(name)
		set, _ := value.(bool)
		return set
	}
	number := func(name string) int64 {
		value, _ := item.Params.Get(name)
		n, _ := value.(int64)
		return n
	}
	word := func(name string) string {
		value, _ := item.Params.Get(name)
		return text(value)
	}
	c.hit, c.stored = flag("hit"), flag("stored")
	c.fwd, c.detail, c.key = word("fwd"), word("detail"), word("key")
	c.fwdStatus, c.ttl = number("fwd-status"), number("ttl")
	return c
}

func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case httpsfv.Token:
		return string(v)
	}
	return ""
}

// wantFetched fails unless the origin gave the answer.
func (a answer) wantFetched(t *testing.T) answer {
	t.Helper()
	if a.status != http.StatusOK || a.cache.hit || a.cache.fwdStatus == 0 {
		t.Fatalf("want a 200 from the origin; got %v", a)
	}
	return a
}

// wantHit fails unless the edge gave the answer from a fresh entry.
func (a answer) wantHit(t *testing.T) answer {
	t.Helper()
	if a.status != http.StatusOK || !a.cache.hit || a.cache.ttl < 0 {
		t.Fatalf("want a fresh hit; got %v", a)
	}
	return a
}

// wantStale fails unless the answer is an old one in place of a failure.
func (a answer) wantStale(t *testing.T) answer {
	t.Helper()
	if a.cache.hit || !strings.HasPrefix(a.cache.detail, "stale-if-error") {
		t.Fatalf("want the stale copy because of an error; got %v", a)
	}
	return a
}

// problem is a body of type application/problem+json (RFC 9457).
type problem struct {
	Type, Title, Detail string
	Status              int
}

// wantProblem fails unless the answer is a complete problem of this status and
// type.
func (a answer) wantProblem(t *testing.T, status int, kind string) {
	t.Helper()
	var p problem
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatalf("want problem %q; got %v (%v)", kind, a, err)
	}
	if a.status != status || p.Status != status || p.Type != "urn:larder:problem:"+kind || p.Title == "" {
		t.Errorf("want problem %q with status %d; got %v", kind, status, a)
	}
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type of a problem is %q", got)
	}
	if got := a.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control of a problem is %q", got)
	}
	if a.cache.name != "Larder" {
		t.Errorf("a problem has no Cache-Status: %v", a.header)
	}
}

// String shows the answer in an error message.
func (a answer) String() string {
	const shown = 200
	body := a.body
	if len(body) > shown {
		body = append(body[:shown:shown], "…"...)
	}
	return http.StatusText(a.status) + " (" + strings.Join(a.header.Values("Cache-Status"), ", ") + ") " + string(bytes.TrimSpace(body))
}
