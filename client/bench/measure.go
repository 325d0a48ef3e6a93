package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os/exec"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/redis/go-redis/v9"

	"larder/client"
	"larder/client/redisstore"
)

// tally is what became of requests.
type tally struct {
	mu                      sync.Mutex
	total, failed, fallback int
	took                    []time.Duration
}

// read reads a page, and counts it as failed unless it is whole.
func (t *tally) read(ctx context.Context, api *http.Client, url string) {
	start := time.Now()
	ok, fallback := fetch(ctx, api, url)
	took := time.Since(start)
	if ctx.Err() != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.total++
	if !ok {
		t.failed++
	}
	if fallback {
		t.fallback++
	}
	t.took = append(t.took, took)
}

func fetch(ctx context.Context, api *http.Client, url string) (ok, fallback bool) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false, false
	}
	resp, err := api.Do(req)
	if err != nil {
		return false, false
	}
	defer resp.Body.Close()
	n, err := io.Copy(io.Discard, resp.Body)
	_, fallback = client.Fallback(resp)
	return err == nil && resp.StatusCode == http.StatusOK && n == bodySize, fallback
}

// quantile is in milliseconds.
func (t *tally) quantile(q float64) string {
	if len(t.took) == 0 {
		return "-"
	}
	slices.Sort(t.took)
	at := t.took[int(q*float64(len(t.took)-1))]
	return fmt.Sprintf("%.2f", float64(at.Microseconds())/1000)
}

func page(base string) string { return fmt.Sprintf("%s/%d", base, rand.IntN(pages)) }

func transport() *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: 20}
}

const timeout = 10 * time.Second // of every program

// measureFlapping lets four kinds of program read at the same time while the
// edge and the API come and go.
func measureFlapping(ctx context.Context, w io.Writer, length time.Duration) error {
	edge, err := newHost()
	if err != nil {
		return err
	}
	api, err := newHost()
	if err != nil {
		return err
	}
	programs := []struct {
		name      string
		transport http.RoundTripper
		tally     tally
	}{
		{name: "plain net/http", transport: transport()},
		{name: "retries alone", transport: &client.Transport{Hosts: []string{edge.url()}, Base: transport(), MaxBody: 1}},
		{name: "retries, and the API as a second host", transport: &client.Transport{Hosts: []string{edge.url(), api.url()}, Base: transport(), MaxBody: 1}},
		{name: "the same, and the fail-over cache", transport: &client.Transport{Hosts: []string{edge.url(), api.url()}, Base: transport()}},
	}
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	var running sync.WaitGroup
	for i := range programs {
		p := &programs[i]
		c := &http.Client{Transport: p.transport, Timeout: timeout}
		for range pages { // each knows all pages before the first outage
			p.tally.read(ctx, c, page(edge.url()))
		}
		for n := range pages {
			fetch(ctx, c, fmt.Sprintf("%s/%d", edge.url(), n))
		}
		for range 8 {
			running.Go(func() {
				for ctx.Err() == nil {
					p.tally.read(ctx, c, page(edge.url()))
					pause(ctx, 20*time.Millisecond)
				}
			})
		}
	}
	// Each host is good for 6 s on average, then bad for 4 s in some way.
	var down [2]time.Duration
	var errs [2]error
	for i, h := range []*host{edge, api} {
		running.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			for ctx.Err() == nil {
				pause(ctx, time.Duration(3000+random.IntN(6000))*time.Millisecond)
				start := time.Now()
				errs[i] = h.set(refusing + state(random.IntN(int(states-refusing))))
				pause(ctx, time.Duration(2000+random.IntN(4000))*time.Millisecond)
				down[i] += time.Since(start)
				if errs[i] = errors.Join(errs[i], h.set(good)); errs[i] != nil {
					return
				}
			}
		})
	}
	running.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	fmt.Fprintf(w, "\n## Requests that fail while hosts come and go\n\nThe edge was down for %.0f %% of %v and the API for %.0f %%, each by itself: refusing, hanging, or answering 503. "+
		"Eight readers a program, %d pages of %d bytes, a timeout of %v.\n",
		100*down[0].Seconds()/length.Seconds(), length, 100*down[1].Seconds()/length.Seconds(), pages, bodySize, timeout)
	rows := [][]string{{"program", "requests", "failed", "failed %", "from the cache", "p50 ms", "p99 ms", "max ms"}}
	for i := range programs {
		t := &programs[i].tally
		rows = append(rows, []string{programs[i].name, fmt.Sprint(t.total), fmt.Sprint(t.failed), fmt.Sprintf("%.2f", 100*float64(t.failed)/float64(t.total)),
			fmt.Sprint(t.fallback), t.quantile(0.5), t.quantile(0.99), t.quantile(1)})
	}
	table(w, rows...)
	return nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}

