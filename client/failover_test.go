package client

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestHostsAreTriedInOrder(t *testing.T) {
	truncated := func(*http.Request) (*http.Response, error) {
		resp := answer(200, "", "Content-Type: text/plain")
		resp.Body = io.NopCloser(io.MultiReader(strings.NewReader("ha"), iotestErr{io.ErrUnexpectedEOF}))
		return resp, nil
	}
	for name, failure := range map[string]func(*http.Request) (*http.Response, error){
		"refused": refused, "hanging": nil, "truncated": truncated,
		"500": says(500, "x"), "502": says(502, ""), "503": says(503, ""), "504": says(504, ""), "429": says(429, ""),
		"broken JSON": says(200, `{"a":`, "Content-Type: application/json; charset=utf-8"),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				n.at(first, failure)
				n.at(second, larder("hello"))
				rt := &Transport{Hosts: []string{first, second, third}, Base: n}
				get(t, rt, first+"/a").want(t, 200, "hello", false)
				wantRequests(t, n, "GET "+first+" /a", "GET "+second+" /a")
			})
		})
	}
}

type iotestErr struct{ err error }

func (r iotestErr) Read([]byte) (int, error) { return 0, r.err }

func TestAnyOtherStatusIsTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, status := range []int{200, 204, 301, 400, 401, 403, 404, 410, 422, 501} {
			n := newNetwork()
			n.at(first, says(status, ""))
			get(t, &Transport{Hosts: []string{first, second}, Base: n}, first+"/a").want(t, status, "", false)
			wantRequests(t, n, "GET "+first+" /a")
		}
	})
}

func TestAHostThatIsDownIsRememberedAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, refused)
		n.at(second, larder("hello"))
		rt := &Transport{Hosts: []string{first, second}, Base: n}
		for range failuresToOpen {
			get(t, rt, first+"/a")
		}
		n.requests()
		get(t, rt, first+"/a").want(t, 200, "hello", false)
		wantRequests(t, n, "GET "+second+" /a")

		// The probe is made behind the request, even if the host now hangs.
		n.at(first, nil)
		time.Sleep(2 * cooldown)
		start := time.Now()
		get(t, rt, first+"/a").want(t, 200, "hello", false)
		if took := time.Since(start); took > 0 {
			t.Errorf("the request waited %v for the probe", took)
		}
		time.Sleep(2*cooldown + defaultAttemptTimeout)
		n.at(first, larder("back"))
		get(t, rt, first+"/a") // whose probe may be faster
		synctest.Wait()
		n.requests()
		get(t, rt, first+"/a").want(t, 200, "back", false)
		wantRequests(t, n, "GET "+first+" /a")
	})
}

func TestABadPageDoesNotTakeAHostAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/bad" {
				return answer(500, ""), nil
			}
			return answer(200, "good"), nil
		})
		rt := &Transport{Hosts: []string{first, second}, Base: n, Retries: -1, AttemptTimeout: time.Millisecond}
		for range 20 {
			get(t, rt, first+"/bad").want(t, 500, "", false)
		}
		n.requests()
		get(t, rt, first+"/ok").want(t, 200, "good", false)
		wantRequests(t, n, "GET "+first+" /ok")
	})
}

func TestRequestsAreRepeatedAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		fails := 2
		n.at(first, func(*http.Request) (*http.Response, error) {
			if fails--; fails >= 0 {
				return answer(503, ""), nil
			}
			return answer(200, "at last"), nil
		})
		start := time.Now()
		get(t, &Transport{Hosts: []string{first}, Base: n}, first+"/a").want(t, 200, "at last", false)
		if took := time.Since(start); took < 3*firstPause/2 || took > 5*firstPause {
			t.Errorf("the pauses took %v, want 150 to 450 ms", took)
		}
	})
}

func TestRetryAfterIsRespected(t *testing.T) {
	for name, value := range map[string]func() string{
		"seconds": func() string { return "3" },
		"a date":  func() string { return time.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				asked := false
				n.at(first, func(*http.Request) (*http.Response, error) {
					if asked = !asked; asked {
						return answer(429, "", "Retry-After: "+value()), nil
					}
					return answer(200, "ok"), nil
				})
				start := time.Now()
				get(t, &Transport{Hosts: []string{first}, Base: n}, first+"/a").want(t, 200, "ok", false)
				if took := time.Since(start); took < 3*time.Second || took > 4*time.Second {
					t.Errorf("the request was repeated after %v, want 3 s", took)
				}
			})
		})
	}
}

func TestARetryAfterBeyondTheTimeoutIsNotWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, says(429, "until next month", "Retry-After: 2000000"))
		start := time.Now()
		get(t, &Transport{Hosts: []string{first}, Base: n}, first+"/a").want(t, 429, "until next month", false)
		if took := time.Since(start); took > 0 {
			t.Errorf("the request waited %v", took)
		}
		wantRequests(t, n, "GET "+first+" /a")
	})
}

// In an outage, programs must not multiply the load on what is left.
func TestRetriesHaveABudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, says(503, ""))
		rt := &Transport{Hosts: []string{first}, Base: n, Retries: 10}
		done := make(chan error)
		for range 100 {
			go func() {
				_, err := do(t, rt, request(t, "GET", first+"/a"))
				done <- err
			}()
		}
		for range 100 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if got := len(n.requests()); got > 100+budgetSize+100/5 {
			t.Errorf("100 requests became %d attempts, want 130 at most", got)
		}
	})
}

