package main

import (
	"fmt"
	"io"
)

// report prints the counts and the verdict, most important last, where a
// terminal shows it.
func report(out io.Writer, v verdict, t tally, recorded, run outcomes) {
	fmt.Fprintf(out, "required %v, optimal %v, check %v; Surrogate-Control %v\n",
		t.required, t.optimal, t.check, t.surrogate)
	if len(v.unrecorded) > 0 {
		fmt.Fprintf(out, "%d cases are not in the record\n", len(v.unrecorded))
	}
	for _, id := range v.stale {
		fmt.Fprintf(out, "passes, so remove it from exceptions.json: %s\n", id)
	}
	for _, id := range v.better {
		fmt.Fprintf(out, "better: %s (was %v)\n", id, recorded[id])
	}
	if len(v.better)+len(v.unrecorded) > 0 {
		fmt.Fprintln(out, "hint: go run ./conformance -update writes this to the record")
	}
	for _, id := range v.missing {
		fmt.Fprintf(out, "did not run: %s\n", id)
	}
	for _, id := range v.unexplained {
		fmt.Fprintf(out, "fails without a reason in exceptions.json: %s (%v)\n", id, run[id])
	}
	for _, id := range v.worse {
		fmt.Fprintf(out, "worse: %s (%v)\n", id, run[id])
	}
}
