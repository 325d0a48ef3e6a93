package attacks

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"text/tabwriter"
)

// attack is one case.
type attack struct {
	name   string
	edge   string
	origin behaviour
	steps  steps
}

// steps are requests in their order, and what must hold after each.
type steps []struct {
	send request
	want []check
}

// class is the attacks of one kind.
type class struct {
	name    string
	attacks []attack
}

var classes = []class{
	{"unkeyed input", unkeyed()},
	{"paths", paths()},
	{"methods", methods()},
	{"framing", framing()},
	{"tenants", tenants()},
	{"unsafe methods", unsafeMethods()},
	{"purge endpoint", purgeEndpoint()},
	{"Fastly's API", fastlyAPI()},
	{"webhooks", webhooks()},
	{"hostile bodies", bodies()},
	{"hostile responses", responses()},
	{"CORS", cors()},
	{"floods", floods()},
	{"internal fields and paths", internal()},
	{"shield", shield()},
}

const (
	// platformCPU is the guest's CPU time in milliseconds after which the
	// platform ends a request. The table marks what takes more.
	platformCPU = 50
	// maxCPU is where a case fails: on a slow machine, or beside other work, the
	// same request costs up to twice as much.
	maxCPU = 2 * platformCPU
)

// tries is how often a case is run whose CPU time is over the limit.
const tries = 5

func TestAttacks(t *testing.T) {
	total, ran, held := 0, 0, 0
	var table strings.Builder
	columns := tabwriter.NewWriter(&table, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(columns, "cases\theld\tworst guest CPU\t  class\n")
	for _, c := range classes {
		cases, ok, worst := 0, 0, 0
		for _, a := range c.attacks {
			t.Run(c.name+"/"+a.name, func(t *testing.T) {
				cases++
				failures, cpu := a.best()
				worst = max(worst, cpu)
				if len(failures) == 0 {
					ok++
				}
				for _, failure := range failures {
					t.Error(failure)
				}
			})
		}
		total, ran, held = total+len(c.attacks), ran+cases, held+ok
		if cases > 0 {
			mark := ""
			if worst > platformCPU {
				mark = fmt.Sprintf("over %d, ", platformCPU)
			}
			fmt.Fprintf(columns, "%d\t%d\t%s%d ms\t  %s\n", cases, ok, mark, worst, c.name)
		}
	}
	fmt.Fprintf(columns, "%d\t%d\t\t  all\n", ran, held)
	if err := columns.Flush(); err != nil {
		t.Error(err)
	}
	fmt.Fprint(os.Stdout, "\n"+table.String()+"\n")
	logged := 0
	for name, e := range edges {
		for _, credential := range credentials {
			if line := lineWith(e.log.Since(0), credential); line != "" {
				t.Errorf("the log of edge %q has a credential: %s", name, line)
			}
		}
		logged += e.log.Size()
	}
	if logged == 0 && ran == total {
		t.Error("no edge logged anything, so that this proves nothing")
	}
	const least = 150
	if total < least {
		t.Errorf("%d cases, want at least %d", total, least)
	}
}

func lineWith(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return line
		}
	}
	return ""
}

// best runs a case, again if it takes too much CPU time.
func (a attack) best() (failures []string, cpu int) {
	for range tries {
		run := a.run()
		if failures, cpu = run.failures, run.cpu; len(failures) > 0 || cpu <= maxCPU {
			return failures, cpu
		}
	}
	return []string{fmt.Sprintf("a request takes %d ms of guest CPU in the best of %d runs, more than %d", cpu, tries, maxCPU)}, cpu
}

// run is one run of a case.
type run struct {
	edge     edge
	logged   int // the size of the log at the beginning
	answers  []answer
	failures []string
	cpu      int // the worst of its requests, in milliseconds
}

func (r *run) fail(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

func (a attack) run() *run {
	r := &run{edge: edges[a.edge]}
	for _, e := range edges {
		if e.origin != r.edge.origin {
			continue // an edge's shield has a cache of its own
		}
		emptied, err := purge(`{"all":true,"soft":false` + vaultToo(a.edge) + `}`).do(e)
		if err != nil || emptied.status != http.StatusOK {
			r.fail("empty the cache: %d %s %v", emptied.status, emptied.body, err)
			return r
		}
	}
	r.logged = r.edge.log.Size()
	r.edge.origin.begin(a.origin)
	for i, step := range a.steps {
		got, err := r.fill(step.send).do(r.edge)
		if err != nil {
			r.fail("step %d: %v", i, err)
			return r
		}
		r.answers = append(r.answers, got)
		r.cpu = max(r.cpu, got.cpu)
		for _, c := range step.want {
			if !c.holds(r, got) {
				r.fail("step %d: want %s; got %s, after %d requests at the origin", i, c.says, show(got), len(r.edge.origin.requests()))
			}
		}
		r.leaks(i, step.send, got)
	}
	if lines := strings.Split(strings.TrimSpace(r.edge.log.Since(r.logged)), "\n"); len(r.failures) > 0 {
		r.fail("the end of the edge's log:\n%s", strings.Join(lines[max(0, len(lines)-5):], "\n"))
	}
	if crash := r.edge.log.Crash(r.logged); crash != "" {
		r.fail("the guest crashed:\n%s", crash)
	}
	for _, q := range r.edge.origin.requests() {
		if strings.Contains(q, purgeToken) {
			r.fail("the origin received a purge token: %s", short(q))
		}
		if !strings.Contains(q, originSecret) {
			r.fail("the origin received a request that Larder did not make: %s", short(q))
		}
	}
	return r
}

// fill puts what the origin knows Larder by into a request, in place of "{own}".
func (r *run) fill(sent request) request {
	own := ""
	for _, q := range r.edge.origin.requests() {
		if _, after, ok := strings.Cut(q, "\nCdn-Loop: "); ok {
			own, _, _ = strings.Cut(after, "\n")
		}
	}
	filled := make([]string, len(sent.header))
	for i, line := range sent.header {
		filled[i] = strings.ReplaceAll(line, "{own}", own)
	}
	sent.header = filled
	return sent
}

// vaultToo empties the vault as well, where there is one.
func vaultToo(edge string) string {
	if edge == strict || edge == shipped {
		return `,"vault":true`
	}
	return ""
}

// inside are the fields that no client may see without the debug header.
var inside = []string{
	"Surrogate-Key", "Surrogate-Control", "Cache-Tag", "Xkey", "Larder-Cache-Control",
	"Larder-Edge", "Larder-Shield", "Larder-Shield-Status", "Larder-Compress-Hint", "Server-Timing", secretHeader,
}

// leaks looks for what no answer may have.
func (r *run) leaks(step int, sent request, got answer) {
	if got.header.Get("Content-Type") == "application/problem+json" {
		whole := headerLines(got.header) + got.body
		for _, credential := range credentials {
			if strings.Contains(whole, credential) {
				r.fail("step %d: a problem has a credential: %s", step, whole)
			}
		}
	}
	if sent.debug {
		return
	}
	for _, name := range inside {
		if values := got.header.Values(name); len(values) > 0 {
			r.fail("step %d: the answer has %s: %s", step, name, values)
		}
	}
}

// show is an answer in a message.
func show(got answer) string {
	return fmt.Sprintf("%d (%s) %s", got.status, strings.Join(got.header.Values("Cache-Status"), ", "), short(strings.TrimSpace(got.body)))
}

func short(text string) string {
	const shown = 200
	if len(text) > shown {
		return text[:shown] + "…"
	}
	return text
}
