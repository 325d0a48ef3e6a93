package client_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/redis/go-redis/v9"

	"larder/client"
	"larder/client/redisstore"
)

// A program that goes on reading while its API is down.
func Example() {
	edge := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=0, stale-if-error=86400")
		fmt.Fprint(w, "Hello")
	}))
	api := &http.Client{Transport: &client.Transport{Hosts: []string{edge.URL}}}
	read := func() {
		resp, err := api.Get(edge.URL + "/v2/posts/")
		if err != nil {
			log.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			log.Fatal(err)
		}
		_, fallback := client.Fallback(resp)
		fmt.Printf("%s, from what was kept: %v\n", body, fallback)
	}
	read()
	edge.Close()
	read()
	// Output:
	// Hello, from what was kept: false
	// Hello, from what was kept: true
}

func ExampleTransport() {
	api := &http.Client{Transport: &client.Transport{
		Hosts: []string{"https://cdn.example.com", "https://api.example.com"},
	}}
	_ = api // or give it to your SDK
}

func ExampleFallback() {
	api := &http.Client{Transport: &client.Transport{Hosts: []string{"https://cdn.example.com"}}}
	resp, err := api.Get("https://cdn.example.com/v2/posts/")
	if err != nil {
		log.Print(err)
		return
	}
	defer resp.Body.Close()
	if age, ok := client.Fallback(resp); ok {
		log.Printf("the API is down; this answer is %v old", age)
	}
}

func ExampleDisk() {
	store, err := client.Disk("/var/cache/shop/answers", 256<<20)
	if err != nil {
		log.Print(err) // and go on with memory alone
	}
	api := &http.Client{Transport: &client.Transport{
		Hosts: []string{"https://cdn.example.com"},
		Store: store,
	}}
	_ = api
}

func ExampleTransport_redis() {
	cache := redis.NewUniversalClient(&redis.UniversalOptions{
		Addrs:                 []string{"redis.internal:6379"},
		ContextTimeoutEnabled: true,
	})
	api := &http.Client{Transport: &client.Transport{
		Hosts: []string{"https://cdn.example.com"},
		Store: redisstore.New(cache),
	}}
	_ = api
}

func ExampleEncrypt() {
	key, err := os.ReadFile("/run/secrets/answers.key") // 32 random bytes
	if err != nil {
		log.Print(err)
		return
	}
	files, err := client.Disk("/var/cache/shop/answers", 256<<20)
	if err != nil {
		log.Print(err)
		return
	}
	store, err := client.Encrypt(files, key)
	if err != nil {
		log.Print(err)
		return
	}
	_ = &client.Transport{Hosts: []string{"https://cdn.example.com"}, Store: store}
}

func ExampleTransport_Flush() {
	dir, err := os.MkdirTemp("", "answers-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	store, err := client.Disk(filepath.Join(dir, "a"), 1<<20)
	if err != nil {
		log.Fatal(err)
	}
	transport := &client.Transport{Hosts: []string{"https://cdn.example.com"}, Store: store}
	// … the program's work …
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	fmt.Println(transport.Flush(ctx))
	// Output: <nil>
}

func ExampleTransport_observe() {
	transport := &client.Transport{
		Hosts: []string{"https://cdn.example.com", "https://api.example.com"},
		Observe: func(e client.Event) {
			switch {
			case e.Kind == client.FellBack:
				log.Printf("%s: answered with a copy that is %v old", e.Request.URL.Path, e.Age)
			case e.Err != nil:
				log.Printf("%s %s: %v", e.Kind, e.Host, e.Err)
			}
		},
	}
	_ = transport
}
