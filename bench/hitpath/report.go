package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"larder/bench/hello"
	"larder/bench/loadgen"
)

// report is the result of a run, as stored in results/hitpath.json.
type report struct {
	Command     string       `json:"command"`
	Date        string       `json:"date"` // RFC 3339, UTC
	Machine     machine      `json:"machine"`
	Comparable  bool         `json:"comparable"` // whether the client set TCP_QUICKACK
	BodyBytes   int          `json:"body_bytes"`
	Programs    []subject    `json:"programs"`
	Figures     []figures    `json:"figures"`
	Comparisons []comparison `json:"comparisons"`
}

// figures are the medians over the rounds of one program.
type figures struct {
	Program     string  `json:"program"`
	Connections int     `json:"connections"`
	PerSecond   float64 `json:"requests_per_second"`
	P50         float64 `json:"p50_ms"`
	P99         float64 `json:"p99_ms"`
}

// comparison compares Larder's throughput with another program's.
type comparison struct {
	Against     string  `json:"against"`
	Connections int     `json:"connections"`
	Ratio       float64 `json:"ratio"`
	Aim         float64 `json:"aim"` // the minimum to reach
}

// aims returns the ratios to reach. A prototype without any policy reached 0.87
// and 3.3.
func aims() map[string]float64 {
	return map[string]float64{serveMany: 0.8, serveFunc: 2.8}
}

func newReport(ctx context.Context, subjects []subject, all []series, rounds int, each time.Duration) (report, error) {
	machine, err := thisMachine(ctx)
	if err != nil {
		return report{}, err
	}
	r := report{
		Command:    fmt.Sprintf("go run ./bench/hitpath -rounds %d -each %v", rounds, each),
		Date:       time.Now().UTC().Format(time.RFC3339),
		Machine:    machine,
		Comparable: loadgen.Comparable,
		BodyBytes:  hello.BodySize,
		Programs:   subjects,
	}
	for _, s := range all {
		r.Figures = append(r.Figures, figures{
			Program:     s.subject,
			Connections: s.connections,
			PerSecond:   s.median(loadgen.Result.PerSecond),
			P50:         s.median(func(result loadgen.Result) float64 { return milliseconds(result.P50) }),
			P99:         s.median(func(result loadgen.Result) float64 { return milliseconds(result.P99) }),
		})
	}
	for _, own := range all {
		if own.subject != larder {
			continue
		}
		for _, other := range all {
			if other.subject == larder || other.connections != own.connections {
				continue
			}
			r.Comparisons = append(r.Comparisons, comparison{
				Against:     other.subject,
				Connections: own.connections,
				Ratio:       own.ratio(other),
				Aim:         aims()[other.subject],
			})
		}
	}
	return r, nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// markdown returns the report as a page.
func (r report) markdown() string {
	var page strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&page, format+"\n", args...) }

	line("# What a hit costs\n")
	line("Made by `%s` on %s: %s, %d cores; %s, compute-sdk-go %s, %s.",
		r.Command, r.Date, r.Machine.CPU, r.Machine.Cores, r.Machine.Go, r.Machine.SDK, r.Machine.Viceroy)
	line("Every answer has %d bytes. Figures are medians over the rounds; a ratio is the median of the rounds' own ratios.", r.BodyBytes)
	if !r.Comparable {
		line("\n**Not comparable:** made without TCP_QUICKACK, so that delayed acknowledgements hide the programs.")
	}
	line("\n| program | connections | requests/s | p50 ms | p99 ms |")
	line("|---|--:|--:|--:|--:|")
	for _, f := range r.Figures {
		line("| %s | %d | %.0f | %.2f | %.2f |", f.Program, f.Connections, f.PerSecond, f.P50, f.P99)
	}
	line("\n| Larder's throughput against | connections | ratio | aim |")
	line("|---|--:|--:|--:|")
	for _, c := range r.Comparisons {
		line("| %s | %d | %.2f | %.1f |", c.Against, c.Connections, c.Ratio, c.Aim)
	}
	line("\n| Wasm | bytes | gzip |")
	line("|---|--:|--:|")
	for _, p := range r.Programs {
		line("| %s | %d | %d |", p.Name, p.Raw, p.Gzip)
	}
	return page.String()
}

// write writes the report to dir, as Markdown and as JSON.
func (r report) write(dir string) error {
	encoded, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(
		os.MkdirAll(dir, 0o755),
		os.WriteFile(filepath.Join(dir, "hitpath.json"), append(encoded, '\n'), 0o644),
		os.WriteFile(filepath.Join(dir, "hitpath.md"), []byte(r.markdown()), 0o644),
	)
}
