package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
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
	// opening is how long requests go to the failing edge before anything is
	// measured, so that its circuits open.
	opening = 8 * time.Second
	// openers is the number of entries requested in that time.
	openers = 8
)

func openerPath(i int) string { return "/stale/opener-" + strconv.Itoa(i) + "/" }

// subject is a kind of request to measure.
type subject struct {
	name   string
	target loadgen.Target
}

func (b *bed) subjects() []subject {
	return []subject{
		{"fresh entry, origin healthy", target(b.healthyEdge, freshPath)},
		{"fresh entry, origins hang", target(b.failingEdge, freshPath)},
		{"stale entry, origins hang", target(b.failingEdge, stalePath)},
		{"entry in stale-while-revalidate, origins hang", target(b.failingEdge, behindPath)},
	}
}

// measure runs everything.
func (b *bed) measure(ctx context.Context, out io.Writer, rounds int, each time.Duration, requests int) (*report, error) {
	for _, e := range []*local.Edge{b.healthyEdge, b.failingEdge} {
		if err := fill(ctx, e); err != nil {
			return nil, err
		}
	}
	fmt.Fprintf(out, "the outage begins; waiting %v for circuits to open\n", opening)
	b.hanging.hangs.Store(true)
	before := b.hanging.fetches.Load()
	if err := b.open(ctx); err != nil {
		return nil, err
	}
	r := &report{Opening: b.hanging.fetches.Load() - before}

	before = b.hanging.fetches.Load()
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
	r.PerMinute = float64(b.hanging.fetches.Load()-before) / time.Since(began).Minutes()

	for _, edge := range []struct {
		name string
		*local.Edge
		path string
	}{{"fresh hits, origin healthy", b.healthyEdge, freshPath}, {"stale hits, origins hang", b.failingEdge, stalePath}} {
		fmt.Fprintf(out, "memory: %d requests, %s\n", requests, edge.name)
		readings, err := memory(ctx, edge.Edge, edge.path, requests)
		if err != nil {
			return nil, err
		}
		r.Memory = append(r.Memory, memoryRow{edge.name, readings})
	}
	return r, nil
}

// open requests several stale entries concurrently, so that enough fetches fail
// to open the circuits.
func (b *bed) open(ctx context.Context) error {
	var group sync.WaitGroup
	errs := make([]error, openers)
	for i := range errs {
		group.Go(func() {
			_, errs[i] = loadgen.Run(ctx, target(b.failingEdge, openerPath(i)), 1, opening)
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// memory reads Viceroy's memory after a tenth, half and all of the requests.
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

// resident returns a process's resident memory in MiB (Linux only).
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
