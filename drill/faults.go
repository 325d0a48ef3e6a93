package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"larder/drill/kvfault"
)

// setting is what an edge runs with: two origins, and perhaps a KV Store.
type setting int

const (
	usual        setting = iota
	wrongTLS             // the primary's certificate is wrong, always
	withoutKV            // the service has no KV Store
	brokenKV             // it has one that can be made slow, or fail
	settingCount         // how many there are
)

// fault is a row of the table.
type fault struct {
	name  string
	at    setting
	begin func(primary, standby *site)
	// kv is what is wrong with the KV Store, as kvfault has it.
	kv string
	// served says that some origin answers, so every request must be served.
	served bool
	// noVault says that copies cannot be read, so a cold POP has none.
	noVault bool
}

func faults() []fault {
	both := func(name string, answer func(s *site) http.HandlerFunc) fault {
		return fault{name: name, begin: func(primary, standby *site) {
			primary.does(answer(primary))
			standby.does(answer(standby))
		}}
	}
	always := func(answer http.HandlerFunc) func(*site) http.HandlerFunc {
		return func(*site) http.HandlerFunc { return answer }
	}
	refused := func(primary, standby *site) {
		primary.refuse()
		standby.refuse()
	}
	healthy := func(_, _ *site) {}
	list := []fault{
		{name: "both origins refuse", begin: refused},
		both("both accept and hang", always(hang)),
		both("reset in the middle of the body", func(s *site) http.HandlerFunc { return s.broken(true, true) }),
		both("body cut short of its Content-Length", func(s *site) http.HandlerFunc { return s.broken(true, false) }),
		both("half of the JSON, its Content-Length right", func(s *site) http.HandlerFunc { return s.broken(false, false) }),
	}
	for _, code := range []int{500, 502, 503, 504, 429} {
		list = append(list, both(fmt.Sprintf("status %d", code), always(status(code))))
	}
	return append(list,
		both("garbage with 200", always(garbage)),
		both("one byte a second", func(s *site) http.HandlerFunc { return s.drip }),
		fault{name: "primary hangs, standby refuses", begin: func(primary, standby *site) {
			primary.does(hang)
			standby.refuse()
		}},
		fault{name: "primary dead, standby alive", begin: func(primary, _ *site) { primary.refuse() }, served: true},
		fault{name: "wrong certificate, standby alive", at: wrongTLS, begin: healthy, served: true},
		fault{name: "wrong certificate, standby dead", at: wrongTLS, begin: func(_, standby *site) { standby.refuse() }},
		fault{name: "no KV Store, origins alive", at: withoutKV, begin: healthy, served: true, noVault: true},
		fault{name: "no KV Store, both refuse", at: withoutKV, begin: refused, noVault: true},
		fault{name: "KV Store fails, origins alive", at: brokenKV, begin: healthy, kv: kvfault.Failing, served: true, noVault: true},
		fault{name: "KV Store fails, both refuse", at: brokenKV, begin: refused, kv: kvfault.Failing, noVault: true},
		fault{name: "KV Store takes 300 ms, origins alive", at: brokenKV, begin: healthy, kv: "300ms", served: true},
		fault{name: "KV Store takes 300 ms, both refuse", at: brokenKV, begin: refused, kv: "300ms"},
	)
}

// state is a column of the table: what the POP has of an answer.
type state struct {
	name  string
	route string
	// hasCopy says that there is a copy: in the cache, or in the vault alone.
	hasCopy, inVault bool
}

var states = [...]state{
	{name: "warm entry", route: "long", hasCopy: true},
	{name: "stale entry", route: "short", hasCopy: true},
	{name: "purged entry", route: "long", hasCopy: true},
	{name: "cold, vault filled", route: "long", hasCopy: true, inVault: true},
	{name: "cold, vault empty", route: "long"},
}

// cell is a fault in a state.
type cell struct {
	fault fault
	state state
	path  string
	tally tally
	// fetches are the requests for the path at both origins while the fault
	// lasted; connections that were refused are not among them.
	fetches int64
	lasted  time.Duration
}

func (c *cell) perMinute() float64 { return float64(c.fetches) / c.lasted.Minutes() }

func newCell(f fault, s state) *cell {
	slug := strings.NewReplacer(" ", "-", ",", "").Replace(f.name + " " + s.name)
	return &cell{fault: f, state: s, path: "/" + s.route + "/" + slug + "/"}
}

func (c *cell) key() string { return "item:" + strings.Split(c.path, "/")[2] }

// want is what the customers must get.
func (c *cell) want() string {
	switch {
	case c.fault.served:
		return "200"
	case c.state.inVault && c.fault.noVault:
		return "503" // there is no copy left
	case c.state.hasCopy:
		return "200 copy"
	}
	return "503"
}

// deadline is larder.json's, plus what a busy machine may add.
const deadline = 2*time.Second + 3*time.Second

var errAnswer = errors.New("the answer is wrong")

// judge says what is wrong with an answer.
func (c *cell) judge(a answer) error {
	switch c.want() {
	case "200":
		if a.status != http.StatusOK || edition(a.body) < 1 || a.body != item(c.path, edition(a.body)) {
			return fmt.Errorf("%w: %v", errAnswer, a)
		}
	case "200 copy":
		if a.status != http.StatusOK || a.body != item(c.path, 1) {
			return fmt.Errorf("%w: %v", errAnswer, a)
		}
	case "503":
		if a.status != http.StatusServiceUnavailable || a.header.Get("Content-Type") != "application/problem+json" ||
			a.header.Get("Retry-After") == "" || a.took > deadline {
			return fmt.Errorf("%w: %v", errAnswer, a)
		}
	}
	return nil
}
