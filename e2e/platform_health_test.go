package e2e

import "testing"

// checked sets what the platform's health check reports for the backends.
func checked(health map[string]string) func(map[string]any) {
	return func(server map[string]any) {
		backends, _ := server["backends"].(map[string]any) // nil fails the test itself
		for name, state := range health {
			if backend, ok := backends[name].(map[string]any); ok {
				backend["health"] = state
			}
		}
	}
}

func TestAnOriginThatThePlatformFindsUnhealthyIsSkipped(t *testing.T) {
	const path = "/things/tea/"
	tests := []struct {
		name    string
		health  map[string]string
		states  [2]string // on the status page
		primary bool      // whether it is the primary that answers
	}{
		{"nothing was checked", nil, [2]string{"unknown", "unknown"}, true},
		{"the primary is unhealthy", map[string]string{"primary": "unhealthy", "standby": "healthy"}, [2]string{"unhealthy", "healthy"}, false},
		{"both are unhealthy, so the first is tried anyway", map[string]string{"primary": "unhealthy", "standby": "unhealthy"}, [2]string{"unhealthy", "unhealthy"}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newTwoOrigins(t, checked(test.health))
			f.primary.script(path, respond(thing("tea", "Of the primary.")))
			f.standby.script(path, respond(thing("tea", "Of the standby.")))
			want := thing("tea", "Of the standby.")
			if test.primary {
				want = thing("tea", "Of the primary.")
			}
			if got := f.get(t, path).wantFetched(t); string(got.body) != want {
				t.Errorf("the wrong origin answers: %v", got)
			}
			if n := f.primary.requestCount() + f.standby.requestCount(); n != 1 {
				t.Errorf("the origins received %d requests, want one", n)
			}
			for i, origin := range f.status(t).Origins {
				if origin.Health != test.states[i] {
					t.Errorf("the status page shows %s as %q, want %q", origin.Name, origin.Health, test.states[i])
				}
			}
		})
	}
}
