package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"larder/internal/local"
)

// purgeToken is the one in fastly.toml, for local use.
const purgeToken = "local-purge-token"

// answer is what a customer got.
type answer struct {
	status int
	header http.Header
	body   string
	took   time.Duration
}

// String shows it in a report of a failure.
func (a answer) String() string {
	return fmt.Sprintf("%d after %v, %s, %.60q", a.status, a.took.Round(time.Millisecond), a.header.Get("Cache-Status"), a.body)
}

// customers share an HTTP client that waits longer than any edge may take.
type customers struct {
	edge   *local.Edge
	client *http.Client
}

func customersOf(edge *local.Edge) *customers {
	return &customers{edge, &http.Client{
		Transport: &http.Transport{MaxIdleConnsPerHost: 64},
		Timeout:   20 * time.Second,
	}}
}

func (c *customers) do(ctx context.Context, method, path, body string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, c.edge.URL()+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if method == http.MethodPost {
		request.Header.Set("Authorization", "Bearer "+purgeToken)
	}
	began := time.Now()
	response, err := c.client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(text), time.Since(began)}, err
}

func (c *customers) get(ctx context.Context, path string) (answer, error) {
	return c.do(ctx, http.MethodGet, path, "")
}

// purge returns once the purge was acknowledged.
func (c *customers) purge(ctx context.Context, body string) error {
	got, err := c.do(ctx, http.MethodPost, "/_larder/purge", body)
	if err != nil {
		return fmt.Errorf("purge %s: %w", body, err)
	}
	if got.status != http.StatusOK {
		return fmt.Errorf("purge %s: %v", body, got)
	}
	return nil
}

// edition is that of an item, or 0.
func edition(body string) int64 {
	_, rest, _ := strings.Cut(body, `"edition":`)
	number, _, _ := strings.Cut(rest, ",")
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// tally is what the customers of one kind got.
type tally struct {
	took     []time.Duration
	failures int
	first    string // failure
}

func (t *tally) add(a answer, err error) {
	t.took = append(t.took, a.took)
	if err == nil {
		return
	}
	t.failures++
	if t.first == "" {
		t.first = err.Error()
	}
}

// percentile of the times; 0 without any.
func (t *tally) percentile(percent int) time.Duration {
	if len(t.took) == 0 {
		return 0
	}
	slices.Sort(t.took)
	return t.took[(len(t.took)*percent+99)/100-1]
}

// pause waits so many seconds, and reports false if ctx ends before.
func pause(ctx context.Context, seconds float64) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(time.Duration(seconds * float64(time.Second))):
		return true
	}
}
