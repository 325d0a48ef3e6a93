package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"larder/config"
	"larder/resource"
	"larder/surrogate"
)

// answer is a response to explain the keys of.
type answer struct {
	status int
	// header has the lines of the response that say what the edge did with it.
	header []string
	body   []byte
	// tooLarge says that the body is longer than what is read for keys.
	tooLarge bool
}

// readAnswer reads the body of a 200 from a file, up to the limit.
func readAnswer(file string, std streams, limit int64) (*answer, error) {
	in := std.in
	if file != "-" {
		opened, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("read the body: %w", err)
		}
		defer opened.Close()
		in = opened
	}
	return (&answer{status: http.StatusOK}).read(in, limit)
}

// requestTime is how long a live request may take.
const requestTime = time.Minute

// request asks a running edge.
func request(ctx context.Context, url string, header http.Header, limit int64) (*answer, error) {
	ctx, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil || r.URL.Host == "" {
		return nil, &userError{fmt.Sprintf("%q is not the address of an edge", url), "give the whole URL, such as https://cdn.example.com/v2/posts/"}
	}
	r.Header = header
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, fmt.Errorf("request the URL: %w", err)
	}
	defer response.Body.Close()
	a := &answer{status: response.StatusCode}
	for _, name := range []string{"Cache-Status", "Age", "Cache-Control"} {
		for _, value := range response.Header.Values(name) {
			a.header = append(a.header, strings.ToLower(name)+": "+value)
		}
	}
	return a.read(response.Body, limit)
}

// parseHeader reads header lines.
func parseHeader(lines []string) (http.Header, error) {
	header := http.Header{}
	for _, line := range lines {
		name, value, ok := strings.Cut(line, ":")
		if !ok {
			return nil, &userError{fmt.Sprintf("%q is not a header line", line), "write it as 'Name: value'"}
		}
		header.Add(name, strings.TrimSpace(value))
	}
	return header, nil
}

func (a *answer) read(body io.Reader, limit int64) (*answer, error) {
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read the body: %w", err)
	}
	if a.body = data; int64(len(data)) > limit {
		a.tooLarge = true
	}
	return a, nil
}

// explain says what the answer was, and which keys each rule gives it.
func (a *answer) explain(route *config.Route, asked *resource.Resource) string {
	if a == nil {
		return ""
	}
	var b strings.Builder
	if len(a.header) > 0 {
		fmt.Fprintf(&b, "answers %d\n", a.status)
		for _, line := range a.header {
			fmt.Fprintf(&b, "        %s\n", line)
		}
	}
	if route.Items.Empty() {
		return b.String()
	}
	if a.status != http.StatusOK && a.status != http.StatusNonAuthoritativeInfo {
		fmt.Fprintf(&b, "items   none: only those of a 200 or 203 have keys\n")
		return b.String()
	}
	path := func(variable string) (string, bool) { return asked.Variable(route, variable) }
	fmt.Fprintf(&b, "items   %s\n", a.summary(route, asked, path))
	for _, rule := range route.Items {
		given, _ := surrogate.Rules{rule}.Keys(a.body, path) // errors are in the summary
		each := rule.Each
		if each == "" {
			each = `""`
		}
		fmt.Fprintf(&b, "        %s: %s\n", each, listed(given))
	}
	return b.String()
}

// summary says how many keys the items have, and what does not fit.
func (a *answer) summary(route *config.Route, asked *resource.Resource, path func(string) (string, bool)) string {
	if a.tooLarge {
		return "every bucket key, so every purge refreshes it: the body is larger than limits.tagged_body"
	}
	given, err := route.Items.Keys(a.body, path)
	switch {
	case errors.Is(err, surrogate.ErrNotJSON) && route.Lifetimes.TTL.Valid:
		return "none: the body is not JSON, so the response counts as a failure"
	case errors.Is(err, surrogate.ErrNotJSON):
		return "none: the body is not JSON, so it is not stored"
	case errors.Is(err, surrogate.ErrNoKeys):
		return "every bucket key, so every purge refreshes it: no item has a key"
	case err != nil:
		return "every bucket key, so every purge refreshes it: " + err.Error()
	}
	set := surrogate.NewSet("")
	asked.AddKeys(set, route)
	set.Add(given...)
	distinct := slices.Compact(slices.Sorted(slices.Values(given)))
	folded := 0
	for _, key := range distinct {
		if !slices.Contains(set.Keys(), surrogate.Key(key)) {
			folded++
		}
	}
	text := count(len(distinct), "key")
	if folded > 0 {
		text += fmt.Sprintf("; %d of them do not fit, and are folded into buckets", folded)
	}
	return text
}

// listed shows the first of a rule's keys.
func listed(keys []string) string {
	const most = 20
	var shown []string
	for i, key := range keys {
		if !slices.Contains(keys[:i], key) {
			shown = append(shown, surrogate.Key(key))
		}
	}
	switch {
	case len(shown) == 0:
		return "none"
	case len(shown) > most:
		return strings.Join(shown[:most], " ") + fmt.Sprintf(" and %d more", len(shown)-most)
	}
	return strings.Join(shown, " ")
}
