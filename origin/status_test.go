package origin

import (
	"encoding/json"
	"reflect"
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
		got := c.Status()
		want := []OriginStatus{
			{Name: "a", Backend: "a", Health: Unhealthy, Circuits: []CircuitStatus{
				{Route: "posts", State: breaker.Open, Since: now, Failures: 5, NextProbe: now.Add(time.Second)},
			}},
			{Name: "b", Backend: "backend_b", Disabled: true, Health: Healthy, Circuits: []CircuitStatus{}},
		}
		if len(got[0].Circuits) == 1 && got[0].Circuits[0].Since.Equal(now) {
			got[0].Circuits[0].Since = now // without the monotonic clock
		}
		if len(got[0].Circuits) == 1 && got[0].Circuits[0].NextProbe.Equal(now.Add(time.Second)) {
			got[0].Circuits[0].NextProbe = now.Add(time.Second)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
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
			"a closed circuit", OriginStatus{Name: "b", Backend: "backend_b", Disabled: true, Health: Healthy, Circuits: []CircuitStatus{}},
			`{"name":"b","backend":"backend_b","disabled":true,"health":"healthy","circuits":[]}`,
		},
		{
			"an open circuit", OriginStatus{Name: "a", Backend: "a", Health: HealthUnknown, Circuits: []CircuitStatus{
				{Route: "posts", State: breaker.Open, Since: at, Failures: 5, NextProbe: at.Add(time.Second)},
			}},
			`{"name":"a","backend":"a","disabled":false,"health":"unknown","circuits":[{"route":"posts","state":"open","since":"2026-11-23T12:00:00Z","failures":5,"next_probe":"2026-11-23T12:00:01Z"}]}`,
		},
		{
			"one that the operator keeps closed", OriginStatus{Name: "a", Backend: "a", ForceClosed: true, Health: HealthUnknown, Circuits: []CircuitStatus{}},
			`{"name":"a","backend":"a","disabled":false,"force_closed":true,"health":"unknown","circuits":[]}`,
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
