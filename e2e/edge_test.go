package e2e

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"larder/internal/local"
)

// edge is a running Larder and what it has logged.
type edge struct {
	*local.Edge
	log *local.Log
}

// option changes a request before it is sent.
type option func(*http.Request)

// with sets a header.
func with(name, value string) option {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

// as sends another tenant's token; "" sends none.
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

// sending sets the request's body.
func sending(body string) option {
	return func(r *http.Request) {
		r.Body = io.NopCloser(strings.NewReader(body))
		r.ContentLength = int64(len(body))
	}
}

// client shows answers as they are: no redirects followed, nothing
// decompressed.
var client = &http.Client{
	Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Timeout:       30 * time.Second,
}

// get requests a path with the demo's read token.
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

// eventually polls until done, within a bound that only a defect reaches.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	const pause = 20 * time.Millisecond
	for deadline := time.Now().Add(20 * time.Second); !done(); {
		if time.Now().After(deadline) {
			t.Fatalf("timed out waiting until %s", what)
		}
		<-time.After(pause)
	}
}

// empty clears the edge's cache for a test. When the test ends, the log must be
// free of crashes; if it fails, the log is shown.
func (e edge) empty(t *testing.T) {
	t.Helper()
	if got := e.purge(t, `{"all":true,"soft":false}`, as("")); got.status != http.StatusOK {
		t.Fatalf("empty the cache: %v", got)
	}
	start := e.log.Size()
	t.Cleanup(func() {
		if crash := e.log.Crash(start); crash != "" {
			t.Errorf("the guest crashed:\n%s", crash)
			return
		}
		if t.Failed() {
			lines := strings.Split(strings.TrimSpace(e.log.Since(start)), "\n")
			t.Logf("the end of the edge's log:\n%s", strings.Join(lines[max(0, len(lines)-10):], "\n"))
		}
	})
}

// settle waits until the edge uses its first origin again after the failures
// of an earlier test. path must be one that passes through.
func (e edge) settle(t *testing.T, path string) {
	t.Helper()
	eventually(t, "the origin is used again", func() bool { return e.get(t, path).status == http.StatusOK })
}

// purge sends a body to the purge endpoint with the operator's token, for the
// demo's tenant.
func (e edge) purge(t *testing.T, body string, options ...option) answer {
	t.Helper()
	return e.get(t, "/_larder/purge", append([]option{
		method(http.MethodPost), sending(body), with("Authorization", "Bearer "+purgeToken),
	}, options...)...)
}
