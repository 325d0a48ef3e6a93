package client

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestTheLastGoodAnswerIsGivenWhenEveryHostFails(t *testing.T) {
	for name, failure := range map[string]func(*http.Request) (*http.Response, error){
		"refused": refused, "hanging": nil, "503": says(503, "down"), "500": says(500, ""), "429": says(429, "", "Retry-After: 1"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				n.at(first, says(200, "hello", "Cache-Control: max-age=0, stale-if-error=86410", "Age: 10", `ETag: "1"`, "Content-Type: text/plain", "Set-Cookie: a=b", "Cache-Status: Larder; hit"))
				rt := &Transport{Hosts: []string{first, second}, Base: n}
				get(t, rt, first+"/a").want(t, 200, "hello", false)
				n.at(first, failure)
				n.at(second, failure)
				time.Sleep(time.Minute)
				for range 5 {
					r := get(t, rt, first+"/a")
					r.want(t, 200, "hello", true)
					if r.age < 70*time.Second || r.age > 110*time.Second || r.Header.Get("Content-Type") != "text/plain" || r.Header.Get("Set-Cookie") != "" {
						t.Errorf("its age is %v, its header %v", r.age, r.Header)
					}
					if got := r.Header["Cache-Status"]; len(got) != 2 || got[0] != "Larder; hit" || !strings.HasPrefix(got[1], "larder-client; ") {
						t.Errorf("Cache-Status is %q", got)
					}
				}
				wantNoAnswer(t, rt, request(t, "GET", first+"/b"))
			})
		})
	}
}

func TestWhileAHostWorksItIsAlwaysAsked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, says(200, "old", "Cache-Control: max-age=3600"))
		rt := &Transport{Hosts: []string{first}, Base: n}
		get(t, rt, first+"/a").want(t, 200, "old", false)
		n.at(first, says(200, "new", "Cache-Control: max-age=3600"))
		get(t, rt, first+"/a").want(t, 200, "new", false)
	})
}

func TestAnUnchangedAnswerIsNotTransferredAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, larder("v1"))
		rt := &Transport{Hosts: []string{first, second}, Base: n}
		get(t, rt, first+"/a")
		for range 3 {
			get(t, rt, first+"/a").want(t, 200, "v1", false)
			if got := n.sent().Header.Get("If-None-Match"); got != `"v1"` {
				t.Errorf("If-None-Match is %q", got)
			}
			time.Sleep(20 * time.Hour) // each confirmation makes it last a day
		}
		n.at(first, refused)
		get(t, rt, first+"/a").want(t, 200, "v1", true)
		n.at(first, larder("v2"))
		time.Sleep(time.Minute)
		get(t, rt, first+"/a")
		get(t, rt, first+"/a").want(t, 200, "v2", false)
	})
}

func TestA304AboutAnotherVersionIsNotBelieved(t *testing.T) {
	n := newNetwork()
	n.at(first, larder("v1"))
	rt := &Transport{Hosts: []string{first}, Base: n}
	get(t, rt, first+"/a")
	n.at(first, func(req *http.Request) (*http.Response, error) {
		if req.Header.Get("If-None-Match") != "" {
			return answer(304, "", `ETag: "v2"`), nil
		}
		return answer(200, "v2", `ETag: "v2"`), nil
	})
	get(t, rt, first+"/a").want(t, 200, "v2", false)
}

func TestNoRequestWithACopyWaitsForHostsThatAreKnownToBeDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, larder("hello"))
		rt := &Transport{Hosts: []string{first, second}, Base: n}
		get(t, rt, first+"/a")
		n.at(first, nil)
		n.at(second, nil)
		for range failuresToOpen {
			get(t, rt, first+"/a").want(t, 200, "hello", true)
		}
		for range 100 {
			start := time.Now()
			get(t, rt, first+"/a").want(t, 200, "hello", true)
			if took := time.Since(start); took > 0 {
				t.Fatalf("the request took %v", took)
			}
			time.Sleep(time.Second)
		}
		n.at(first, larder("edited"))
		time.Sleep(2*cooldown + defaultAttemptTimeout)
		get(t, rt, first+"/a")
		synctest.Wait()
		get(t, rt, first+"/a").want(t, 200, "edited", false)
		time.Sleep(defaultAttemptTimeout) // for the probe of the second host
	})
}

func TestAProgramsDeadlineLeavesTimeForTheCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, larder("hello"))
		rt := &Transport{Hosts: []string{first}, Base: n}
		get(t, rt, first+"/a")
		n.at(first, nil)
		api := &http.Client{Transport: rt, Timeout: 2 * time.Second}
		resp, err := api.Get(first + "/a")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if _, ok := Fallback(resp); !ok {
			t.Errorf("the answer is %s %v", resp.Status, resp.Header)
		}
	})
}

func TestACancelledRequestGetsNoCopy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, larder("hello"))
		rt := &Transport{Hosts: []string{first}, Base: n}
		get(t, rt, first+"/a")
		n.at(first, nil)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		if _, err := do(t, rt, request(t, "GET", first+"/a").WithContext(ctx)); err == nil {
			t.Error("there is an answer for a program that does not want it any more")
		}
	})
}

func TestSeveralVariantsAreKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, func(req *http.Request) (*http.Response, error) {
			return answer(200, req.Header.Get("Accept-Language"), "Vary: Accept-Language"), nil
		})
		rt := &Transport{Hosts: []string{first}, Base: n}
		for range 2 {
			for _, language := range []string{"de", "en", "fr"} {
				r := get(t, rt, first+"/a", "Accept-Language: "+language)
				r.want(t, 200, language, r.fallback)
			}
			n.down()
		}
	})
}

