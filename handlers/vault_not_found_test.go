package handlers

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestA404DeletesNothingWhereThereIsNoCopy(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.says(404, `{"detail":"no"}`)
	for i := range 20 {
		v.get(fmt.Sprintf("/posts/x%d/", i)).want(404, anything, anything)
	}
	for _, call := range v.kv.Calls() {
		if call.Op != "lookup" || !strings.HasPrefix(call.Key, "copy/") {
			t.Errorf("the KV Store has %v", call)
		}
	}
	for range 3 { // while its 404 is not stored any more
		v.pass(31 * time.Second)
		v.get("/posts/x1/").want(404, anything, anything)
	}
	if n := len(v.kv.Calls()); n > 2 {
		t.Errorf("a 404 that is fetched every half minute costs %d calls in 93 seconds", n)
	}
}

func TestA404RemovesTheCopyThatAnotherPOPHasMade(t *testing.T) {
	v := newVaulted(t, testConfig, "")
	v.says(200, before)
	v.get("/posts/tea/").want(200, before, anything)
	v.cold()
	v.pass(time.Hour)
	v.says(404, `{"detail":"no"}`)
	v.get("/posts/tea/").want(404, anything, anything)
	v.pass(time.Hour)
	v.fails(errRefused)
	v.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}
