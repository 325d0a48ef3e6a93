package redisstore_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"larder/client"
	"larder/client/redisstore"
)

// silence is go-redis's log: what it would say is what the tests do to Redis.
type silence struct{}

func (silence) Printf(context.Context, string, ...any) {}

func TestMain(m *testing.M) {
	redis.SetLogger(silence{})
	os.Exit(m.Run())
}

// server is a real Redis.
type server struct {
	t       *testing.T
	port    string
	args    []string
	process *exec.Cmd
}

func startRedis(t *testing.T, args ...string) *server {
	t.Helper()
	s := &server{t: t, port: freePort(t), args: args}
	s.start()
	t.Cleanup(s.kill)
	return s
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

func (s *server) addr() string { return "127.0.0.1:" + s.port }

func (s *server) start() {
	s.t.Helper()
	args := append(s.args, "--port", s.port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", s.t.TempDir())
	s.process = exec.Command("redis-server", args...)
	if err := s.process.Start(); err != nil {
		s.t.Fatalf("%v; tools/redis.sh installs redis-server", err)
	}
	s.await()
}

// await polls until the server answers.
func (s *server) await() {
	s.t.Helper()
	c := redis.NewClient(&redis.Options{Addr: s.addr()})
	defer c.Close()
	for range 500 {
		if c.Ping(s.t.Context()).Err() == nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	s.t.Fatal("redis-server does not answer")
}

func (s *server) kill() {
	s.signal(syscall.SIGKILL)
	_ = s.process.Wait() // which says that it was killed
}

func (s *server) signal(signal syscall.Signal) {
	if err := s.process.Process.Signal(signal); err != nil && err != os.ErrProcessDone {
		s.t.Error(err)
	}
}

func (s *server) client() redis.UniversalClient {
	c := redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{s.addr()}})
	s.t.Cleanup(func() { c.Close() })
	return c
}

func (s *server) do(args ...any) {
	s.t.Helper()
	if err := s.client().Do(context.Background(), args...).Err(); err != nil {
		s.t.Fatalf("%v: %v", args, err)
	}
}

func TestTheThreeKindsOfRedis(t *testing.T) {
	kinds := map[string]func(t *testing.T) redis.UniversalClient{
		"single": func(t *testing.T) redis.UniversalClient { return startRedis(t).client() },
		"sentinel": func(t *testing.T) redis.UniversalClient {
			master := startRedis(t)
			conf := filepath.Join(t.TempDir(), "sentinel.conf")
			if err := os.WriteFile(conf, []byte("sentinel monitor answers 127.0.0.1 "+master.port+" 1\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			sentinel := &server{t: t, port: freePort(t)}
			sentinel.process = exec.Command("redis-server", conf, "--sentinel", "--port", sentinel.port, "--bind", "127.0.0.1")
			if err := sentinel.process.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(sentinel.kill)
			sentinel.await()
			return redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{sentinel.addr()}, MasterName: "answers"})
		},
		"cluster": func(t *testing.T) redis.UniversalClient {
			node := startRedis(t, "--cluster-enabled", "yes")
			node.do("CLUSTER", "ADDSLOTSRANGE", 0, 16383)
			return redis.NewUniversalClient(&redis.UniversalOptions{Addrs: []string{node.addr()}, IsClusterMode: true})
		},
	}
	for name, start := range kinds {
		t.Run(name, func(t *testing.T) {
			c := start(t)
			defer c.Close()
			store := redisstore.New(c)
			ctx := t.Context()
			for i := range 100 { // a cluster needs a moment until it is one
				if err := store.Set(ctx, "a", []byte("content"), time.Hour); err == nil {
					break
				} else if i == 99 {
					t.Fatal(err)
				}
				time.Sleep(50 * time.Millisecond)
			}
			if value, ok, err := store.Get(ctx, "a"); string(value) != "content" || !ok || err != nil {
				t.Errorf("Get returns %q, %v, %v", value, ok, err)
			}
			if _, ok, err := store.Get(ctx, "b"); ok || err != nil {
				t.Errorf("for no value Get returns %v, %v", ok, err)
			}
			if left := c.TTL(ctx, "larder-client:a").Val(); left <= 59*time.Minute || left > time.Hour {
				t.Errorf("the value lives for %v", left)
			}
		})
	}
}

const pages = 20

// edge answers pages that have a version, until it is closed.
func edge(version *atomic.Int64) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		tag := fmt.Sprintf("%q", fmt.Sprint(version.Load()))
		w.Header().Set("ETag", tag)
		w.Header().Set("Cache-Control", "public, max-age=0, stale-if-error=86400")
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		fmt.Fprintf(w, "%s %s", r.URL.Path, strings.Repeat("x", 2000))
	}))
}

