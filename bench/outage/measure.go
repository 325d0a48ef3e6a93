package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"larder/bench/loadgen"
	"larder/internal/local"
)

const (
	freshPath  = "/fresh/item/"
	stalePath  = "/stale/item/"
	behindPath = "/behind/item/"
	// opening is how long the struck edge is asked before anything counts:
	// until its circuits have opened.
	opening = 8 * time.Second
	// openers are the entries that are asked for then.
	openers = 8
)

func openerPath(i int) string { return "/stale/opener-" + strconv.Itoa(i) + "/" }

// subject is a kind of request that is measured.
type subject struct {
	name   string
	target loadgen.Target
}

func (b *bed) subjects() []subject {
	return []subject{
		{"fresh entry, origin sound", target(b.calm, freshPath)},
		{"fresh entry, origins hang", target(b.struck, freshPath)},
		{"stale entry, origins hang", target(b.struck, stalePath)},
		{"entry in stale-while-revalidate, origins hang", target(b.struck, behindPath)},
	}
}

// measure runs everything.
func (b *bed) measure(ctx context.Context, out io.Writer, rounds int, each time.Duration, requests int) (*report, error) {
	for _, e := range []*local.Edge{b.calm, b.struck} {
		if err := fill(ctx, e); err != nil {
			return nil, err
		}
	}
	fmt.Fprintf(out, "the outage begins; waiting %v for circuits to open\n", opening)
	b.broken.hangs.Store(true)
	before := b.broken.fetches.Load()
	if err := b.open(ctx); err != nil {
		return nil, err
	}
	r := &report{Opening: b.broken.fetches.Load() - before}

	before = b.broken.fetches.Load()
	began := time.Now()
	for _, connections := range []int{1, 8} {
		fmt.Fprintf(out, "measuring with %d connections: %d rounds, %v each\n", connections, rounds, each)
		all := b.subjects()
		results := make([][]loadgen.Result, len(all))
		for round := range rounds {
			for turn := range all {
				i := (round + turn) % len(all)
				result, err := loadgen.Run(ctx, all[i].target, connections, each)
				if err != nil {
					return nil, fmt.Errorf("%s: %w", all[i].name, err)
				}
				results[i] = append(results[i], result)
			}
		}
		for i, s := range all {
			r.Rows = append(r.Rows, newRow(s.name, connections, results[i], results[0]))
		}
	}
	r.PerMinute = float64(b.broken.fetches.Load()-before) / time.Since(began).Minutes()

	for _, edge := range []struct {
		name string
		*local.Edge
		path string
	}{{"fresh hits, origin sound", b.calm, freshPath}, {"stale hits, origins hang", b.struck, stalePath}} {
		fmt.Fprintf(out, "memory: %d requests, %s\n", requests, edge.name)
		readings, err := memory(ctx, edge.Edge, edge.path, requests)
		if err != nil {
			return nil, err
		}
		r.Memory = append(r.Memory, memoryRow{edge.name, readings})
	}
	return r, nil
}

// open asks for many stale entries at once, so that enough fetches fail soon to
// open the circuits.
func (b *bed) open(ctx context.Context) error {
	var group sync.WaitGroup
	errs := make([]error, openers)
	for i := range errs {
		group.Go(func() {
			_, errs[i] = loadgen.Run(ctx, target(b.struck, openerPath(i)), 1, opening)
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// memory reads a Viceroy's memory after a tenth, half and all of the requests.
func memory(ctx context.Context, e *local.Edge, path string, requests int) ([]reading, error) {
	var readings []reading
	done := 0
	for _, goal := range []int{requests / 10, requests / 2, requests} {
		for done < goal {
			result, err := loadgen.Run(ctx, target(e, path), 8, time.Second)
			if err != nil {
				return nil, err
			}
			done += result.Requests
		}
		rss, err := resident(e.PID())
		if err != nil {
			return nil, err
		}
		readings = append(readings, reading{done, rss})
	}
	return readings, nil
}

// resident returns a process's resident memory in MiB, where the system tells
// it (Linux).
func resident(pid int) (float64, error) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, fmt.Errorf("read Viceroy's memory: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("read Viceroy's memory: no VmRSS of process %d", pid)
}

// median of an odd number of values; of an even one, the lower of the two in
// the middle.
func median(values []float64) float64 {
	slices.Sort(values)
	return values[(len(values)-1)/2]
}
