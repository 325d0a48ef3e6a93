package httpcache

import (
	"testing"
	"time"
)

func TestWhatAnotherCacheHasLeftOfALifetime(t *testing.T) {
	none := Optional[time.Duration]{}
	tests := []struct {
		name      string
		status    int
		lines     []string
		remaining Optional[time.Duration]
		want      time.Duration // what is left on receipt
	}{
		{"nothing is said, and it is the operator's", 200, []string{"Age: 600"}, none, time.Hour},
		{"it is shorter, and counts", 200, []string{"Age: 600"}, Some(50 * time.Minute), 50 * time.Minute},
		{"it counts in milliseconds", 200, []string{"Age: 600"}, Some(1500 * time.Millisecond), 1500 * time.Millisecond},
		{"it is longer, and the operator's counts", 200, []string{"Age: 5"}, Some(2 * time.Hour), time.Hour},
		{"none is left", 200, []string{"Age: 3600"}, Some[time.Duration](0), 0},
		{"it is stale already", 200, []string{"Age: 3630"}, Some(-30 * time.Second), -30 * time.Second},
		{"a missing item's is shorter, and counts", 404, []string{"Age: 20"}, Some(10 * time.Second), 10 * time.Second},
		{"a missing item's is longer, and the operator's counts", 404, nil, Some(time.Hour), 30 * time.Second},
		{"a missing item is stale already", 404, []string{"Age: 31"}, Some(-time.Second), -time.Second},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := operator()
			p.NotFoundTTL, p.Remaining = 30*time.Second, test.remaining
			p.StaleWhileRevalidate = Some(time.Minute)
			l, reason := Plan(get(), received(test.status, test.lines...), p)
			if test.status == 404 && test.want <= 0 {
				equal(t, "reason", reason, NotStoredNoLifetime) // it has no windows
				return
			}
			equal(t, "reason", reason, Storable)
			equal(t, "what is left", l.Freshness-l.InitialAge, test.want)
		})
	}
}

func TestWhatIsLeftIsNeverLessThanNothingOfALifetime(t *testing.T) {
	p := operator()
	p.Remaining, p.StaleIfError = Some(-time.Hour), Some(24*time.Hour)
	l, reason := Plan(get(), received(200, "Age: 60"), p)
	equal(t, "reason", reason, Storable)
	equal(t, "freshness", l.Freshness, 0)
	equal(t, "initial age", l.InitialAge, time.Minute)
}

func TestWhatIsLeftDoesNotCountWhereTheOriginDecides(t *testing.T) {
	p := origin()
	p.Remaining = Some(5 * time.Second)
	l, reason := Plan(get(), received(200, "Cache-Control: max-age=60", "Age: 20"), p)
	equal(t, "reason", reason, Storable)
	equal(t, "what is left", l.Freshness-l.InitialAge, 40*time.Second)
}

func TestA304HasWhatIsLeftToo(t *testing.T) {
	s := store(t, received(200, `ETag: "a"`), operator())
	p := operator()
	p.Remaining = Some(20 * time.Minute)
	fresh, ok := s.Freshen("id2", get(), received(304, `ETag: "a"`, "Age: 2400"), p)
	equal(t, "freshened", ok, true)
	equal(t, "what is left", fresh.Freshness-fresh.InitialAge, 20*time.Minute)
}