func read(rt http.RoundTripper, url string) (fallback bool, err error) {
	resp, err := (&http.Client{Transport: rt}).Get(url)
	if err != nil {
		return false, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return false, err
	}
	if resp.StatusCode != 200 || len(body) < 2000 {
		return false, fmt.Errorf("%s: %d bytes", resp.Status, len(body))
	}
	_, fallback = client.Fallback(resp)
	return fallback, nil
}

func page(base string, i int) string { return fmt.Sprintf("%s/%d", base, i%pages) }

// Fifty clients in three processes read while Redis is killed, restarted,
// filled up and stopped. Nobody notices. Then the edge is killed, and a new
// process reads everything from Redis.
func TestNobodyNoticesWhatHappensToRedis(t *testing.T) {
	server := startRedis(t)
	var version atomic.Int64
	origin := edge(&version)
	defer origin.Close()
	process := func() *client.Transport {
		return &client.Transport{
			Hosts: []string{origin.URL},
			Base:  &http.Transport{MaxIdleConnsPerHost: 50},
			Store: redisstore.New(server.client()),
		}
	}
	processes := []*client.Transport{process(), process(), process()}

	stop := make(chan struct{})
	var clients sync.WaitGroup
	var requests, fallbacks atomic.Int64
	for i := range 50 {
		clients.Go(func() {
			for n := i; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				fallback, err := read(processes[i%3], page(origin.URL, n))
				if err != nil {
					t.Error(err)
					return
				}
				if fallback {
					fallbacks.Add(1)
				}
				if requests.Add(1)%100 == 0 {
					version.Add(1) // there is something to write all the time
				}
			}
		})
	}
	for _, happens := range []func(){
		func() {},
		server.kill,
		server.start,
		func() { server.do("CONFIG", "SET", "maxmemory", "1") },
		func() { server.do("CONFIG", "SET", "maxmemory", "0") },
		func() { server.do("CLIENT", "PAUSE", 400) },
		func() { server.signal(syscall.SIGSTOP) },
		func() { server.signal(syscall.SIGCONT) },
	} {
		happens()
		before := requests.Load()
		for requests.Load() < before+300 && !t.Failed() {
			time.Sleep(10 * time.Millisecond)
		}
	}
	close(stop)
	clients.Wait()
	if n := fallbacks.Load(); n > 0 {
		t.Errorf("%d of %d answers are fallbacks while the edge works", n, requests.Load())
	}
	for _, p := range processes {
		if err := p.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	origin.Close()
	restarted := process()
	for i := range pages {
		if fallback, err := read(restarted, page(origin.URL, i)); err != nil || !fallback {
			t.Errorf("page %d with the edge down: fallback %v, %v", i, fallback, err)
		}
	}
	// What was read once is in memory.
	server.kill()
	for i := range pages {
		if _, err := read(restarted, page(origin.URL, i)); err != nil {
			t.Errorf("page %d with Redis down too: %v", i, err)
		}
	}
}

func TestRedisHoldsNoPlainAnswerIfEncrypted(t *testing.T) {
	server := startRedis(t)
	var version atomic.Int64
	origin := edge(&version)
	defer origin.Close()
	store, err := client.Encrypt(redisstore.New(server.client()), []byte("0123456789abcdef0123456789abcdef"))
	if err != nil {
		t.Fatal(err)
	}
	rt := &client.Transport{Hosts: []string{origin.URL}, Store: store}
	if _, err := read(rt, page(origin.URL, 1)); err != nil {
		t.Fatal(err)
	}
	if err := rt.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := server.client()
	keys := c.Keys(t.Context(), "*").Val()
	if len(keys) == 0 {
		t.Fatal("Redis is empty")
	}
	for _, key := range keys {
		if value := c.Get(t.Context(), key).Val(); strings.Contains(value, "xxx") || strings.Contains(value, "Etag") {
			t.Errorf("Redis has %q", value)
		}
	}
	origin.Close()
	if fallback, err := read(&client.Transport{Hosts: []string{origin.URL}, Store: store}, page(origin.URL, 1)); err != nil || !fallback {
		t.Errorf("fallback %v, %v", fallback, err)
	}
}
