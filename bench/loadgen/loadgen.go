// Package loadgen asks one URL as fast as its answers come, over a fixed number
// of HTTP/1.1 connections, and reports throughput and latencies.
//
// It exists because of delayed acknowledgements. Viceroy sends an answer's head
// and body apart and without TCP_NODELAY, so its kernel holds the body back
// until the head is acknowledged, and an ordinary client's kernel delays that
// by up to 40 ms: every program then looks equally slow. This client sets
// TCP_QUICKACK before each read, which Linux alone offers; see [Comparable].
package loadgen

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"
)

// Target is what to ask.
type Target struct {
	Address string // host and port
	Path    string // with the query, percent-encoded
	// Body is the answer's size in bytes; an answer of another size is an
	// error, because it is not the answer that is to be measured.
	Body int
}

// Result is what a run measured.
type Result struct {
	Requests int
	Elapsed  time.Duration
	P50, P99 time.Duration // from the request's first byte out to the answer's last byte in
}

// PerSecond returns the throughput in requests a second.
func (r Result) PerSecond() float64 { return float64(r.Requests) / r.Elapsed.Seconds() }

// Run asks target over so many connections for the given time. It stops at the
// first error: a status other than 200, another size, a broken connection.
func Run(ctx context.Context, target Target, connections int, duration time.Duration) (Result, error) {
	ctx, cancel := context.WithTimeout(ctx, duration)
	defer cancel()
	type outcome struct {
		latencies []time.Duration
		err       error
	}
	outcomes := make(chan outcome, connections)
	begun := time.Now()
	for range connections {
		go func() {
			latencies, err := ask(ctx, target)
			if err != nil {
				cancel()
			}
			outcomes <- outcome{latencies, err}
		}()
	}
	var all []time.Duration
	var errs []error
	for range connections {
		o := <-outcomes
		all = append(all, o.latencies...)
		errs = append(errs, o.err)
	}
	elapsed := time.Since(begun)
	if err := errors.Join(errs...); err != nil {
		return Result{}, fmt.Errorf("load on %s: %w", target.Address, err)
	}
	if len(all) == 0 {
		return Result{}, fmt.Errorf("load on %s: no answer within %v", target.Address, duration)
	}
	slices.Sort(all)
	return Result{Requests: len(all), Elapsed: elapsed, P50: quantile(all, 50), P99: quantile(all, 99)}, nil
}

// quantile returns the value that so many percent of the sorted ones do not
// exceed.
func quantile(sorted []time.Duration, percent int) time.Duration {
	return sorted[(len(sorted)*percent+99)/100-1]
}

// ask sends one request after the other on one connection until ctx ends; the
// answer that is then on its way is still waited for.
func ask(ctx context.Context, target Target) ([]time.Duration, error) {
	connection, err := net.Dial("tcp", target.Address)
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	quick, err := quickAcks(connection)
	if err != nil {
		return nil, err
	}
	reader := bufio.NewReaderSize(quick, 64<<10)
	request := []byte("GET " + target.Path + " HTTP/1.1\r\nHost: " + target.Address + "\r\n\r\n")

	var latencies []time.Duration
	for ctx.Err() == nil {
		begun := time.Now()
		if _, err := connection.Write(request); err != nil {
			return nil, err
		}
		size, err := readAnswer(reader)
		if err != nil {
			return nil, err
		}
		if size != target.Body {
			return nil, fmt.Errorf("answer of %d bytes, want %d", size, target.Body)
		}
		latencies = append(latencies, time.Since(begun))
	}
	return latencies, nil
}
