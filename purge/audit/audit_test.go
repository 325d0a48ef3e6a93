package audit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"larder/corecache"
	"larder/corecache/coremodel"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// bed is a trail with its lines and its log.
type bed struct {
	*Trail
	lines  lines
	logged []string
	cache  *coremodel.Cache
}

// lines is a log endpoint, which ends each line itself.
type lines struct{ bytes.Buffer }

// open returns the log endpoint.
func (b *bed) open() io.Writer { return &b.lines }

func (l *lines) Write(line []byte) (int, error) {
	l.WriteString(string(line) + "\n")
	return len(line), nil
}

func newBed(t *testing.T) *bed {
	b := &bed{cache: coremodel.New(func() time.Time { return now })}
	b.Trail = &Trail{Lines: b.open, Cache: b.cache, Log: func(format string, args ...any) {
		b.logged = append(b.logged, fmt.Sprintf(format, args...))
	}}
	t.Cleanup(func() {
		if n := b.cache.Open(); n != 0 {
			t.Errorf("%d handles are still open", n)
		}
	})
	return b
}

// recent returns the IDs of the latest purges.
func (b *bed) recent(t *testing.T) []string {
	t.Helper()
	records, err := b.Recent()
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, text := range records {
		var r Record
		if err := json.Unmarshal(text, &r); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.ID)
	}
	return ids
}

func TestARecordIsOneLineOfJSON(t *testing.T) {
	b := newBed(t)
	b.Record(Record{Time: now, ID: "a1", Source: Endpoint, Token: "ci", Result: OK, Tenants: []string{"anonymous"}, Soft: true, Keys: []string{"post:a\nb", "<posts>"}, Hard: []string{"post:c"}})
	const want = `{"time":"2026-11-23T12:00:00Z","id":"a1","source":"endpoint","token":"ci","result":"ok","tenants":["anonymous"],"soft":true,"keys":["post:a\nb","\u003cposts\u003e"],"hard":["post:c"]}` + "\n"
	if got := b.lines.String(); got != want {
		t.Errorf("the line is\n%s, want\n%s", got, want)
	}
	if got := b.recent(t); !slices.Equal(got, []string{"a1"}) || len(b.logged) > 0 {
		t.Errorf("the latest are %q, the log has %q", got, b.logged)
	}
}

func TestThePOPRemembersItsLatestPurgesInOrder(t *testing.T) {
	b := newBed(t)
	if got := b.recent(t); len(got) != 0 {
		t.Errorf("before any purge: %q", got)
	}
	var want []string
	for i := range 2*maxRecent + 1 {
		id := fmt.Sprint("id", i)
		b.Record(Record{ID: id, Result: OK})
		want = append([]string{id}, want...)
		if got := b.recent(t); !slices.Equal(got, want[:min(len(want), maxRecent)]) {
			t.Fatalf("after %d purges the latest are %q", i+1, got)
		}
	}
	if got := strings.Count(b.lines.String(), "\n"); got != 2*maxRecent+1 {
		t.Errorf("%d lines were written", got)
	}
}

func TestWhatASenderMayMakeLongIsCut(t *testing.T) {
	b := newBed(t)
	var keys []string
	for i := range 5000 {
		keys = append(keys, strings.Repeat("ü", 500)+fmt.Sprint(i))
	}
	for range maxRecent {
		b.Record(Record{ID: "a", Keys: keys, Hard: keys[:3], Tenants: keys, URL: "/" + keys[0]})
	}
	line, _, _ := strings.Cut(b.lines.String(), "\n")
	if len(line) > 8<<10 || !utf8.ValidString(line) {
		t.Errorf("a line has %d bytes", len(line))
	}
	var r Record
	if err := json.Unmarshal([]byte(line), &r); err != nil {
		t.Fatal(err)
	}
	if r.Named != 5003 || len(r.Keys) != maxListed || len(r.Hard) != 3 || len(r.Tenants) != maxListed {
		t.Errorf("it names %d, %d and %d of %d", len(r.Keys), len(r.Hard), len(r.Tenants), r.Named)
	}
	for _, text := range append(r.Keys, r.URL) {
		if len(text) > maxText+len("…") || !strings.HasSuffix(text, "…") || strings.ContainsRune(text, utf8.RuneError) {
			t.Errorf("it has the text %q", text)
		}
	}
	if got := len(b.recent(t)); got != maxRecent {
		t.Errorf("%d are remembered", got)
	}
}

func TestAFewKeysAreNotCounted(t *testing.T) {
	b := newBed(t)
	b.Record(Record{ID: "a", Keys: slices.Repeat([]string{"k"}, maxListed)})
	if strings.Contains(b.lines.String(), "named") {
		t.Errorf("the line is %s", b.lines.String())
	}
}

func TestAnObjectOfAnotherFormIsReplaced(t *testing.T) {
	b := newBed(t)
	w, err := b.cache.Insert(recentKey, corecache.WriteOptions{TTL: time.Hour})
	if err == nil {
		_, err = w.Write([]byte("no JSON\n{\"id\":\"a\"}\n[cut off"))
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	if got := b.recent(t); !slices.Equal(got, []string{"a"}) {
		t.Errorf("the latest are %q", got)
	}
	b.Record(Record{ID: "b"})
	if got := b.recent(t); !slices.Equal(got, []string{"b", "a"}) {
		t.Errorf("the latest are %q", got)
	}
}

var errBroken = errors.New("broken")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

type brokenCache struct{ Cache }

func (brokenCache) Lookup([]byte, corecache.LookupOptions) (corecache.Found, error) {
	return nil, errBroken
}

func TestWhatFailsIsLoggedAndTheRestIsDone(t *testing.T) {
	b := newBed(t)
	b.Lines = func() io.Writer { return brokenWriter{} }
	b.Record(Record{ID: "a"})
	if got := b.recent(t); !slices.Equal(got, []string{"a"}) {
		t.Errorf("without an endpoint the latest are %q", got)
	}
	b.Lines, b.Cache = b.open, brokenCache{}
	b.Record(Record{ID: "b"})
	if !strings.Contains(b.lines.String(), `"b"`) {
		t.Errorf("without a cache the lines are %q", b.lines.String())
	}
	if _, err := b.Recent(); !errors.Is(err, errBroken) {
		t.Errorf("the latest of a broken cache: %v", err)
	}
	want := []string{"write the audit line of a purge: broken", "remember a purge for the status: broken"}
	if !slices.Equal(b.logged, want) {
		t.Errorf("the log has %q", b.logged)
	}
}

func TestWithoutATrailNothingIsRecorded(t *testing.T) {
	var none *Trail
	none.Record(Record{ID: "a"})
	if got, err := none.Recent(); got != nil || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}
