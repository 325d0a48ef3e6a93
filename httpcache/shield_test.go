package httpcache

import (
	"net/http"
	"testing"
	"time"
)

func TestAPolicyCanValidateBeforeEveryUse(t *testing.T) {
	windows := Lifetimes{Freshness: time.Hour, StaleWhileRevalidate: time.Minute, StaleIfError: 24 * time.Hour}
	strict := Lifetimes{Freshness: time.Hour, MustRevalidate: true}
	tests := []struct {
		name    string
		l       Lifetimes
		request []string
		age     time.Duration
		purged  bool
		fwd     FwdReason
		onError bool
	}{
		{"what is fresh", windows, nil, 0, false, FwdRequest, true},
		{"what is fresh and may never be stale", strict, nil, 0, false, FwdRequest, true},
		{"what is inside its window", windows, nil, time.Hour + time.Second, false, FwdStale, true},
		{"what the client would take stale", windows, []string{"Cache-Control: max-stale"}, time.Hour + time.Second, false, FwdStale, true},
		{"what is past its window", windows, nil, 2 * time.Hour, false, FwdStale, true},
		{"what is past every window", windows, nil, 26 * time.Hour, false, FwdStale, false},
		{"what was purged", windows, nil, time.Minute, true, FwdStale, true},
	}
	for _, test := range tests {
		for name, p := range map[string]Policy{"the operator decides": operator(), "the origin decides": origin()} {
			t.Run(test.name+", where "+name, func(t *testing.T) {
				p.Validate = true
				s := &StoredResponse{Status: 200, Lifetimes: test.l}
				e := s.Evaluate(get(test.request...), test.age, test.purged, p)
				equal(t, "use", e.Use, UseAfterValidation)
				equal(t, "fwd", e.Fwd, test.fwd)
				equal(t, "stale-if-error", e.StaleIfError, test.onError)
			})
		}
	}
}

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

func TestTheHeaderAsTheOriginMeantIt(t *testing.T) {
	lines := []string{
		"Content-Type: text/plain", `ETag: "o"`, "Cache-Control: max-age=5, must-revalidate", "Expires: 0", "Pragma: no-cache",
		"Surrogate-Control: max-age=60", "CDN-Cache-Control: max-age=70", "Surrogate-Key: a b", "Vary: Accept",
	}
	for name, p := range map[string]Policy{"the operator decides": operator(), "the origin decides": origin()} {
		t.Run(name, func(t *testing.T) {
			s := store(t, received(200, append(lines, "Connection: X-Hop", "X-Hop: 1", "Age: 0")...), p)
			h := s.OriginHeader()
			for field, values := range fields(lines...) {
				equal(t, field, h.Get(field), values[0])
			}
			for _, field := range []string{"Connection", "X-Hop", "Age"} {
				equal(t, field, h.Get(field), "")
			}
			equal(t, "number of fields", len(h), len(lines)+1) // and Date
		})
	}
}

func TestTheOriginsHeaderIsNotTheRecords(t *testing.T) {
	s := store(t, received(200, "X-Kept: 1"), operator())
	own := s.Header.Get("Cache-Control")
	h := s.OriginHeader()
	equal(t, "the operator's Cache-Control", h.Get("Cache-Control"), "")
	equal(t, "a tag that was made here", h.Get("ETag"), `"made-here"`)
	h["Age"] = []string{"5"}
	delete(h, "X-Kept")
	equal(t, "the record's Age", s.Header.Get("Age"), "")
	equal(t, "the record's field", s.Header.Get("X-Kept"), "1")
	equal(t, "the record's Cache-Control", s.Header.Get("Cache-Control"), own)
}

func TestTheOriginsHeaderOfARecordThatWasKept(t *testing.T) {
	s := store(t, received(200, "Cache-Control: max-age=5", "Surrogate-Control: max-age=60"), operator())
	encoded, err := s.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	var kept StoredResponse
	if err := kept.UnmarshalBinary(encoded); err != nil {
		t.Fatal(err)
	}
	h := kept.OriginHeader()
	equal(t, "Cache-Control", h.Get("Cache-Control"), "max-age=5")
	equal(t, "Surrogate-Control", h.Get("Surrogate-Control"), "max-age=60")
	equal(t, "number of fields of nothing", len((&StoredResponse{}).OriginHeader()), 0)
}

func TestWhichRequestsLimitTheAge(t *testing.T) {
	tests := []struct {
		name  string
		lines []string
		want  bool
	}{
		{"one that says nothing", nil, false},
		{"no-cache", []string{"Cache-Control: no-cache"}, true},
		{"Pragma: no-cache", []string{"Pragma: no-cache"}, true},
		{"max-age", []string{"Cache-Control: max-age=0"}, true},
		{"a max-age that is long", []string{"Cache-Control: max-age=99999"}, true},
		{"min-fresh", []string{"Cache-Control: min-fresh=5"}, true},
		{"max-stale", []string{"Cache-Control: max-stale=5"}, false},
		{"only-if-cached", []string{"Cache-Control: only-if-cached"}, false},
		{"no-store", []string{"Cache-Control: no-store"}, false},
		{"stale-if-error", []string{"Cache-Control: stale-if-error=5"}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			equal(t, "where clients are obeyed", LimitsAge(get(test.lines...), origin()), test.want)
			equal(t, "where they are not", LimitsAge(get(test.lines...), operator()), false)
		})
	}
}

func TestANearerCachesMemberComesFirst(t *testing.T) {
	c := CacheStatus{Cache: "Larder", Fwd: FwdURIMiss, FwdStatus: 200}
	tests := []struct {
		name   string
		nearer string
		before []string
		want   []string
	}{
		{"there is none", "", nil, []string{c.String()}},
		{"there is one", "Larder; hit; ttl=5", nil, []string{"Larder; hit; ttl=5", c.String()}},
		{"the origin's comes before both", "Larder; hit", []string{"Origin; hit"}, []string{"Origin; hit", "Larder; hit", c.String()}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := http.Header{}
			if test.before != nil {
				h["Cache-Status"] = append(make([]string, 0, 8), test.before...)
			}
			shared := h["Cache-Status"]
			c.Nearer = test.nearer
			c.AppendTo(h)
			got := h["Cache-Status"]
			equal(t, "number of lines", len(got), len(test.want))
			for i := range test.want {
				equal(t, "line", got[i], test.want[i])
			}
			for _, line := range shared[:cap(shared)][len(shared):] {
				equal(t, "line past the end of the shared ones", line, "")
			}
		})
	}
}