func TestADeletedItemDoesNotComeBack(t *testing.T) {
	for _, gone := range [][]string{nil, {"Cache-Control: no-store"}, {"Vary: Accept-Language"}} {
		t.Run(fmt.Sprint(gone), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				n.at(first, says(200, "it", "Vary: Accept-Language"))
				rt := &Transport{Hosts: []string{first}, Base: n, Retries: -1}
				get(t, rt, first+"/a", "Accept-Language: de")
				get(t, rt, first+"/a", "Accept-Language: en")
				time.Sleep(time.Second)
				n.at(first, says(404, "gone", gone...))
				get(t, rt, first+"/a", "Accept-Language: en").want(t, 404, "gone", false)
				n.down()
				for _, language := range []string{"de", "en"} {
					if r, err := do(t, rt, request(t, "GET", first+"/a", "Accept-Language: "+language)); err == nil && r.StatusCode == 200 {
						t.Errorf("%s: the answer is %q", language, r.body)
					}
				}
			})
		})
	}
}

func TestWhatTheProgramHasChangedItselfIsNotGivenAsItWas(t *testing.T) {
	for _, test := range []struct {
		method string
		status int
		kept   bool
	}{{"PUT", 200, false}, {"DELETE", 204, false}, {"POST", 303, false}, {"POST", 400, true}, {"OPTIONS", 200, true}} {
		synctest.Test(t, func(t *testing.T) {
			n := newNetwork()
			n.at(first, larder("old"))
			rt := &Transport{Hosts: []string{first}, Base: n, Retries: -1}
			get(t, rt, first+"/a")
			time.Sleep(time.Second)
			n.at(first, says(test.status, ""))
			if _, err := do(t, rt, request(t, test.method, first+"/a")); err != nil {
				t.Fatal(err)
			}
			n.down()
			r, err := do(t, rt, request(t, "GET", first+"/a"))
			if kept := err == nil && r.fallback; kept != test.kept {
				t.Errorf("%s %d: the old answer is given: %v", test.method, test.status, kept)
			}
		})
	}
}

func TestAHeadIsAnsweredFromAGet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, larder("hello"))
		rt := &Transport{Hosts: []string{first}, Base: n}
		get(t, rt, first+"/a")
		n.down()
		r, err := do(t, rt, request(t, "HEAD", first+"/a"))
		if err != nil {
			t.Fatal(err)
		}
		r.want(t, 200, "", true)
		if r.ContentLength != 5 {
			t.Errorf("its length is %d", r.ContentLength)
		}
	})
}

func TestAProgramsOwnIfNoneMatchIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, larder("v1"))
		rt := &Transport{Hosts: []string{first}, Base: n}
		get(t, rt, first+"/a")
		get(t, rt, first+"/a", `If-None-Match: "v1"`).want(t, 304, "", false)
		n.down()
		get(t, rt, first+"/a", `If-None-Match: "v0", W/"v1"`).want(t, 304, "", true)
		get(t, rt, first+"/a", `If-None-Match: "v0"`).want(t, 200, "v1", true)
	})
}

func TestOnlyGetsAreAnsweredFromWhatIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, larder("hello"))
		rt := &Transport{Hosts: []string{first}, Base: n, Retries: -1}
		get(t, rt, first+"/a")
		n.down()
		for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "QUERY"} {
			wantNoAnswer(t, rt, request(t, method, first+"/a"))
		}
		for _, line := range []string{"Range: bytes=0-1", `If-Match: "hello"`, "If-Modified-Since: Mon, 30 Nov 2026 12:00:00 GMT"} {
			wantNoAnswer(t, rt, request(t, "GET", first+"/a", line))
		}
	})
}

func TestLargeBodiesAreStreamedAndNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		large := strings.Repeat("x", 5000)
		n.at(first, says(200, large))
		rt := &Transport{Hosts: []string{first}, Base: n, Retries: -1, MaxBody: 4000, AttemptTimeout: time.Second}
		resp, err := rt.RoundTrip(request(t, "GET", first+"/a"))
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute) // the attempt's timeout is over
		if err := resp.Request.Context().Err(); err != nil {
			t.Error(err)
		}
		resp.Body.Close()
		get(t, rt, first+"/a").want(t, 200, large, false)
		n.down()
		wantNoAnswer(t, rt, request(t, "GET", first+"/a"))
	})
}

func TestMemoryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, says(200, strings.Repeat("x", 1000)))
		rt := &Transport{Hosts: []string{first}, Base: n, Retries: -1, Memory: 10_000}
		for i := range 100 {
			get(t, rt, fmt.Sprintf("%s/%d", first, i))
			get(t, rt, first+"/0") // used all the time, so it stays
		}
		if rt.memory.used > 10_000 || len(rt.memory.slots) < 5 {
			t.Errorf("memory holds %d bytes in %d entries", rt.memory.used, len(rt.memory.slots))
		}
		n.down()
		get(t, rt, first+"/0")
		get(t, rt, first+"/99")
		wantNoAnswer(t, rt, request(t, "GET", first+"/50"))
	})
}

func TestEventsTellWhatHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, larder("hello"))
		var got []string
		rt := &Transport{Hosts: []string{first, second}, Base: n, Observe: func(e Event) {
			got = append(got, fmt.Sprintf("%s %s %d %v %v", e.Kind, e.Host, e.Status, e.Err, e.Age))
		}}
		get(t, rt, first+"/a")
		time.Sleep(time.Minute)
		n.at(first, says(503, ""))
		n.at(second, refused)
		get(t, rt, first+"/a")
		want := []string{
			"attempt https://cdn.example 200 <nil> 0s",
			"attempt https://cdn.example 503 <nil> 0s",
			"attempt https://backup.example 0 connection refused 0s",
			"fallback  200 <nil> 1m0s",
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("the events are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	})
}
