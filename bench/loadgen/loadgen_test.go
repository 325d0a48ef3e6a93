package loadgen

import (
	"bufio"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestReadAnswer(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer string
		size   int
		err    error
	}{
		{"a body with a length", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", 5, nil},
		{"an empty body", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 0, nil},
		{"a body in chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n", 15, nil},
		{"a body cut short", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel", 0, io.EOF},
		{"a chunk cut short", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel", 0, io.EOF},
		{"another status", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 0, errStatus},
		{"a body without framing", "HTTP/1.1 200 OK\r\n\r\nhello", 0, errFraming},
	} {
		t.Run(c.name, func(t *testing.T) {
			const next = "HTTP/1.1 200 OK\r\n"
			answer := c.answer
			if c.err == nil {
				answer += next
			}
			reader := bufio.NewReader(strings.NewReader(answer))
			size, err := readAnswer(reader)
			if !errors.Is(err, c.err) {
				t.Fatalf("error is %v, want %v", err, c.err)
			}
			if c.err != nil {
				return
			}
			rest, err := io.ReadAll(reader)
			if err != nil || size != c.size || string(rest) != next {
				t.Errorf("size %d, rest %q, error %v; want %d and the next answer", size, rest, err, c.size)
			}
		})
	}
}

func TestRunCountsEveryAnswer(t *testing.T) {
	served := make(chan struct{}, 1<<20)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served <- struct{}{}
		_, _ = io.WriteString(w, r.URL.RequestURI())
	}))
	defer server.Close()
	target := Target{Address: server.Listener.Addr().String(), Path: "/a?b=c", Body: len("/a?b=c")}

	result, err := Run(t.Context(), target, 3, 50*time.Millisecond)
	if err != nil {
		t.Fatal(err)
	}
	if result.Requests != len(served) {
		t.Errorf("%d requests counted, %d served", result.Requests, len(served))
	}
	if result.P50 <= 0 || result.P99 < result.P50 {
		t.Errorf("p50 %v and p99 %v are impossible", result.P50, result.P99)
	}

	target.Body++
	if _, err := Run(t.Context(), target, 1, 50*time.Millisecond); err == nil {
		t.Error("a response of another size is not an error")
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		name   string
		values []float64
		want   float64
	}{
		{"one value", []float64{3}, 3},
		{"an odd number of values", []float64{9, 1, 5}, 5},
		{"an even number of values", []float64{4, 1, 3, 2}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Median(c.values); got != c.want {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestQuantile(t *testing.T) {
	hundred := make([]time.Duration, 100)
	for i := range hundred {
		hundred[i] = time.Duration(i + 1)
	}
	for _, c := range []struct {
		name    string
		sorted  []time.Duration
		percent int
		want    time.Duration
	}{
		{"the only value is every quantile", hundred[:1], 99, 1},
		{"half of a hundred", hundred, 50, 50},
		{"ninety-nine of a hundred", hundred, 99, 99},
		{"the middle of three", hundred[:3], 50, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := quantile(c.sorted, c.percent); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}