func TestNothingIsDoneTwice(t *testing.T) {
	dial := func(*http.Request) (*http.Response, error) {
		return nil, &net.OpError{Op: "dial", Err: errRefused}
	}
	tests := []struct {
		name    string
		method  string
		lines   []string
		failure func(*http.Request) (*http.Response, error)
		want    int // requests
	}{
		{"POST that got a 503", "POST", nil, says(503, ""), 1},
		{"POST that was reset", "POST", nil, refused, 1},
		{"POST that found no connection", "POST", nil, dial, 2},
		{"POST with a key", "POST", []string{"Idempotency-Key: 1"}, says(503, ""), 2},
		{"PATCH that got a 503", "PATCH", nil, says(503, ""), 1},
		{"PUT that got a 503", "PUT", nil, says(503, ""), 2},
		{"DELETE that was reset", "DELETE", nil, refused, 2},
		{"QUERY that got a 503", "QUERY", nil, says(503, ""), 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork()
				n.at(first, test.failure)
				var bodies []string
				n.at(second, func(req *http.Request) (*http.Response, error) {
					body, err := io.ReadAll(req.Body)
					bodies = append(bodies, string(body))
					return answer(200, "done"), err
				})
				req := request(t, test.method, first+"/a", test.lines...)
				req.Body = io.NopCloser(strings.NewReader("payload"))
				req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("payload")), nil }
				_, _ = do(t, &Transport{Hosts: []string{first, second}, Base: n, Retries: -1}, req)
				if got := len(n.requests()); got != test.want {
					t.Errorf("%d requests were sent, want %d", got, test.want)
				}
				if test.want == 2 && strings.Join(bodies, "") != "payload" {
					t.Errorf("the second host got %q", bodies)
				}
			})
		})
	}
}

func TestABodyThatCannotBeHadAgainIsSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, refused)
		req := request(t, "PUT", first+"/a")
		req.Body = io.NopCloser(strings.NewReader("payload"))
		wantNoAnswer(t, &Transport{Hosts: []string{first, second}, Base: n}, req)
		wantRequests(t, n, "PUT "+first+" /a")
	})
}

func TestTheTimeoutBoundsARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := &Transport{Hosts: []string{first, second, third}, Base: newNetwork(), Timeout: 9 * time.Second}
		start := time.Now()
		wantNoAnswer(t, rt, request(t, "GET", first+"/a"))
		if took := time.Since(start); took > 9*time.Second {
			t.Errorf("the request took %v", took)
		}
	})
}

// A program with a short timeout of its own must get past a host that hangs.
func TestEachHostGetsAShareOfTheProgramsDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(third, larder("hello"))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		rt := &Transport{Hosts: []string{first, second, third}, Base: n}
		r, err := do(t, rt, request(t, "GET", first+"/a").WithContext(ctx))
		if err != nil {
			t.Fatal(err)
		}
		r.want(t, 200, "hello", false)
	})
}

func TestACancelledRequestEndsAtOnceAndBlamesNoHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		rt := &Transport{Hosts: []string{first, second}, Base: n}
		for range 5 {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Second, cancel)
			if _, err := do(t, rt, request(t, "GET", first+"/a").WithContext(ctx)); !errors.Is(err, context.Canceled) {
				t.Errorf("the error is %v", err)
			}
		}
		n.at(first, larder("hello"))
		n.requests()
		get(t, rt, first+"/a").want(t, 200, "hello", false)
		wantRequests(t, n, "GET "+first+" /a")
	})
}

func TestOtherHostsAreLeftAlone(t *testing.T) {
	n := newNetwork()
	n.at("https://elsewhere.example", says(503, "no"))
	rt := &Transport{Hosts: []string{first, second}, Base: n}
	get(t, rt, "https://elsewhere.example/a", "Authorization: Bearer secret").want(t, 503, "no", false)
	wantRequests(t, n, "GET https://elsewhere.example /a")
}

func TestTheRequestIsNotChanged(t *testing.T) {
	n := newNetwork()
	n.at(first, refused)
	n.at(second, larder("hello"))
	rt := &Transport{Hosts: []string{first, second}, Base: n}
	for range 2 { // the second time it is made conditional
		req := request(t, "GET", first+"/a")
		r, err := do(t, rt, req)
		if err != nil {
			t.Fatal(err)
		}
		if req.URL.Host != "cdn.example" || len(req.Header) != 0 || r.Request != req {
			t.Errorf("the request is now for %s with %v", req.URL, req.Header)
		}
	}
	if n.sent().Host != "" && n.sent().Host != "backup.example" {
		t.Errorf("the second host was asked for %s", n.sent().Host)
	}
}

func TestWrongHostsAreAnError(t *testing.T) {
	for _, hosts := range [][]string{nil, {"cdn.example"}, {"ftp://a"}, {"https://a/v2"}, {"https://u:p@a"}, {"https://"}, {"https://a?b"}} {
		if _, err := do(t, &Transport{Hosts: hosts}, request(t, "GET", first+"/a")); err == nil || !strings.Contains(err.Error(), "Hosts") {
			t.Errorf("%q: the error is %v", hosts, err)
		}
	}
}