// sequence reads for a while, one request after the other.
func sequence(ctx context.Context, rt http.RoundTripper, base string, length time.Duration) *tally {
	t := &tally{}
	c := &http.Client{Transport: rt}
	for end := time.Now().Add(length); time.Now().Before(end) && ctx.Err() == nil; {
		t.read(ctx, c, page(base))
	}
	return t
}

// measureOverhead compares rounds that alternate, so that other load on the
// machine meets all alike.
func measureOverhead(ctx context.Context, w io.Writer, each time.Duration) error {
	edge, err := newHost()
	if err != nil {
		return err
	}
	base := transport()
	kinds := []struct {
		name  string
		rt    http.RoundTripper
		tally tally
	}{
		{name: "plain net/http, 200", rt: base},
		{name: "client without copies, 200", rt: &client.Transport{Hosts: []string{edge.url()}, Base: base, MaxBody: 1}},
		{name: "client, confirmed by a 304", rt: &client.Transport{Hosts: []string{edge.url()}, Base: base}},
	}
	const rounds = 5
	for range rounds {
		for i := range kinds {
			t := sequence(ctx, kinds[i].rt, edge.url(), each/rounds)
			kinds[i].tally.took = append(kinds[i].tally.took, t.took...)
		}
	}
	if err := edge.set(refusing); err != nil {
		return err
	}
	kinds = append(kinds, struct {
		name  string
		rt    http.RoundTripper
		tally tally
	}{name: "client, edge down, from memory", rt: kinds[2].rt})
	last := &kinds[len(kinds)-1]
	last.tally.took = sequence(ctx, last.rt, edge.url(), each).took
	fmt.Fprintf(w, "\n## Time for a request\n\nOne request after the other on loopback, bodies of %d bytes, rounds that alternate.\n", bodySize)
	rows := [][]string{{"", "requests", "p50 ms", "p99 ms"}}
	for i := range kinds {
		t := &kinds[i].tally
		rows = append(rows, []string{kinds[i].name, fmt.Sprint(len(t.took)), t.quantile(0.5), t.quantile(0.99)})
	}
	table(w, rows...)
	return nil
}

const redisPort = "36379"

func startRedis(ctx context.Context, c redis.UniversalClient) (*exec.Cmd, error) {
	server := exec.Command("redis-server", "--port", redisPort, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no")
	if err := server.Start(); err != nil {
		return nil, err
	}
	for range 200 {
		if c.Ping(ctx).Err() == nil {
			break
		}
		pause(ctx, 20*time.Millisecond)
	}
	return server, c.Ping(ctx).Err()
}

type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

// measureRedis reads with Redis in each state, with the edge up and down.
func measureRedis(ctx context.Context, w io.Writer, each time.Duration) error {
	redis.SetLogger(silence{})
	c := redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{"127.0.0.1:" + redisPort}, ContextTimeoutEnabled: true})
	defer c.Close()
	rows := [][]string{{"Redis", "edge", "requests", "failed", "p50 ms", "p99 ms", "max ms"}}
	for _, kind := range []struct {
		name   string
		signal syscall.Signal
	}{{"works", 0}, {"killed", syscall.SIGKILL}, {"hangs", syscall.SIGSTOP}} {
		server, err := startRedis(ctx, c)
		if err != nil {
			return err
		}
		edge, err := newHost()
		if err != nil {
			return err
		}
		rt := &client.Transport{Hosts: []string{edge.url()}, Base: transport(), Store: redisstore.New(c)}
		sequence(ctx, rt, edge.url(), time.Second)
		if err := rt.Flush(ctx); err != nil {
			return err
		}
		if kind.signal != 0 {
			if err := server.Process.Signal(kind.signal); err != nil {
				return err
			}
		}
		for _, s := range []state{good, refusing} {
			if err := edge.set(s); err != nil {
				return err
			}
			t := sequence(ctx, rt, edge.url(), each)
			rows = append(rows, []string{kind.name, s.String(), fmt.Sprint(t.total), fmt.Sprint(t.failed), t.quantile(0.5), t.quantile(0.99), t.quantile(1)})
		}
		_ = server.Process.Kill() // unless it is dead
		_ = server.Wait()         // which says that it was killed
	}
	fmt.Fprintln(w, "\n## What an outage of Redis costs\n\nOne request after the other. With the edge down, answers are in memory and in Redis, and the newer one is given.")
	table(w, rows...)
	return nil
}
