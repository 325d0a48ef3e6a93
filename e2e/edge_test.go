package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/dunglas/httpsfv"

	"larder/internal/local"
)

// edge is a running Larder and what it has logged.
type edge struct {
	*local.Edge
	log *journal
}

// option changes a request before it is sent.
type option func(*http.Request)

// with sets a header.
func with(name, value string) option {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// as asks with another tenant's token; "" with none.
func as(token string) option {
	return func(r *http.Request) {
		query := strings.TrimSuffix(r.URL.RawQuery, "auth_token="+demoToken)
		if token != "" {
			query += "auth_token=" + token
		}
		r.URL.RawQuery = strings.TrimSuffix(query, "&")
	}
}

// method sends another one than GET.
func method(name string) option {
	return func(r *http.Request) { r.Method = name }
}

// sending gives the request a body.
func sending(body string) option {
	return func(r *http.Request) {
		r.Body = io.NopCloser(strings.NewReader(body))
		r.ContentLength = int64(len(body))
	}
}

// answer is a response that was read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
	cache  cacheStatus
}

// client shows answers as they are: no redirects followed, nothing
// decompressed.
var client = &http.Client{
	Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Timeout:       30 * time.Second,
}

// get asks for a path with the demo's read token.
func (e edge) get(t *testing.T, path string, options ...option) answer {
	t.Helper()
	got, err := e.try(path, options...)
	if err != nil {
		t.Fatalf("GET %s: %v", path, err)
	}
	return got
}

// try is get for other goroutines than the test's own.
func (e edge) try(path string, options ...option) (answer, error) {
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	request, err := http.NewRequest(http.MethodGet, e.URL()+path+separator+"auth_token="+demoToken, nil)
	if err != nil {
		return answer{}, err
	}
	for _, change := range options {
		change(request)
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, body, parseCacheStatus(response.Header)}, err
}

// together sends the same request n times at once.
func (e edge) together(t *testing.T, n int, path string) []answer {
	t.Helper()
	answers, errs := make([]answer, n), make([]error, n)
	begin := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-begin
			answers[i], errs[i] = e.try(path)
		})
	}
	close(begin)
	group.Wait()
	for _, err := range errs {
		if err != nil {
			t.Fatalf("GET %s, %d at once: %v", path, n, err)
		}
	}
	return answers
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

// eventually polls until done, within a bound that only a defect reaches.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	const pause = 20 * time.Millisecond
	for deadline := time.Now().Add(20 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain: %s", what)
		}
		<-time.After(pause)
	}
}

// journal keeps everything that an edge logs.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

func (j *journal) since(offset int) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return string(j.text.Bytes()[offset:])
}

func (j *journal) size() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Len()
}

// signsOfACrash are what a guest that did not end well leaves in the log.
var signsOfACrash = []string{"panic", "wasm trap", "wasm backtrace", "exited with error", "fatal error", "out of memory"}

func isCrash(line string) bool {
	return slices.ContainsFunc(signsOfACrash, func(sign string) bool {
		return strings.Contains(strings.ToLower(line), sign)
	})
}

// crash finds the first line that shows one, or -1. A guest that breaks an
// answer off ends with an error on purpose, and says so before.
func crash(lines []string) int {
	broken := 0
	for i, line := range lines {
		switch {
		case strings.Contains(line, "the body was cut short"):
			broken++
		case broken > 0 && strings.Contains(line, "exited with error"):
			broken--
		case isCrash(line):
			return i
		}
	}
	return -1
}

// empty clears the edge's cache for a test. When the test ends, the log must be
// free of crashes; if it fails, the log is shown.
func (e edge) empty(t *testing.T) {
	t.Helper()
	if got := e.purge(t, `{"all":true,"soft":false}`, as("")); got.status != http.StatusOK {
		t.Fatalf("empty the cache: %v", got)
	}
	start := e.log.size()
	t.Cleanup(func() {
		lines := strings.Split(strings.TrimSpace(e.log.since(start)), "\n")
		if i := crash(lines); i >= 0 {
			t.Errorf("the guest crashed:\n%s", strings.Join(lines[max(0, i-5):min(i+30, len(lines))], "\n"))
			return
		}
		if t.Failed() {
			t.Logf("the end of the edge's log:\n%s", strings.Join(lines[max(0, len(lines)-10):], "\n"))
		}
	})
}

// settle waits until the edge asks its first origin, which the failures of an
// earlier test may have made it pause to do. path must be one that passes
// through.
func (e edge) settle(t *testing.T, path string) {
	t.Helper()
	eventually(t, "the origin is asked again", func() bool { return e.get(t, path).status == http.StatusOK })
}

// purge sends a body to the purge endpoint with the operator's token, for the
// demo's tenant.
func (e edge) purge(t *testing.T, body string, options ...option) answer {
	t.Helper()
	return e.get(t, "/_larder/purge", append([]option{
		method(http.MethodPost), sending(body), with("Authorization", "Bearer "+purgeToken),
	}, options...)...)
}
