package handlers

import (
	"context"
	"net/http"
	"testing"

	"github.com/fastly/compute-sdk-go/fsthttp"
	"github.com/fastly/compute-sdk-go/fsttest"
)

// lasting is an operation that goes on after its answer.
type lasting struct{ later func() }

func (l lasting) Serve(context.Context, *fsthttp.Request) (answer any, later func(), err error) {
	return "done", l.later, nil
}

func TestAnOperationGoesOnOnceTheClientHasTheAnswer(t *testing.T) {
	e := newEdge(t)
	closed, ran := false, false
	w := recorder{fsttest.NewRecorder(), func() { closed = true }}
	e.app.operations = Operations{"/_larder/lasting": lasting{func() {
		ran = true
		if !closed || w.Code != http.StatusOK || w.Body.String() != "\"done\"\n" {
			t.Errorf("the answer so far is %d %q, closed: %v", w.Code, w.Body.String(), closed)
		}
	}}}
	r, err := fsthttp.NewRequest(http.MethodPost, "https://edge.example/_larder/lasting", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	e.app.ServeHTTP(context.Background(), w, r)
	if !ran {
		t.Error("the operation does not go on")
	}
}
