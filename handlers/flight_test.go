package handlers

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"larder/origin"
)

// traffic counts an origin's requests, and how many it has had at once.
type traffic struct {
	mu            sync.Mutex
	now, most, in int
}

// counted makes a script count its requests.
func (c *traffic) counted(answer script) script {
	return func(req *origin.Request) (*origin.Response, error) {
		c.mu.Lock()
		c.in++
		c.now++
		c.most = max(c.most, c.now)
		c.mu.Unlock()
		defer func() {
			c.mu.Lock()
			c.now--
			c.mu.Unlock()
		}()
		return answer(req)
	}
}

// crowd sends n requests, one after each pause, and returns once all are
// answered.
func (e *edge) crowd(n int, pause time.Duration, uri string, check func(reply)) {
	var all sync.WaitGroup
	for range n {
		all.Go(func() { check(e.get(uri)) })
		time.Sleep(pause)
	}
	all.Wait()
}

// purgeEvery purges until the returned function is called.
func (e *edge) purgeEvery(pause time.Duration, members string) (stop func()) {
	end := make(chan struct{})
	var done sync.WaitGroup
	done.Go(func() {
		for {
			select {
			case <-end:
				return
			case <-time.After(pause):
				e.purge(members)
			}
		}
	})
	return func() { close(end); done.Wait() }
}

const flightTime = 500 * time.Millisecond

// An import of other items must not cost the pages that show none of them.
func TestPurgesOfOtherItemsCostNoFetches(t *testing.T) {
	for name, members := range map[string]string{
		"soft": `"keys":["post:milk"]`,
		"hard": `"keys":["post:milk"],"soft":false`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdgeInBubble(t)
				e.fill("/posts/tea/", before)
				e.pass(landingTime)
				e.purge(`"keys":["post:tea"]`)
				var c traffic
				e.answersAfter(flightTime, e.saying(200, after))
				e.does(c.counted(e.answer))
				stop := e.purgeEvery(50*time.Millisecond, members)
				e.crowd(250, 20*time.Millisecond, "/posts/tea/", func(r reply) { r.want(200, after, anything) })
				stop()
				if c.in != 1 {
					t.Errorf("the origin was asked %d times", c.in)
				}
				e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3595")
			})
		})
	}
}

// The items of a page that is not stored are not known when its fetch begins, so
// any purge casts doubt on it. One revalidation settles that.
func TestAColdPageIsRevalidatedOnceAtMostUnderPurgesOfOtherItems(t *testing.T) {
	for name, members := range map[string]string{
		"soft": `"keys":["post:milk"]`,
		"hard": `"keys":["post:milk"],"soft":false`,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdgeInBubble(t)
				var c traffic
				e.answersAfter(flightTime, func(req *origin.Request) (*origin.Response, error) {
					if req.Header.Get("If-None-Match") != "" {
						return e.response(304, "", strongTag), nil
					}
					return e.response(200, before, strongTag), nil
				})
				e.does(c.counted(e.answer))
				stop := e.purgeEvery(70*time.Millisecond, members)
				e.crowd(250, 20*time.Millisecond, "/posts/tea/", func(r reply) {
					r.want(200, before, anything)
					if r.took > 2*flightTime+5*landingTime {
						t.Errorf("a request waited %v", r.took)
					}
				})
				stop()
				if c.in > 2 || c.most > 1 {
					t.Errorf("the origin was asked %d times, %d at once", c.in, c.most)
				}
			})
		})
	}
}

// Its own key is purged in the middle of every fetch. A request then waits for
// two flights at most, gets nothing older than the last purge before it, and
// there is one fetch at a time.
func TestARequestWaitsForTwoFlightsAtMost(t *testing.T) {
	for name, soft := range map[string]string{"soft": "true", "hard": "false"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdgeInBubble(t)
				var (
					c       traffic
					mu      sync.Mutex
					version int // of the content
					purged  int // the newest version that a purge has outdated
				)
				e.does(c.counted(func(*origin.Request) (*origin.Response, error) {
					mu.Lock()
					fetched := version
					mu.Unlock()
					time.Sleep(flightTime / 2)
					mu.Lock()
					version++
					outdated := version - 1
					mu.Unlock()
					e.purge(`"keys":["post:tea"],"soft":` + soft)
					mu.Lock()
					purged = max(purged, outdated)
					mu.Unlock()
					time.Sleep(flightTime / 2)
					return e.response(200, fmt.Sprintf(`{"data":{"slug":"tea","title":"%s"}}`, strings.Repeat("x", fetched))), nil
				}))
				var all sync.WaitGroup
				for i := range 100 {
					all.Go(func() {
						time.Sleep(time.Duration(i) * 30 * time.Millisecond)
						mu.Lock()
						oldest := purged
						if version > 0 {
							oldest++ // what the last purge outdated may not be served any more
						}
						mu.Unlock()
						r := e.get("/posts/tea/")
						r.want(200, anything, anything)
						if got := strings.Count(r.body, "x"); got < oldest {
							t.Errorf("request %d got version %d; version %d was current when it came", i, got, oldest)
						}
						if r.took > 2*flightTime+5*landingTime {
							t.Errorf("request %d waited %v", i, r.took)
						}
					})
				}
				all.Wait()
				if c.most > 1 {
					t.Errorf("%d fetches at once", c.most)
				}
			})
		})
	}
}

func TestAnErrorThatIsNotStoredIsSharedByThoseWhoWait(t *testing.T) {
	file := strings.Replace(testConfig, `"not_found_ttl": "30s"`, `"not_found_ttl": "0s"`, 1)
	for _, status := range []int{400, 404, 410} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newEdgeWith(t, file)
				e.bubble = true
				var c traffic
				e.answersAfter(flightTime, e.saying(status, `{"detail":"no"}`))
				e.does(c.counted(e.answer))
				e.crowd(200, 0, "/posts/new/", func(r reply) {
					r.want(status, `{"detail":"no"}`, anything)
					if strings.Contains(r.header.Get("Cache-Status"), "; stored") {
						t.Errorf("Cache-Status is %q", r.header.Get("Cache-Status"))
					}
				})
				if c.in > 2 || c.most > 1 {
					t.Errorf("the origin was asked %d times, %d at once", c.in, c.most)
				}
				e.pass(landingTime)
				e.says(200, before)
				e.get("/posts/new/").want(200, before, aMiss) // the error stood for those who waited alone
			})
		})
	}
}

func TestAPrivateAnswerIsFetchedBySixteenRequestsAtOnceAtMost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEdgeInBubble(t)
		var c traffic
		e.answersAfter(flightTime, e.saying(200, before, "Cache-Control: private"))
		e.does(c.counted(e.answer))
		e.crowd(200, 0, "/posts/tea/", func(r reply) { r.want(200, before, anything) })
		if c.in != 200 {
			t.Errorf("200 requests got the answers of %d", c.in)
		}
		if c.most > 16 || c.most < 8 {
			t.Errorf("%d fetches at once", c.most)
		}
	})
}
