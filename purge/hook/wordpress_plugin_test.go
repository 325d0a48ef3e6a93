//go:build php

package hook

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// plugin runs integrations/wordpress/larder.php without WordPress, and returns
// the webhooks that it sends and what it schedules. PHP must be there, which is
// why these tests are not a part of `make test`: run `make wordpress`.
func plugin(t *testing.T, arguments ...string) (sent []*Request, retries []string) {
	t.Helper()
	arguments = append([]string{"../../integrations/wordpress/check.php", testSecret}, arguments...)
	output, err := exec.CommandContext(t.Context(), "php", arguments...).Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(bytes.NewReader(output))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), `{"retry"`) {
			retries = append(retries, lines.Text())
			continue
		}
		var q struct {
			URL     string
			Headers map[string]string
			Body    string
		}
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			t.Fatalf("%v: %s", err, lines.Text())
		}
		r := &Request{Method: http.MethodPost, Path: strings.TrimPrefix(q.URL, "https://edge.example.com"), Header: http.Header{}, Body: []byte(q.Body)}
		for name, value := range q.Headers {
			r.Header.Set(name, value)
		}
		sent = append(sent, r)
	}
	return sent, retries
}

func TestTheEdgeAcceptsWhatTheWordPressPluginSends(t *testing.T) {
	sent, retries := plugin(t)
	if len(sent) != 1 || len(retries) > 0 {
		t.Fatalf("it sends %d webhooks and schedules %q", len(sent), retries)
	}
	hook := standard(t, "wordpress")
	got, err := Receive(hook, []string{testSecret}, sent[0], time.Now())
	if err != nil {
		t.Fatal(err)
	}
	soft := []string{
		"post:1", "posts", "search", "count:category:102", "categories:filtered", "page:2", "pages:filtered", "search:filtered",
		"recipe", "post:7", "posts:filtered", "media:4", "media:filtered", "post_tag:5", "tags",
		"id:comment:9", "comment:9", "comments", "comments:7", "id:comment:10", "nav_menu:11", "menus", "menu-items",
	}
	if hard := []string{"recipe:3", "comment:10"}; !slices.Equal(got.Soft, soft) || !slices.Equal(got.Hard, hard) || !got.All || len(got.Ignored) > 0 {
		t.Errorf("it purges\n%q\nhard %q, everything %v, ignored %+v", got.Soft, got.Hard, got.All, got.Ignored)
	}
	sent[0].Body[len(sent[0].Body)-1] = ' '
	if _, err := Receive(hook, []string{testSecret}, sent[0], time.Now()); err == nil {
		t.Error("its signature does not cover the body")
	}
}

func TestTheWordPressPluginIsSilentWhereNothingChangedThatReadersSee(t *testing.T) {
	if sent, _ := plugin(t, "200", "nothing"); len(sent) > 0 {
		t.Errorf("it sends %s", sent[0].Body)
	}
}

func TestTheWordPressPluginSendsBatchesAndSendsThemAgain(t *testing.T) {
	tests := []struct {
		status  string
		retries int
	}{{"200", 0}, {"202", 0}, {"403", 0}, {"413", 0}, {"429", 2}, {"503", 2}}
	for _, test := range tests {
		sent, retries := plugin(t, test.status, "many")
		if len(sent) != 2 || len(retries) != test.retries {
			t.Errorf("%s: it sends %d webhooks and schedules %q", test.status, len(sent), retries)
		}
		for _, r := range sent {
			if _, err := Receive(standard(t, "wordpress"), []string{testSecret}, r, time.Now()); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestTheWordPressPluginReportsWhatDependsOnAChange(t *testing.T) {
	for _, test := range []struct {
		name       string
		soft, hard []string
	}{
		{"posts", []string{
			"page:2", "page:41", "pages:filtered", "search:filtered", "media:30", "media:filtered", "page:31", "comments:31", "comments:filtered",
			"post:3", "posts", "search", "user:20", "users", "comments:5", "comments", "wp_block:7", "blocks", "post:8",
		}, []string{"post:6", "comments:6"}},
		{"terms", []string{
			"category:1", "categories", "search", "category:2", "categories:filtered", "search:filtered", "id:category:2", "category:52", "id:category:52",
			"posts:filtered", "post_tag:3", "tags:filtered", "id:post_tag:3", "id:category:4", "category:54", "id:category:54", "count:category:105", "post:9",
		}, []string{"category:4"}},
		{"others", []string{
			"user:8", "users", "user:9", "id:user:10", "posts:filtered", "pages:filtered", "recipe:filtered", "media", "id:media:11",
			"media:12", "media:filtered", "comment:14", "comments", "comments:7", "id:comment:15", "post:3", "search:filtered",
		}, []string{"user:10", "media:11", "comment:15"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			sent, _ := plugin(t, "200", test.name)
			if len(sent) != 1 {
				t.Fatalf("it sends %d webhooks", len(sent))
			}
			got, err := Receive(standard(t, "wordpress"), []string{testSecret}, sent[0], time.Now())
			if err != nil {
				t.Fatal(err)
			}
			slices.Sort(got.Soft)
			slices.Sort(got.Hard)
			slices.Sort(test.soft)
			slices.Sort(test.hard)
			if !slices.Equal(got.Soft, test.soft) || !slices.Equal(got.Hard, test.hard) || got.All {
				t.Errorf("it purges\n%q, hard\n%q; want\n%q, hard\n%q", got.Soft, got.Hard, test.soft, test.hard)
			}
		})
	}
}
