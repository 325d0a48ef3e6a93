package client

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// echo answers with the client's credential, and never says Vary.
func echo(req *http.Request) (*http.Response, error) {
	return answer(200, req.Header.Get("Authorization")+req.Header.Get("Cookie")+req.Header.Get("X-Api-Key")+req.URL.Query().Get("auth_token"),
		"Cache-Control: public, max-age=60", `ETag: "same"`), nil
}

func TestNothingOfOneCredentialIsGivenToAnother(t *testing.T) {
	tests := []struct {
		name      string
		one, two  []string
		urls      [2]string
		different bool
	}{
		{"none", nil, nil, [2]string{}, false},
		{"Authorization", []string{"Authorization: Bearer a"}, []string{"Authorization: Bearer b"}, [2]string{}, true},
		{"Authorization and none", []string{"Authorization: Bearer a"}, nil, [2]string{}, true},
		{"none and Authorization", nil, []string{"Authorization: Bearer a"}, [2]string{}, true},
		{"another scheme", []string{"Authorization: Bearer a"}, []string{"Authorization: Token a"}, [2]string{}, true},
		{"Cookie", []string{"Cookie: a=1"}, []string{"Cookie: a=2"}, [2]string{}, true},
		{"Proxy-Authorization", []string{"Proxy-Authorization: Basic a"}, []string{"Proxy-Authorization: Basic b"}, [2]string{}, true},
		{"a header that the program names", []string{"X-Api-Key: a"}, []string{"X-Api-Key: b"}, [2]string{}, true},
		{"one value in another header", []string{"Cookie: a"}, []string{"Authorization: a"}, [2]string{}, true},
		{"two lines that join to one", []string{"Cookie: a", "Cookie: b"}, []string{"Cookie: ab"}, [2]string{}, true},
		{"a value that is a header's name", []string{"Authorization: Proxy-Authorization"}, []string{"Proxy-Authorization: Proxy-Authorization"}, [2]string{}, true},
		{"a query parameter", nil, nil, [2]string{"/a?auth_token=a", "/a?auth_token=b"}, true},
		{"other headers do not matter", []string{"User-Agent: a"}, []string{"User-Agent: b"}, [2]string{}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				one, two := first+test.urls[0], first+test.urls[1]
				n := newNetwork()
				n.at(first, echo)
				store := newFakeStore()
				fresh := func() *Transport {
					return &Transport{Hosts: []string{first}, Base: n, Retries: -1, Store: store, Credentials: []string{"x-api-key"}}
				}
				rt := fresh()
				get(t, rt, one, test.one...)
				if err := rt.Flush(t.Context()); err != nil {
					t.Fatal(err)
				}
				n.down()
				// In memory, and in the Store for another process.
				for _, rt := range []*Transport{rt, fresh()} {
					r, err := do(t, rt, request(t, "GET", two, test.two...))
					if got := err == nil && r.fallback; got == test.different {
						t.Errorf("the second credential got the first one's answer: %v", got)
					}
				}
				n.at(first, echo)
				time.Sleep(time.Minute)
				if get(t, rt, two, test.two...); (n.sent().Header.Get("If-None-Match") == "") != test.different {
					t.Errorf("If-None-Match of the second credential is %q", n.sent().Header.Get("If-None-Match"))
				}
			})
		})
	}
}

func TestARevokedCredentialLosesWhatWasKept(t *testing.T) {
	for _, status := range []int{401, 403} {
		synctest.Test(t, func(t *testing.T) {
			n := newNetwork()
			n.at(first, says(200, "secret", "Vary: Accept-Language"))
			store := newFakeStore()
			rt := &Transport{Hosts: []string{first}, Base: n, Retries: -1, Store: store}
			for _, language := range []string{"de", "en"} {
				get(t, rt, first+"/a", "Authorization: Bearer a", "Accept-Language: "+language)
				get(t, rt, first+"/a", "Authorization: Bearer b", "Accept-Language: "+language)
			}
			time.Sleep(time.Second)
			n.at(first, says(status, "no"))
			get(t, rt, first+"/a", "Authorization: Bearer a", "Accept-Language: en").want(t, status, "no", false)
			if err := rt.Flush(t.Context()); err != nil {
				t.Fatal(err)
			}
			n.down()
			other := &Transport{Hosts: []string{first}, Base: n, Retries: -1, Store: store}
			for _, rt := range []*Transport{rt, other} {
				for _, language := range []string{"de", "en"} {
					wantNoAnswer(t, rt, request(t, "GET", first+"/a", "Authorization: Bearer a", "Accept-Language: "+language))
					get(t, rt, first+"/a", "Authorization: Bearer b", "Accept-Language: "+language).want(t, 200, "secret", true)
				}
			}
		})
	}
}

func TestHostsShareWhatIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork()
		n.at(first, larder("hello"))
		rt := &Transport{Hosts: []string{first, second}, Base: n}
		get(t, rt, first+"/a")
		n.down()
		get(t, rt, second+"/a").want(t, 200, "hello", true)
	})
}
