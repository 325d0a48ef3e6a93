package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"larder/drill/kvfault"
	"larder/internal/local"
)

// customersPerCell send requests one after the other while a fault lasts.
const customersPerCell = 2

// drillFaults runs the table of faults and states.
func drillFaults(ctx context.Context, out io.Writer, wasm, config, dir string, load time.Duration) error {
	withKVFaults, err := buildChanged(ctx, withKVFaults, config, dir)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "faults: %d, each under load for %v, %d customers in each of %d states\n", len(faults()), load, customersPerCell, len(states))
	var cells []*cell
	var errs []error
	for at := range settingCount {
		wasm := wasm
		if at == brokenKV {
			wasm = withKVFaults
		}
		done, err := drillSetting(ctx, wasm, at, load)
		cells = append(cells, done...)
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return report(out, cells)
}

// drillSetting runs the faults of one setting.
func drillSetting(ctx context.Context, wasm string, at setting, load time.Duration) ([]*cell, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w, err := newWorld(ctx, wasm, at)
	if err != nil {
		return nil, err
	}
	defer w.close()
	var rows [][]*cell
	for _, f := range faults() {
		if f.at != at {
			continue
		}
		row := make([]*cell, len(states))
		for i, s := range states {
			row[i] = newCell(f, s)
		}
		rows = append(rows, row)
	}
	if err := w.prepare(ctx, rows); err != nil {
		return nil, fmt.Errorf("fill the cache: %w", err)
	}
	var all []*cell
	for _, row := range rows {
		if err := w.breakKV(row[0].fault.kv); err != nil {
			return nil, err
		}
		row[0].fault.begin(w.primary, w.standby)
		w.load(ctx, row, load)
		if err := w.recover(ctx, row); err != nil {
			return nil, fmt.Errorf("after %q: %w", row[0].fault.name, err)
		}
		all = append(all, row...)
	}
	return all, nil
}

// world is an edge and what is around it.
type world struct {
	*customers
	primary, standby *site
	edition          atomic.Int64
	// shield is where the edge sends its misses; nil without one. purges are
	// background work to wait for, such as purges that are yet to reach it.
	shield *customers
	purges sync.WaitGroup
	// kvFault is the file that says what is wrong with the KV Store; "" where
	// nothing can be.
	kvFault string
}

