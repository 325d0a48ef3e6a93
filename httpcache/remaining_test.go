package httpcache

import (
	"testing"
	"time"
)

func TestTheRemainingFreshnessOfAnotherCacheLimitsTheTTL(t *testing.T) {
	none := Optional[time.Duration]{}
	tests := []struct {
		name      string
		status    int
		lines     []string
		remaining Optional[time.Duration]
		want      time.Duration // remaining freshness on receipt
	}{
		{"absent: the operator's TTL applies", 200, []string{"Age: 600"}, none, time.Hour},
		{"shorter: it applies", 200, []string{"Age: 600"}, Some(50 * time.Minute), 50 * time.Minute},
		{"milliseconds are kept", 200, []string{"Age: 600"}, Some(1500 * time.Millisecond), 1500 * time.Millisecond},
		{"longer: the operator's TTL applies", 200, []string{"Age: 5"}, Some(2 * time.Hour), time.Hour},
		{"nothing is left", 200, []string{"Age: 3600"}, Some[time.Duration](0), 0},
		{"already stale", 200, []string{"Age: 3630"}, Some(-30 * time.Second), -30 * time.Second},
		{"a 404, shorter: it applies", 404, []string{"Age: 20"}, Some(10 * time.Second), 10 * time.Second},
		{"a 404, longer: the operator's TTL applies", 404, nil, Some(time.Hour), 30 * time.Second},
		{"a 404, already stale", 404, []string{"Age: 31"}, Some(-time.Second), -time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := operator()
			p.NotFoundTTL, p.Remaining = 30*time.Second, test.remaining
			p.StaleWhileRevalidate = Some(time.Minute)
			l, reason := Plan(get(), received(test.status, test.lines...), p)
			if test.status == 404 && test.want <= 0 {
				equal(t, "reason", reason, NotStoredNoLifetime) // a 404 has no windows
				return
			}
			equal(t, "reason", reason, Storable)
			equal(t, "remaining freshness", l.Freshness-l.InitialAge, test.want)
		})
	}
}

func TestRemainingFreshnessNeverMakesTheLifetimeNegative(t *testing.T) {
	p := operator()
	p.Remaining, p.StaleIfError = Some(-time.Hour), Some(24*time.Hour)
	l, reason := Plan(get(), received(200, "Age: 60"), p)
	equal(t, "reason", reason, Storable)
	equal(t, "freshness", l.Freshness, 0)
	equal(t, "initial age", l.InitialAge, time.Minute)
}

func TestRemainingFreshnessIsIgnoredWhereTheOriginDecides(t *testing.T) {
	p := origin()
	p.Remaining = Some(5 * time.Second)
	l, reason := Plan(get(), received(200, "Cache-Control: max-age=60", "Age: 20"), p)
	equal(t, "reason", reason, Storable)
	equal(t, "remaining freshness", l.Freshness-l.InitialAge, 40*time.Second)
}

func TestRemainingFreshnessAppliesToA304Too(t *testing.T) {
	s := store(t, received(200, `ETag: "a"`), operator())
	p := operator()
	p.Remaining = Some(20 * time.Minute)
	fresh, _, ok := s.Freshen("id2", get(), received(304, `ETag: "a"`, "Age: 2400"), p)
	equal(t, "freshened", ok, true)
	equal(t, "remaining freshness", fresh.Freshness-fresh.InitialAge, 20*time.Minute)
}
