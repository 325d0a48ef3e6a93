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
		"post:1", "posts", "search", "users", "count:category:102", "categories", "page:2", "pages:filtered", "search:filtered",
		"recipe", "post:7", "posts:filtered", "media:4", "media:filtered", "post_tag:5", "tags:filtered", "user:8", "users:filtered",
		"comment:9", "comments", "comments:7", "nav_menu:11", "menus", "menu-items", "post:12", "post:14",
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
