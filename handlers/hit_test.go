package handlers

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAMissIsStoredAndTheNextRequestIsAHit(t *testing.T) {
	e := newEdge(t)
	e.says(200, before)
	first := e.get("/posts/tea/")
	first.want(200, before, "Larder; fwd=uri-miss; fwd-status=200; stored")
	first.wantHeader("Age", "0")
	first.wantHeader("Cache-Control", "public, max-age=0, stale-if-error=86400")
	e.pass(10 * time.Second)
	e.says(200, after)
	second := e.get("/posts/tea/")
	second.want(200, before, "Larder; hit; ttl=3590")
	second.wantHeader("Age", "10")
	second.wantHeader("Cache-Control", "public, max-age=0, stale-if-error=86410")
	second.wantHeader("Content-Length", fmt.Sprint(len(before)))
	if first.header.Get("Etag") == "" || first.header.Get("Etag") != second.header.Get("Etag") {
		t.Errorf("the ETags are %q and %q", first.header.Get("Etag"), second.header.Get("Etag"))
	}
	e.wantAsked(1)
}

func TestTheDebugHeaderShowsTheKeys(t *testing.T) {
	e := newEdge(t)
	e.says(200, before, "Surrogate-Key: own-1 own-2", "Cache-Tag: tag-1", "Xkey: x-1", "X-Cache-Tags: o-1 o-2", "Surrogate-Control: max-age=5")
	plain := e.get("/posts/tea/")
	plain.wantNo("Surrogate-Key", "Cache-Tag", "X-Cache-Tags", "Xkey", "Surrogate-Control")
	if strings.Contains(plain.header.Get("Cache-Status"), "key=") {
		t.Errorf("Cache-Status is %q", plain.header.Get("Cache-Status"))
	}
	debugged := e.get("/posts/tea/", "Larder-Debug: 1")
	for _, key := range []string{"post:tea", "author:ada", "own-1", "own-2", "tag-1", "x-1", "o-2", "larder-all"} {
		if !strings.Contains(" "+debugged.header.Get("Surrogate-Key")+" ", " "+key+" ") {
			t.Errorf("Surrogate-Key is %q, without %q", debugged.header.Get("Surrogate-Key"), key)
		}
	}
	if !strings.Contains(debugged.header.Get("Cache-Status"), `; key="`) {
		t.Errorf("Cache-Status is %q", debugged.header.Get("Cache-Status"))
	}
	e.get("/posts/tea/").wantNo("Surrogate-Key")
}

func TestFieldsForOneClientAreNotStored(t *testing.T) {
	tests := []struct {
		name, control string
		lines         []string
		once, stored  []string
	}{
		{"no-cache of a cookie", `no-cache="Set-Cookie"`, []string{"Set-Cookie: a=b", "X-User: ada"}, []string{"Set-Cookie"}, []string{"X-User"}},
		{"private fields", `private="X-User, x-cart"`, []string{"X-User: ada", "X-Cart: 1", "X-Shop: tea"}, []string{"X-User", "X-Cart"}, []string{"X-Shop"}},
		{"both", `private="X-User", no-cache="X-Cart"`, []string{"X-User: ada", "X-Cart: 1"}, []string{"X-User", "X-Cart"}, nil},
		{"neither", "public", []string{"X-User: ada"}, nil, []string{"X-User"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := newEdge(t)
			e.says(200, "text", append(test.lines, aMinute+", "+test.control)...)
			sent := fields(test.lines...)
			first := e.get("/open/a")
			first.want(200, "text", "Larder; fwd=uri-miss; fwd-status=200; stored")
			second := e.get("/open/a")
			second.want(200, "text", "Larder; hit; ttl=60")
			e.wantAsked(1)
			for _, name := range test.once {
				first.wantHeader(name, sent.Get(name))
			}
			second.wantNo(test.once...)
			for _, name := range test.stored {
				first.wantHeader(name, sent.Get(name))
				second.wantHeader(name, sent.Get(name))
			}
			e.pass(2 * time.Minute)
			renewed := e.get("/open/a")
			for _, name := range test.once {
				renewed.wantHeader(name, sent.Get(name))
			}
			e.get("/open/a").wantNo(test.once...)
			e.wantAsked(1)
		})
	}
}

func TestAnAnswersAgeIsNotThatOfItsValidation(t *testing.T) {
	e := newEdge(t)
	lines := []string{"Cache-Control: max-age=100, stale-while-revalidate=1000", `Etag: "v1"`}
	e.says(200, before, lines...)
	e.get("/open/x")
	e.pass(150 * time.Second)
	e.says(304, "", lines...)
	e.get("/open/x").want(200, before, "Larder; hit; ttl=-50")
	e.wantAsked(2)
	e.get("/open/x").wantHeader("Age", "0")
	e.wantAsked(0)
}
