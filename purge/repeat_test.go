package purge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"larder/surrogate"
)

func TestAPurgeIsRepeatedAfterEachPauseOnceItIsAnswered(t *testing.T) {
	e, p := endpoint(t, `"purge":{"repeat":["3s","20s"]},`)
	var slept []string
	e.Sleep = func(d time.Duration) { slept = append(slept, fmt.Sprintf("%v after %d", d, len(p.purged))) }
	_, later, err := e.Serve(context.Background(), call{body: `{"keys":["posts"],"hard":["post:tea"]}`}.build(t))
	if err != nil {
		t.Fatal(err)
	}
	once := slices.Clone(p.purged)
	if len(slept) > 0 || len(once) == 0 {
		t.Fatalf("before the answer it purges %q and sleeps %q", once, slept)
	}
	later()
	if want := slices.Concat(once, once, once); !slices.Equal(p.purged, want) {
		t.Errorf("it purges\n%q, want\n%q", p.purged, want)
	}
	if want := []string{fmt.Sprint("3s after ", len(once)), fmt.Sprint("20s after ", 2*len(once))}; !slices.Equal(slept, want) {
		t.Errorf("it sleeps %q, want %q", slept, want)
	}
}

func TestAPurgeIsNotRepeatedWhereTheListIsEmpty(t *testing.T) {
	e, p := endpoint(t, `"purge":{"repeat":[]},`)
	_, later, err := e.Serve(context.Background(), call{body: `{"keys":["a"]}`}.build(t))
	if err != nil {
		t.Fatal(err)
	}
	once := len(p.purged)
	later()
	if len(p.purged) != once {
		t.Errorf("it purges %q", p.purged)
	}
}

// The client has its answer already, so that only the operator can hear of it.
func TestARepetitionThatFailsIsLogged(t *testing.T) {
	e, p := endpoint(t, plain)
	var logged []string
	e.Log = func(format string, args ...any) { logged = append(logged, fmt.Sprintf(format, args...)) }
	_, later, err := e.Serve(context.Background(), call{body: `{"keys":["a"]}`}.build(t))
	if err != nil {
		t.Fatal(err)
	}
	p.fail = map[string]error{surrogate.TenantLeaseKey(""): errors.New("cache is away")}
	later()
	if len(logged) != 1 {
		t.Errorf("the log has %q", logged)
	}
}
