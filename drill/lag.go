package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"larder/internal/local"
)

const (
	// replicaLag is how long the origin goes on showing the content from before
	// an edit. It must be less than purgeRepeat.
	replicaLag = 700 * time.Millisecond
	// purgeRepeat is how long after its answer a purge is repeated.
	purgeRepeat = time.Second
	// afterRepeat is what a busy machine may add to that.
	afterRepeat = 2 * time.Second
	// lagReaderRest makes the search long enough for many repeats, and
	// lagWriterRest leaves an item unedited long enough for old content to show.
	lagReaderRest = 50 * time.Millisecond
	lagWriterRest = time.Second
	// vaultReading is how long customers read after the last purge, before the
	// cache is lost: the vault learns of a copy from hits seconds after its
	// fetch too.
	vaultReading = 20 * time.Second
)

// drillLag edits and deletes items at an origin whose replicas lag behind its
// purges. With repeated purges, nothing old is served once the last repeat is
// over, and nothing old comes out of the vault; without them, the same search
// must find some.
func drillLag(ctx context.Context, out io.Writer, config, dir string, reads int) error {
	fmt.Fprintf(out, "lag: the origin shows an edit %v after its purge; \"without\" is without the repeat after %v\n", replicaLag, purgeRepeat)
	repeated, err := buildRepeating(ctx, config, dir, purgeRepeat.String())
	if err != nil {
		return err
	}
	once, err := buildRepeating(ctx, config, dir)
	if err != nil {
		return err
	}
	cached := comparison{
		with:    func() (*world, error) { return newWorld(ctx, repeated, usual) },
		without: func() (*world, error) { return newWorld(ctx, once, usual) },
		shelf: func() *shelf {
			return &shelf{lag: replicaLag, settle: purgeRepeat + afterRepeat, readerRest: lagReaderRest, writerRest: lagWriterRest}
		},
		reads: reads, readsWithout: reads,
	}.run(ctx, out)
	return errors.Join(cached, drillLagVault(ctx, out, repeated, once))
}

// drillLagVault compares what comes out of the vault with repeated purges and
// without.
func drillLagVault(ctx context.Context, out io.Writer, repeated, once string) error {
	fmt.Fprintln(out, "  then items are edited and deleted, the cache is lost and the origins die: what comes out of the vault?")
	var protected, open vaulted
	var errs [2]error
	var both sync.WaitGroup
	both.Go(func() { protected, errs[0] = fromVault(ctx, repeated) })
	both.Go(func() { open, errs[1] = fromVault(ctx, once) })
	both.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	fmt.Fprintf(out, "  with it     %v\n  without it  %v\n", protected, open)
	switch {
	case len(protected.wrong) > 0:
		return fmt.Errorf("%w:\n  %s", errWrong, strings.Join(protected.wrong, "\n  "))
	case len(open.wrong) == 0:
		return errBlind
	}
	return nil
}

// buildRepeating builds Larder with these pauses in purge.repeat.
func buildRepeating(ctx context.Context, config, dir string, pauses ...string) (string, error) {
	dir, err := os.MkdirTemp(dir, "lag-")
	if err != nil {
		return "", err
	}
	config, err = changedConfig(config, dir, func(members map[string]any) {
		members["purge"] = map[string]any{"repeat": append([]string{}, pauses...)}
	})
	if err != nil {
		return "", err
	}
	return local.Build(ctx, local.BuildOptions{Dir: filepath.Dir(config), ConfigFile: config})
}

// replica is an origin whose items are edited or deleted, and which shows that
// later: changes are when, in nanoseconds since 1970, or zero.
type replica struct{ changes [vaultItems]atomic.Int64 }

// change edits or deletes an item, which shows after the lag.
func (r *replica) change(i int) { r.changes[i].Store(time.Now().Add(replicaLag).UnixNano()) }

func (r *replica) shows(i int) bool {
	at := r.changes[i].Load()
	return at > 0 && time.Now().UnixNano() >= at
}

// vaultItems are half edited, half deleted.
const vaultItems = 20

func deleted(i int) bool { return i%2 == 1 }

func vaultPath(i int) string { return fmt.Sprintf("/long/vault-%d/", i) }

func (r *replica) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	var i int
	if _, err := fmt.Sscanf(q.URL.Path, "/long/vault-%d/", &i); err != nil || i < 0 || i >= vaultItems || r.shows(i) && deleted(i) {
		http.NotFound(w, q)
		return
	}
	edition := int64(1)
	if r.shows(i) {
		edition = 2
	}
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, item(q.URL.Path, edition)) //nolint:errcheck // the connection is gone
}

// vaulted is what the vault had in the end.
type vaulted struct {
	current, superseded, absent int
	// wrong are deleted items that came back, old content that is not marked as
	// superseded, and edited items without any copy.
	wrong []string
}

func (v vaulted) String() string {
	return fmt.Sprintf("of %d items %d are current, %d are marked as superseded, %d are absent: %d are wrong",
		vaultItems, v.current, v.superseded, v.absent, len(v.wrong))
}

// fromVault changes all items while customers read them, kills everything but
// the vault, and reads what is left.
func fromVault(ctx context.Context, wasm string) (v vaulted, err error) {
	w, err := newWorld(ctx, wasm, usual)
	if err != nil {
		return v, err
	}
	defer w.close()
	r := &replica{}
	w.primary.does(r.ServeHTTP)
	w.standby.does(r.ServeHTTP)
	for i := range vaultItems {
		if got, err := w.get(ctx, vaultPath(i)); err != nil || got.status != http.StatusOK {
			return v, fmt.Errorf("%s: %v %w", vaultPath(i), got, err)
		}
	}
	if !pause(ctx, 0.5) { // copies are written behind the answers
		return v, context.Cause(ctx)
	}

	reading, done := context.WithCancel(ctx)
	defer done()
	var readers sync.WaitGroup
	for range 4 {
		readers.Go(func() {
			for reading.Err() == nil {
				_, _ = w.get(reading, vaultPath(rand.IntN(vaultItems))) // what they get now may be old
				pause(reading, 0.01)
			}
		})
	}
	for i := range vaultItems {
		r.change(i)
		if err := w.purge(ctx, fmt.Sprintf(`{"keys":["item:vault-%d"],"soft":%t}`, i, !deleted(i))); err != nil {
			return v, err
		}
	}
	pause(ctx, vaultReading.Seconds())
	done()
	readers.Wait()

	w.primary.refuse()
	w.standby.refuse()
	if err := w.purge(ctx, `{"all":true,"soft":false}`); err != nil {
		return v, err
	}
	for i := range vaultItems {
		got, err := w.get(ctx, vaultPath(i))
		if err != nil {
			return v, err
		}
		v.add(i, got)
	}
	return v, nil
}

func (v *vaulted) add(i int, got answer) {
	superseded := strings.Contains(got.header.Get("Cache-Status"), "vault-superseded")
	switch {
	case deleted(i) && got.status == http.StatusServiceUnavailable:
		v.absent++
	case !deleted(i) && got.status == http.StatusOK && edition(got.body) == 2:
		v.current++
	case !deleted(i) && got.status == http.StatusOK && superseded:
		v.superseded++
	default:
		v.wrong = append(v.wrong, fmt.Sprintf("%s (deleted: %t) is %v", vaultPath(i), deleted(i), got))
	}
}
