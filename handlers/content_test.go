package handlers

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"larder/corecache"
	"larder/origin"
)

func TestAMissIsKeptAndTheNextIsAHit(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	first := e.get("/posts/tea/")
	first.want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
	first.wantHeader("Age", "0")
	first.wantHeader("Cache-Control", "public, max-age=0, must-revalidate")
	e.pass(10 * time.Second)
	e.says(200, after)
	second := e.get("/posts/tea/")
	second.want(200, before, "Larder; hit; ttl=3590")
	second.wantHeader("Age", "10")
	second.wantHeader("Content-Length", fmt.Sprint(len(before)))
	if first.header.Get("Etag") == "" || first.header.Get("Etag") != second.header.Get("Etag") {
		t.Errorf("the ETags are %q and %q", first.header.Get("Etag"), second.header.Get("Etag"))
	}
	e.wantAsked(1)
}

func TestOneAnswerForOneMeaning(t *testing.T) {
	for name, uri := range map[string]string{
		"without the trailing slash":                        "/posts/tea",
		"an unlisted parameter":                             "/posts/tea/?utm_source=mail",
		"an unreserved character encoded":                   "/posts/%74ea/",
		"a lone question mark":                              "/posts/tea/?",
		"an empty parameter":                                "/posts/tea/?&&",
		"a parameter with nothing but its name's beginning": "/posts/tea/?local=de",
	} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, before)
			e.get("/posts/tea/").want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
			e.get(uri).want(200, before, "Larder; hit; ttl=3600")
			e.wantAsked(1)
		})
	}
}

func TestOnlyWhatIsInTheKeyReachesTheOrigin(t *testing.T) {
	e := newEdge(t)
	e.says(200, `{"data":[]}`)
	e.get("/posts?page=1&tag=b&x=1&tag=a&tag=b", "X-Forwarded-Host: evil.example", "Cookie: a=b", "Accept-Language: de",
		"User-Agent: somebody", `If-None-Match: "x"`, "Range: lines=0-1").want(200, `{"data":[]}`, "")
	asked := e.lastAsked()
	if asked.Path != "/posts/" || asked.Query != "tag=b&tag=a" || asked.Method != "GET" {
		t.Errorf("the origin is asked %s %s?%s", asked.Method, asked.Path, asked.Query)
	}
	for name, values := range asked.Header {
		switch name {
		case "Accept-Encoding", "Cdn-Loop", "User-Agent":
		default:
			t.Errorf("the origin gets %s: %q", name, values)
		}
	}
	if got := asked.Header.Get("User-Agent"); got == "somebody" {
		t.Errorf("the origin gets the User-Agent %q", got)
	}
}

func TestAListedHeaderIsInTheKey(t *testing.T) {
	e := newEdge(t)
	e.does(func(r *origin.Request) (*origin.Response, error) {
		return e.response(200, `{"data":{"title":"`+r.Header.Get("Accept-Language")+`"}}`), nil
	})
	e.get("/posts/tea/", "Accept-Language: de, en").want(200, `{"data":{"title":"de, en"}}`, "")
	e.get("/posts/tea/", "Accept-Language: fr").want(200, `{"data":{"title":"fr"}}`, "")
	hit := e.get("/posts/tea/", "Accept-Language: de,en")
	hit.want(200, `{"data":{"title":"de, en"}}`, "Larder; hit; ttl=3600")
	if !strings.Contains(hit.header.Get("Vary"), "Accept-Language") {
		t.Errorf("Vary is %q", hit.header["Vary"])
	}
	e.wantAsked(2)
}

func TestHEAD(t *testing.T) {
	t.Run("of a kept GET has its header alone", func(t *testing.T) {
		e := newEdge(t)
		e.says(200, before)
		get := e.get("/posts/tea/")
		head := e.request("HEAD", "/posts/tea/", "")
		head.want(200, "", "Larder; hit; ttl=3600")
		head.wantHeader("Content-Length", fmt.Sprint(len(before)))
		head.wantHeader("Etag", get.header.Get("Etag"))
		if head.body != "" {
			t.Errorf("the body is %q", head.body)
		}
		e.wantAsked(1)
	})
	t.Run("that misses makes the next GET a hit", func(t *testing.T) {
		e := newEdge(t)
		e.says(200, before)
		head := e.request("HEAD", "/posts/tea/", "")
		head.want(200, "", "Larder; fwd=uri-miss; fwd-status=200; stored")
		if asked := e.lastAsked().Method; asked != "GET" || head.body != "" {
			t.Errorf("the origin is asked with %s, the body is %q", asked, head.body)
		}
		e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
	})
}

