package handlers

import (
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin"
	"larder/shield"
)

func TestRequestsForWhatIsFreshShareFetchesAtTheShield(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newService(t, testConfig)
		token := s.newPlace().app.shield.Backend().Headers[shield.EdgeField]
		s.says(200, before)
		// What reads the tokens, as a host runs one request at a time.
		s.get("/posts/tea/", "Larder-Edge: "+token).want(200, before, "")
		var mu sync.Mutex
		fetches := 0
		s.does(func(*origin.Request) (*origin.Response, error) {
			mu.Lock()
			fetches++
			mu.Unlock()
			time.Sleep(time.Second)
			return s.response(200, after), nil
		})
		var group sync.WaitGroup
		for range 20 {
			group.Go(func() { s.get("/posts/tea/", "Larder-Edge: "+token+"; fresh").want(200, after, "") })
		}
		group.Wait()
		// The second is for those who came while the first was under way.
		if fetches != 2 {
			t.Errorf("the origin was asked %d times, want twice", fetches)
		}
	})
}

func TestTheShieldAnswersWhileTheEdgeStillWaits(t *testing.T) {
	s := newService(t, testConfig)
	one := s.place()
	s.says(200, before)
	one.get("/posts/tea/").want(200, before, "")
	wait := s.app.config.Shield.FirstByteTimeout
	if got := s.lastAsked().Within; got <= 0 || got >= wait {
		t.Errorf("the shield gives its origins %v, and the edge waits for %v", got, wait)
	}
	s.get("/posts/milk/")
	if got := s.lastAsked().Within; got != 0 {
		t.Errorf("for its own client the shield gives its origins %v", got)
	}
}

func TestAnUnsafeRequestThatIsAboutNoContentLeavesTheCalm(t *testing.T) {
	s := newService(t, strings.Replace(testConfig, `"reject"`, `"pass"`, 1))
	one := s.place()
	s.says(200, before)
	one.says(200, "ok")
	one.request("POST", "/login/", "x")
	one.get("/posts/tea/").want(200, before, "")
	one.wantFresh(false)
}

func TestAnEdgeWhoseOwnAnswerIsTooOldRenewsItFromTheShieldsCopy(t *testing.T) {
	s := newService(t, strings.Replace(testConfig, `"stale_if_error": "1d"`, `"stale_if_error": "20m"`, 1))
	one := s.place()
	s.says(200, before, `ETag: "a"`)
	one.get("/posts/tea/").want(200, before, "")
	s.pass(time.Hour + 10*time.Minute)
	s.does(func(*origin.Request) (*origin.Response, error) { return s.response(304, "", `ETag: "a"`), nil })
	s.get("/posts/tea/").want(200, before, "") // the shield renews its own
	s.pass(15 * time.Minute)                   // the edge's is past every window
	s.fails(errRefused)
	one.purge(`"keys":["post:milk"]`) // so that the edge asks for what is fresh
	one.get("/posts/milk/")
	r := one.get("/posts/tea/")
	r.want(200, before, "")
	r.wantDetail("shield-stale")
}

func TestWhereTheShieldsCopyIsRefusedTheOriginSpeaks(t *testing.T) {
	s := newService(t, testConfig)
	one := s.newPlace() // which knows of no calm
	s.says(200, before, "Cache-Control: max-age=60, stale-if-error=600")
	s.get("/open/a").want(200, before, "")
	s.pass(2 * time.Minute)
	s.fails(errRefused)
	one.says(503, "closed for stocktaking", "Retry-After: 40")
	r := one.get("/open/a")
	r.want(503, "closed for stocktaking", "")
	r.wantHeader("Retry-After", "40")
}

func TestACopyOfTheShieldsIsTakenAsLongAsACalmIsYoung(t *testing.T) {
	file := strings.Replace(led(testConfig), `"10s"`, `"60s"`, 1)
	for _, since := range []time.Duration{5 * time.Second, 25 * time.Second, 55 * time.Second} {
		t.Run(since.String(), func(t *testing.T) {
			s := &service{edge: newEdgeWith(t, file), file: file, tokens: []string{"operator"}}
			s.app.shield = newSite(s.edge, true, func() ([]string, error) { return s.tokens, nil })
			one := s.newPlace()
			s.says(200, before)
			one.get("/posts/nothing/")
			s.pass(2 * time.Minute)
			s.get("/posts/tea/").want(200, before, "")
			one.purge(`"keys":["post:tea"]`)
			one.get("/posts/other/") // begins a calm, and settles its lease
			s.pass(since)
			s.fails(errRefused)
			r := one.get("/posts/tea/")
			r.want(200, before, "")
			r.wantDetail("shield-stale")
		})
	}
}

func TestTheOriginsHintToCompressComesThroughTheShield(t *testing.T) {
	s := newService(t, testConfig)
	one := s.place()
	s.says(200, "text", "Cache-Control: max-age=60", "X-Compress-Hint: on")
	r := one.get("/open/a", "Accept-Encoding: gzip")
	r.wantHeader("X-Compress-Hint", "on")
	r.wantNo("Larder-Compress-Hint")
	one.get("/open/a").wantNo("X-Compress-Hint", "Larder-Compress-Hint")
}
