package origin

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin/breaker"
)

func TestStatusSaysWhatThePOPKnowsOfEachOrigin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBed()
		b.openCircuit(t, "a")
		c := b.client("a", "b")
		c.Origins[1].Backend = "backend_b"
		c.Disabled = func(name string) bool { return name == "b" }
		c.Health = func(backend string) Health { return map[string]Health{"a": Unhealthy, "backend_b": Healthy}[backend] }
		now := time.Now()
		want := []OriginStatus{
			{Name: "a", Backend: "a", Health: Unhealthy, State: breaker.Open, Since: now, Failures: 5, NextProbe: now.Add(time.Second)},
			{Name: "b", Backend: "backend_b", Disabled: true, Health: Healthy, State: breaker.Closed},
		}
		got := c.Status()
		for i := range want {
			if !got[i].Since.Equal(want[i].Since) || !got[i].NextProbe.Equal(want[i].NextProbe) {
				t.Errorf("got %+v, want %+v", got[i], want[i])
			}
			got[i].Since, got[i].NextProbe = want[i].Since, want[i].NextProbe
			if got[i] != want[i] {
				t.Errorf("got %+v, want %+v", got[i], want[i])
			}
		}
	})
}

func TestStatusAsJSON(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name   string
		status OriginStatus
		want   string
	}{
		{
			"a closed circuit", OriginStatus{Name: "b", Backend: "backend_b", Disabled: true, Health: Healthy, State: breaker.Closed},
			`{"name":"b","backend":"backend_b","disabled":true,"health":"healthy","state":"closed","failures":0}`,
		},
		{
			"an open circuit", OriginStatus{Name: "a", Backend: "a", Health: HealthUnknown, State: breaker.Open, Since: at, Failures: 5, NextProbe: at.Add(time.Second)},
			`{"name":"a","backend":"a","disabled":false,"health":"unknown","state":"open","since":"2026-11-23T12:00:00Z","failures":5,"next_probe":"2026-11-23T12:00:01Z"}`,
		},
		{
			"one that the operator keeps closed", OriginStatus{Name: "a", Backend: "a", ForceClosed: true, Health: HealthUnknown, State: breaker.Closed},
			`{"name":"a","backend":"a","disabled":false,"force_closed":true,"health":"unknown","state":"closed","failures":0}`,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got, err := json.Marshal(test.status); err != nil || string(got) != test.want {
				t.Errorf("got  %s, %v\nwant %s", got, err, test.want)
			}
		})
	}
}