func TestConditionalRequests(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, "Last-Modified: Sun, 01 Nov 2026 12:00:00 GMT")
	etag := e.get("/posts/tea/").header.Get("Etag")
	e.wantAsked(1)
	tests := []struct {
		name   string
		line   string
		status int
	}{
		{"the same ETag", "If-None-Match: " + etag, 304},
		{"the same ETag, weak", "If-None-Match: W/" + strings.TrimPrefix(etag, "W/"), 304},
		{"the ETag among others", `If-None-Match: "a", ` + etag, 304},
		{"any ETag", "If-None-Match: *", 304},
		{"another ETag", `If-None-Match: "a"`, 200},
		{"not modified since its date", "If-Modified-Since: Sun, 01 Nov 2026 12:00:00 GMT", 304},
		{"modified since a date before", "If-Modified-Since: Sat, 31 Oct 2026 12:00:00 GMT", 200},
		{"a date that is none", "If-Modified-Since: yesterday", 200},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, method := range []string{"GET", "HEAD"} {
				r := e.request(method, "/posts/tea/", "", test.line)
				r.want(test.status, "", "Larder; hit; ttl=3600")
				if test.status == 304 && (r.body != "" || r.header.Get("Etag") != etag) {
					t.Errorf("the 304 has the body %q and the ETag %q", r.body, r.header.Get("Etag"))
				}
				if test.status == 304 {
					r.wantNo("Content-Length")
				}
			}
		})
	}
	e.wantAsked(0)
}

func TestRanges(t *testing.T) {
	const body = `{"data":"0123456789"}`
	e := newEdge(t)
	e.says(200, body, `Etag: "v1"`)
	e.get("/files/a").want(200, body, "")
	e.wantAsked(1)
	tests := []struct {
		name         string
		lines        []string
		status       int
		body         string
		contentRange string
	}{
		{"the first bytes", []string{"Range: bytes=0-3"}, 206, body[:4], "bytes 0-3/21"},
		{"a byte", []string{"Range: bytes=5-5"}, 206, body[5:6], "bytes 5-5/21"},
		{"from the middle", []string{"Range: bytes=19-"}, 206, body[19:], "bytes 19-20/21"},
		{"the last bytes", []string{"Range: bytes=-2"}, 206, body[19:], "bytes 19-20/21"},
		{"past the end is cut", []string{"Range: bytes=19-99"}, 206, body[19:], "bytes 19-20/21"},
		{"behind the end", []string{"Range: bytes=21-"}, 416, "", "bytes */21"},
		{"the wrong way round is ignored", []string{"Range: bytes=5-2"}, 200, body, ""},
		{"another unit is ignored", []string{"Range: lines=0-1"}, 200, body, ""},
		{"If-Range with the ETag", []string{"Range: bytes=0-3", `If-Range: "v1"`}, 206, body[:4], "bytes 0-3/21"},
		{"If-Range with another ETag", []string{"Range: bytes=0-3", `If-Range: "v0"`}, 200, body, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := e.get("/files/a", test.lines...)
			r.want(test.status, test.body, "Larder; hit; ttl=3600")
			r.wantHeader("Content-Range", test.contentRange)
			if test.status == 206 {
				r.wantHeader("Content-Length", fmt.Sprint(len(test.body)))
			}
			if test.status == 416 {
				r.wantProblem(416, "range-not-satisfiable")
			}
		})
	}
	t.Run("several", func(t *testing.T) {
		r := e.get("/files/a", "Range: bytes=0-1, 19-")
		r.want(206, "", "Larder; hit; ttl=3600")
		r.wantHeader("Content-Length", fmt.Sprint(len(r.body)))
		if !strings.HasPrefix(r.header.Get("Content-Type"), "multipart/byteranges; boundary=") ||
			!strings.Contains(r.body, "bytes 19-20/21") || !strings.Contains(r.body, "\r\n\r\n"+body[:2]+"\r\n") {
			t.Errorf("%s: %q", r.header.Get("Content-Type"), r.body)
		}
	})
	t.Run("on a miss", func(t *testing.T) {
		e.get("/files/b", "Range: bytes=0-3").want(206, body[:4], "Larder; fwd=uri-miss; fwd-status=200; stored")
		e.get("/files/b").want(200, body, "Larder; hit; ttl=3600")
	})
	e.wantAsked(1)
}

func TestWhatMayNotBeSharedIsPassedOn(t *testing.T) {
	tests := []struct {
		name   string
		status int
		lines  []string
	}{
		{"private", 200, []string{"Cache-Control: private"}},
		{"no-store", 200, []string{"Cache-Control: no-store"}},
		{"a cookie", 200, []string{"Set-Cookie: a=b"}},
		{"Vary: *", 200, []string{"Vary: *"}},
		{"401", 401, nil},
		{"403", 403, nil},
		{"a 400", 400, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.says(test.status, before, test.lines...)
			first := e.get("/posts/tea/")
			first.want(test.status, before, "")
			if strings.Contains(first.header.Get("Cache-Status"), "; stored") {
				t.Errorf("Cache-Status is %q", first.header.Get("Cache-Status"))
			}
			e.says(test.status, after, test.lines...)
			e.get("/posts/tea/").want(test.status, after, "")
			e.wantAsked(2)
			e.pass(passTime)
			e.says(200, before)
			e.get("/posts/tea/").want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
			e.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
			e.wantAsked(1)
		})
	}
}