// makeWorld starts two healthy origins, and lets fill start the rest in front of
// them.
func makeWorld(fill func(w *world) error) (*world, error) {
	w := &world{}
	w.edition.Store(1)
	var err error
	if w.primary, err = newSite(&w.edition); err == nil {
		w.standby, err = newSite(&w.edition)
	}
	if err == nil {
		err = fill(w)
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// start starts an edge in front of the origins. edit, unless nil, may change
// Viceroy's manifest.
func (w *world) start(ctx context.Context, wasm string, edit func(server map[string]any)) (*customers, error) {
	edge, err := local.Start(ctx, local.Options{
		Wasm:     wasm,
		Backends: map[string]string{"primary": w.primary.url(), "standby": w.standby.url()},
		Edit:     edit,
	})
	if err != nil {
		return nil, err
	}
	return customersOf(edge), nil
}

// newWorld starts an edge while its origins are healthy.
func newWorld(ctx context.Context, wasm string, at setting) (*world, error) {
	return makeWorld(func(w *world) (err error) {
		var edit func(server map[string]any)
		switch at {
		case wrongTLS:
			url, err := untrusted(ctx)
			if err != nil {
				return err
			}
			edit = func(server map[string]any) {
				server["backends"].(map[string]any)["primary"].(map[string]any)["url"] = url
			}
		case withoutKV:
			edit = func(server map[string]any) { delete(server, "kv_stores") }
		case brokenKV:
			if err := w.giveKVFaults(); err != nil {
				return err
			}
			edit = func(server map[string]any) {
				server["config_stores"].(map[string]any)[kvfault.Store] = map[string]any{"format": "json", "file": w.kvFault}
			}
		}
		w.customers, err = w.start(ctx, wasm, edit)
		return err
	})
}

func (w *world) close() {
	for _, s := range []*site{w.primary, w.standby} {
		if s != nil {
			s.refuse()
		}
	}
	for _, c := range []*customers{w.customers, w.shield} {
		if c != nil {
			_ = c.edge.Close() // its folder is a temporary one
		}
	}
	if w.kvFault != "" {
		_ = os.Remove(w.kvFault) // likewise
	}
}

// giveKVFaults writes the file that can make the KV Store slow, or fail.
func (w *world) giveKVFaults() error {
	file, err := os.CreateTemp("", "larder-drill-kv-*.json")
	if err != nil {
		return err
	}
	w.kvFault = file.Name()
	return errors.Join(file.Close(), w.breakKV(""))
}

// breakKV sets what is wrong with the KV Store from now on. Viceroy reads the
// file for each lookup.
func (w *world) breakKV(fault string) error {
	if w.kvFault == "" {
		return nil
	}
	text, err := json.Marshal(map[string]string{kvfault.Entry: fault})
	if err != nil {
		return err
	}
	// So that half a file is never read.
	if err := os.WriteFile(w.kvFault+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(w.kvFault+".new", w.kvFault)
}

// prepare brings the POP into every state for every fault.
func (w *world) prepare(ctx context.Context, rows [][]*cell) error {
	fill := func(inVault bool) error {
		for _, row := range rows {
			for _, c := range row {
				if !c.state.hasCopy || c.state.inVault != inVault {
					continue
				}
				if got, err := w.get(ctx, c.path); err != nil || got.status != http.StatusOK {
					return fmt.Errorf("%s: %v %w", c.path, got, err)
				}
			}
		}
		return nil
	}
	if err := fill(true); err != nil {
		return err
	}
	// Copies are written behind the answers.
	if !pause(ctx, 0.5) {
		return context.Cause(ctx)
	}
	if err := w.purge(ctx, `{"all":true,"soft":false}`); err != nil {
		return err
	}
	if err := fill(false); err != nil {
		return err
	}
	for _, row := range rows {
		if err := w.purge(ctx, `{"keys":["`+row[2].key()+`"]}`); err != nil {
			return err
		}
	}
	if !pause(ctx, 1.1) { // the lifetime of the route "short"
		return context.Cause(ctx)
	}
	return nil
}

// load sends the customers' requests while a fault lasts.
func (w *world) load(ctx context.Context, row []*cell, during time.Duration) {
	began := time.Now()
	until := began.Add(during)
	var group sync.WaitGroup
	for _, c := range row {
		c.fetches = -w.fetchesOf(c)
		var mu sync.Mutex
		for range customersPerCell {
			group.Go(func() {
				for time.Now().Before(until) && ctx.Err() == nil {
					got, err := w.get(ctx, c.path)
					if err == nil {
						err = c.judge(got)
					}
					if err != nil {
						err = fmt.Errorf("%w; the end of the edge's log:\n%s", err, w.edge.Output())
					}
					mu.Lock()
					c.tally.add(got, err)
					mu.Unlock()
					pause(ctx, 0.005)
				}
			})
		}
	}
	group.Wait()
	for _, c := range row {
		c.fetches += w.fetchesOf(c)
		c.lasted = time.Since(began)
	}
}

func (w *world) fetchesOf(c *cell) int64 {
	return w.primary.requestsFor(c.path) + w.standby.requestsFor(c.path)
}

// recover ends a fault. It waits until the pages whose fetches failed are served
// as the origin has them now, and until each origin may be tried again if the
// other one fails.
func (w *world) recover(ctx context.Context, row []*cell) error {
	w.edition.Add(1)
	w.primary.heal()
	w.standby.heal()
	if err := errors.Join(w.primary.listen(), w.standby.listen(), w.breakKV("")); err != nil {
		return err
	}
	if row[0].fault.served {
		return nil // no fetch failed, and all answers are fresh
	}
	// Copies from the KV Store are served for five more seconds, so those states
	// are left out.
	for _, c := range []*cell{row[1], row[4]} {
		for tries := 0; ; tries++ {
			got, err := w.get(ctx, c.path)
			if err != nil {
				return err
			}
			if got.status == http.StatusOK && edition(got.body) == w.edition.Load() {
				break
			}
			if tries == 200 || !pause(ctx, 0.05) {
				return fmt.Errorf("the origins are healthy, but %s is not: %v", c.path, got)
			}
		}
	}
	if !pause(ctx, 0.15) { // larder.json's shortest cooldown, and some more
		return context.Cause(ctx)
	}
	return nil
}

// report prints the table, and returns an error if a cell failed.
func report(out io.Writer, cells []*cell) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "FAULT\tSTATE\tMUST GET\tANSWERS\tFAILURES\tP50\tP99\tAT ORIGINS/MIN")
	var failed []*cell
	total := 0
	for i, c := range cells {
		name := ""
		if i%len(states) == 0 {
			name = c.fault.name
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%v\t%v\t%.0f\n", name, c.state.name, c.want(), len(c.tally.took), c.tally.failures,
			c.tally.percentile(50).Round(time.Millisecond), c.tally.percentile(99).Round(time.Millisecond), c.perMinute())
		total += len(c.tally.took)
		if c.tally.failures > 0 || len(c.tally.took) == 0 {
			failed = append(failed, c)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	fmt.Fprintf(out, "%d answers in %d cells, %d cells failed\n", total, len(cells), len(failed))
	for _, c := range failed {
		fmt.Fprintf(out, "FAILED %s, %s: %s\n", c.fault.name, c.state.name, c.tally.first)
	}
	if len(failed) > 0 {
		return fmt.Errorf("%w in %d of %d cells", errWrong, len(failed), len(cells))
	}
	return nil
}
