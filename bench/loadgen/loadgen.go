// Package loadgen requests one URL as fast as possible over a fixed number of
// HTTP/1.1 connections, and reports throughput and latencies.
//
// It exists because of delayed acknowledgements. Viceroy sends header and body
// of a response separately and without TCP_NODELAY, so its kernel delays the
// body until the header is acknowledged. An ordinary client's kernel delays the
// acknowledgement by up to 40 ms, and every program looks equally slow. This
// client sets TCP_QUICKACK before each read, which only exists on Linux; see
// [Comparable].
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

// Target is the URL to request.
type Target struct {
	Address string // host and port
	Path    string // with the query, percent-encoded
	// Body is the expected size of the response in bytes; any other size is an
	// error.
	Body int
}

// Result is the result of a run.
type Result struct {
	Requests int
	Elapsed  time.Duration
	P50, P99 time.Duration // from the first byte sent to the last byte received
}

// PerSecond returns the throughput in requests per second.
func (r Result) PerSecond() float64 { return float64(r.Requests) / r.Elapsed.Seconds() }

// Median returns the median of values, which it sorts; for an even number of
// values, the lower of the two in the middle.
func Median(values []float64) float64 {
	slices.Sort(values)
	return values[(len(values)-1)/2]
}

// Run sends requests to target over the given number of connections for the
// given time. It stops at the first error: a status other than 200, another
// size, or a broken connection.
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

// quantile returns the value that the given percentage of values does not
// exceed.
func quantile(sorted []time.Duration, percent int) time.Duration {
	return sorted[(len(sorted)*percent+99)/100-1]
}

// ask sends one request after the other on one connection until ctx ends. It
// still waits for the last response.
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
