package contentapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// TargetKind is the format in which a [Target] is notified of edits.
type TargetKind string

// The kinds of target.
const (
	// Webhook gets the CMS's own webhook: {"data":…,"webhook":{"event","target"}}.
	Webhook TargetKind = "webhook"
	// Purge gets the surrogate keys of the edit: {"keys":[…]} for soft and
	// {"hard":[…]} for hard purges.
	Purge TargetKind = "purge"
)

// Target is notified of every edit, one at a time and in order.
type Target struct {
	Kind   TargetKind
	URL    string
	Header http.Header // sent with every request, such as Authorization
	// TenantParameter, if not empty, is the query parameter of the URL for the
	// read token of the edit's tenant, since purges concern one tenant.
	TenantParameter string
}

// Outcome is the result of notifying a target.
type Outcome struct {
	URL    string   `json:"url"`
	Keys   []string `json:"keys"`
	Status int      `json:"status"`          // 0 without a response
	Error  string   `json:"error,omitempty"` // why there is no response
}

// ok reports whether the target accepted the notification.
func (o Outcome) ok() bool { return o.Error == "" && o.Status/100 == 2 }

// deliveryTimeout is how long a target may take. As in ButterCMS, there are no
// retries.
const deliveryTimeout = 5 * time.Second

// maxWaiting is how many edits may wait for a target before further edits block.
const maxWaiting = 1024

// notifier notifies the targets of edits. Each target has its own queue, so that
// a slow target does not delay the others.
type notifier struct {
	log    *slog.Logger
	client *http.Client
	queues []queue
	busy   sync.WaitGroup
}

// queue holds the announcements for one target.
type queue struct {
	target Target
	jobs   chan job
}

// job is a queued announcement. done receives its outcome.
type job struct {
	announcement
	done chan Outcome
}

func newNotifier(targets []Target, log *slog.Logger) *notifier {
	n := &notifier{log: log, client: &http.Client{Timeout: deliveryTimeout}}
	for _, target := range targets {
		q := queue{target, make(chan job, maxWaiting)}
		n.queues = append(n.queues, q)
		n.busy.Go(func() { n.work(q) })
	}
	return n
}

// work delivers the announcements of a queue until the queue is closed.
func (n *notifier) work(q queue) {
	for job := range q.jobs {
		outcome := n.deliver(q.target, job.announcement)
		level := slog.LevelInfo
		if !outcome.ok() {
			level = slog.LevelWarn
		}
		n.log.Log(context.Background(), level, "edit announced", "event", job.event, "kind", q.target.Kind,
			"url", q.target.URL, "keys", job.keys, "status", outcome.Status, "error", outcome.Error)
		job.done <- outcome
	}
}

// announce queues an announcement for every target. The returned function waits
// for the purges and returns their outcomes.
func (n *notifier) announce(a announcement) (wait func(context.Context) []Outcome) {
	var purges []chan Outcome
	for _, q := range n.queues {
		job := job{a, make(chan Outcome, 1)}
		q.jobs <- job
		if q.target.Kind == Purge {
			purges = append(purges, job.done)
		}
	}
	return func(ctx context.Context) []Outcome {
		outcomes := []Outcome{}
		for _, done := range purges {
			select {
			case outcome := <-done:
				outcomes = append(outcomes, outcome)
			case <-ctx.Done():
				return outcomes
			}
		}
		return outcomes
	}
}

// deliver sends an announcement to a target.
func (n *notifier) deliver(target Target, a announcement) Outcome {
	outcome := Outcome{URL: target.URL, Keys: a.keys()}
	status, err := n.post(target, a)
	outcome.Status = status
	if err != nil {
		outcome.Error = err.Error()
	}
	return outcome
}

// post sends an announcement and returns the status of the response.
func (n *notifier) post(target Target, a announcement) (int, error) {
	body, err := encode(message(target, a))
	if err != nil {
		return 0, err
	}
	address, err := target.address(a.tenant)
	if err != nil {
		return 0, err
	}
	request, err := http.NewRequest(http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	for name, values := range target.Header {
		request.Header[name] = values
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := n.client.Do(request)
	if err != nil {
		return 0, errors.Unwrap(err) // without the URL, which contains a token
	}
	defer response.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(response.Body, maxEdit))
	return response.StatusCode, err
}

// purgeMessage is the body for a target of kind Purge.
type purgeMessage struct {
	Keys []string `json:"keys,omitempty"`
	Hard []string `json:"hard,omitempty"`
}

// message returns the body for a target.
func message(target Target, a announcement) any {
	if target.Kind == Purge {
		if a.hard {
			return purgeMessage{Keys: a.groups, Hard: a.items}
		}
		return purgeMessage{Keys: a.keys()}
	}
	return map[string]any{
		"data":    a.data,
		"webhook": map[string]string{"event": a.event, "target": target.URL},
	}
}

// address returns the target's URL for a tenant's edit.
func (t Target) address(tenant string) (string, error) {
	if t.TenantParameter == "" {
		return t.URL, nil
	}
	parsed, err := url.Parse(t.URL)
	if err != nil {
		return "", fmt.Errorf("target: %w", err)
	}
	query := parsed.Query()
	query.Set(t.TenantParameter, readToken(tenant))
	parsed.RawQuery = query.Encode()
	return parsed.String(), nil
}

// close delivers the queued announcements until ctx is done. Do not call
// announce afterwards.
func (n *notifier) close(ctx context.Context) error {
	for _, q := range n.queues {
		close(q.jobs)
	}
	done := make(chan struct{})
	go func() {
		n.busy.Wait()
		close(done)
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("announcements still waiting: %w", ctx.Err())
	}
}
