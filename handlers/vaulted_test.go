package handlers

import (
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"
	"github.com/fastly/compute-sdk-go/fsttest"

	"larder/vault"
	"larder/vault/kvmodel"
)

// vaulted is an edge with a vault, and the KV Store under it.
type vaulted struct {
	*edge
	kv *kvmodel.KV
}

// newVaulted adds a vault with these members to a configuration.
func newVaulted(t testing.TB, file, members string) *vaulted {
	t.Helper()
	e := newEdgeWith(t, strings.Replace(file, `"debug_header"`, `"vault": {`+members+`}, "debug_header"`, 1))
	kv := &kvmodel.KV{Now: e.clock}
	e.use(func(p *Parts) {
		p.Vault = vault.New(p.Config.Vault, kv, e.spy, vault.Clock{Now: e.clock, Sleep: e.pass})
	})
	return &vaulted{e, kv}
}

// cold empties the POP's cache.
func (v *vaulted) cold() {
	v.t.Helper()
	v.purge(`"all":true,"soft":false`)
}

// wantCalls checks how many calls of a kind the KV Store has had since the
// last time.
func (v *vaulted) wantCalls(op string, n int) {
	v.t.Helper()
	calls := slices.DeleteFunc(v.kv.Calls(), func(c kvmodel.Call) bool { return c.Op != op })
	if len(calls) != n {
		v.t.Errorf("the KV Store had %d calls of %s, not %d: %v", len(calls), op, n, calls)
	}
}

// wantCopy checks that the vault's copy is the answer.
func (r reply) wantCopy(body, detail string) {
	r.t.Helper()
	r.want(200, body, anything)
	if status := r.header.Get("Cache-Status"); !strings.Contains(status, `detail="`+detail+";") && !strings.Contains(status, "detail="+detail) {
		r.t.Errorf("Cache-Status is %q; want the detail %s", status, detail)
	}
}

// events returns in which order the KV Store is called and the answer ends.
func (v *vaulted) events(uri, body string) []string {
	v.t.Helper()
	var events []string
	v.kv.Before = func(c kvmodel.Call) error {
		events = append(events, c.Op)
		return nil
	}
	r, err := fsthttp.NewRequest("GET", "https://edge.example"+uri, io.NopCloser(strings.NewReader("")))
	if err != nil {
		v.t.Fatal(err)
	}
	w := recorder{fsttest.NewRecorder(), func() { events = append(events, "answered") }}
	v.app.ServeHTTP(context.Background(), w, r)
	if w.Body.String() != body {
		v.t.Errorf("the client got %q", w.Body.String())
	}
	return events
}

// slowly sends a request whose answer ends only after meanwhile.
func (v *vaulted) slowly(method, uri string, meanwhile func()) {
	v.t.Helper()
	r, err := fsthttp.NewRequest(method, "https://edge.example"+uri, io.NopCloser(strings.NewReader("")))
	if err != nil {
		v.t.Fatal(err)
	}
	v.app.ServeHTTP(context.Background(), recorder{fsttest.NewRecorder(), meanwhile}, r)
}

// hits sends as many requests as it takes for one to be sampled.
func (v *vaulted) hits(uri, body string) {
	v.t.Helper()
	for range 8 {
		v.pass(time.Millisecond)
		v.get(uri).want(200, body, anything)
	}
}
