package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// origin has a page and a list for each cell, under /pages/CELL/ and
// /lists/CELL/. It takes its time for each answer.
type origin struct {
	latency     atomic.Int64 // time.Duration
	page, list  atomic.Int64 // requests since the last reset
	atOnce, now [2]atomic.Int64
}

func (o *origin) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	kind, count := 0, &o.page
	if strings.HasPrefix(r.URL.Path, "/lists/") {
		kind, count = 1, &o.list
	}
	count.Add(1)
	now := o.now[kind].Add(1)
	defer o.now[kind].Add(-1)
	for most := o.atOnce[kind].Load(); now > most && !o.atOnce[kind].CompareAndSwap(most, now); {
		most = o.atOnce[kind].Load()
	}
	select {
	case <-time.After(time.Duration(o.latency.Load())):
	case <-r.Context().Done():
		return
	}
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, body(r.URL.Path)) //nolint:errcheck // an edge that is gone needs no answer
}

// reset begins a cell.
func (o *origin) reset(latency time.Duration) {
	o.latency.Store(int64(latency))
	o.page.Store(0)
	o.list.Store(0)
	for i := range o.atOnce {
		o.atOnce[i].Store(0)
	}
}

// listed is how many items a list shows.
const listed = 20

func body(path string) string {
	cell := strings.Trim(path[strings.LastIndex(strings.TrimSuffix(path, "/"), "/"):], "/")
	if !strings.HasPrefix(path, "/lists/") {
		return item(cell)
	}
	items := make([]string, listed)
	for i := range items {
		items[i] = item(fmt.Sprintf("%s-%d", cell, i))
	}
	return `{"data":[` + strings.Join(items, ",") + `]}`
}

func item(slug string) string {
	return fmt.Sprintf(`{"slug":%q,"text":%q}`, slug, strings.Repeat("Keeps well in a cool and dry place. ", 10))
}