func TestAn404IsKeptShortlyUnderTheKeysOfItsPath(t *testing.T) {
	e := newEdge(t)
	e.says(404, `{"detail":"Not found."}`)
	e.get("/posts/new/").want(404, `{"detail":"Not found."}`, "Larder; fwd=uri-miss; fwd-status=404; stored")
	e.get("/posts/new/").want(404, `{"detail":"Not found."}`, "Larder; hit; ttl=30")
	e.wantAsked(1)
	e.says(200, before)
	e.purge(`"keys":["post:new"]`)
	e.get("/posts/new/").want(200, before, "")
	e.get("/posts/new/").want(200, before, "Larder; hit; ttl=3600")
	e.wantAsked(1)
}

func TestAn404ExpiresByItself(t *testing.T) {
	e := newEdge(t)
	e.says(404, `{}`)
	e.get("/posts/new/")
	e.pass(30 * time.Second)
	e.says(200, before)
	e.get("/posts/new/").want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
	e.wantAsked(2)
}

// large is a body beyond what is read for surrogate keys.
var large = `{"data":"` + strings.Repeat("0123456789", 1000) + `"}`

func (e *edge) saysLarge(broken error, lines ...string) *rest {
	r := &rest{Reader: strings.NewReader(large[1025:]), err: broken}
	e.does(func(*origin.Request) (*origin.Response, error) {
		resp := e.response(200, large[:1025], lines...)
		resp.Remainder = r
		return resp, nil
	})
	return r
}

func TestALargeBodyGoesThroughTheCache(t *testing.T) {
	length := fmt.Sprintf("Content-Length: %d", len(large))
	for name, lines := range map[string][]string{"with its length": {length}, "without its length": nil} {
		t.Run(name, func(t *testing.T) {
			e := newEdge(t)
			r := e.saysLarge(nil, lines...)
			e.get("/files/a").want(200, large, "")
			e.get("/files/a").want(200, large, "Larder; hit; ttl=3600")
			e.wantAsked(1)
			if !r.closed {
				t.Error("the origin's connection is left open")
			}
		})
	}
	t.Run("that may not be kept is streamed", func(t *testing.T) {
		e := newEdge(t)
		r := e.saysLarge(nil, length, "Cache-Control: private")
		e.get("/files/a").want(200, large, "")
		if !r.closed {
			t.Error("the origin's connection is left open")
		}
	})
}

func TestABrokenCacheNeverBreaksAnAnswer(t *testing.T) {
	e := newEdge(t)
	e.spy.fail = corecache.ErrUnexpected
	e.says(200, before)
	for range 2 {
		e.get("/posts/tea/").want(200, before, `Larder; fwd=miss; fwd-status=200; detail="not-stored; cache-failed"`)
	}
	e.wantAsked(2)
	e.fails(errRefused)
	e.get("/posts/tea/").wantProblem(503, "origin-unavailable")
}

func TestAnEntryThatCannotBeReadIsAMiss(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	e.get("/posts/tea/")
	key := e.spy.keyOf(func() { e.get("/posts/tea/") })
	w, err := e.model.Insert(key, corecache.WriteOptions{TTL: time.Hour, UserMetadata: []byte("from another time")})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	e.says(200, after)
	e.get("/posts/tea/").want(200, after, "")
	e.get("/posts/tea/").want(200, after, "Larder; hit; ttl=3600")
	e.wantAsked(2)
}

func TestTheDebugHeaderShowsTheKeys(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, "Surrogate-Key: own-1 own-2", "Cache-Tag: tag-1", "Xkey: x-1", "Surrogate-Control: max-age=5")
	plain := e.get("/posts/tea/")
	plain.wantNo("Surrogate-Key", "Cache-Tag", "Xkey", "Surrogate-Control")
	if strings.Contains(plain.header.Get("Cache-Status"), "key=") {
		t.Errorf("Cache-Status is %q", plain.header.Get("Cache-Status"))
	}
	debugged := e.get("/posts/tea/", "Larder-Debug: 1")
	for _, key := range []string{"post:tea", "author:ada", "own-1", "own-2", "tag-1", "x-1", "larder-all"} {
		if !strings.Contains(" "+debugged.header.Get("Surrogate-Key")+" ", " "+key+" ") {
			t.Errorf("Surrogate-Key is %q, without %q", debugged.header.Get("Surrogate-Key"), key)
		}
	}
	if !strings.Contains(debugged.header.Get("Cache-Status"), `; key="`) {
		t.Errorf("Cache-Status is %q", debugged.header.Get("Cache-Status"))
	}
	e.get("/posts/tea/").wantNo("Surrogate-Key")
}
