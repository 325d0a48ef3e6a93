package handlers

import (
	"strings"
	"testing"
	"time"

	"larder/corecache"
	"larder/origin"
	"larder/resource"
)

func TestTheEdgeAnswersConditionsAndRanges(t *testing.T) {
	for name, lines := range map[string]struct {
		line   string
		status int
		body   string
	}{
		"a range":           {"Range: bytes=2-5", 206, before[2:6]},
		"a range past it":   {"Range: bytes=9999-", 416, anything},
		"another condition": {`If-None-Match: "other"`, 200, before},
		"any content":       {"If-None-Match: *", 304, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newService(t, testConfig)
			one := s.quietPOP()
			s.says(200, before)
			one.get("/posts/tea/", lines.line).want(lines.status, lines.body, anything)
			one.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
			s.wantAsked(1)
		})
	}
}

func TestPartsComeThroughTheShield(t *testing.T) {
	s := newService(t, testConfig)
	one, two := s.quietPOP(), s.quietPOP()
	s.serves(letters, aMinute, strongTag)
	one.get("/open/a", "Range: bytes=5-9").want(206, letters[5:10], anything)
	two.get("/open/a", "Range: bytes=6-8").want(206, letters[6:9], anything)
	s.wantAsked(1)
	two.get("/open/a").want(200, letters, anything)
	one.get("/open/a", "Range: bytes=9999-").want(416, anything, anything)
	one.get("/open/a").want(200, letters, anything)
	if _, err := one.parts.Cache.Lookup([]byte(resource.KeyVersion+"\nbreaker\nshield\nopen"), corecache.LookupOptions{}); err == nil {
		t.Error("the shield's circuit has a failure")
	}
}

func TestLargeBodiesComeThroughTheShield(t *testing.T) {
	body := strings.Repeat("0123456789", 500) // limits.tagged_body is 1 KiB
	for _, test := range []struct {
		name, uri, line string
		stored          bool
	}{
		{"where the operator decides", "/files/a", "Cache-Control: max-age=5", true},
		{"where the origin decides", "/open/a", "Cache-Control: max-age=60", true},
		{"that may not be stored", "/open/a", "Cache-Control: private", false},
		{"that may not be stored though the operator sets a lifetime", "/files/a", "Cache-Control: no-store", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newService(t, testConfig)
			one, two := s.quietPOP(), s.quietPOP()
			s.does(func(*origin.Request) (*origin.Response, error) {
				return s.response(200, body, test.line, "Content-Length: 5000", "Surrogate-Key: extra"), nil
			})
			for _, p := range []*edgePOP{one, one, two} {
				r := p.get(test.uri)
				r.want(200, body, anything)
				r.wantHeader("Content-Length", "5000")
				r.wantNo("Larder-Shield", "Larder-Shield-Status", "Surrogate-Key")
				if !test.stored || test.uri == "/open/a" {
					r.wantHeader("Cache-Control", strings.TrimPrefix(test.line, "Cache-Control: "))
				}
			}
			one.wantAsked(0)
			if test.stored {
				s.wantAsked(1)
			} else {
				s.wantAsked(3)
			}
		})
	}
}

func TestTheOriginsHintToCompressComesThroughTheShield(t *testing.T) {
	s := newService(t, testConfig)
	one := s.quietPOP()
	s.says(200, "text", "Cache-Control: max-age=60", "X-Compress-Hint: on")
	r := one.get("/open/a", "Accept-Encoding: gzip")
	r.wantHeader("X-Compress-Hint", "on")
	r.wantNo("Larder-Compress-Hint")
	one.get("/open/a").wantNo("X-Compress-Hint", "Larder-Compress-Hint")
}

// The shield computes an ETag, and the edge stores it.
func TestAnOriginWithoutETagsStillCostsNoBodyBetweenPOPs(t *testing.T) {
	s := newService(t, testConfig)
	one := s.quietPOP()
	s.says(200, before)
	one.get("/posts/tea/")
	t.Run("after a purge", func(t *testing.T) {
		one.purge(`"keys":["post:tea"]`)
		one.get("/posts/tea/").want(200, before, "Larder; fwd=request; fwd-status=200; stored, Larder; fwd=stale; fwd-status=304; stored")
		if got := one.got[len(one.got)-1].Status; got != 304 {
			t.Errorf("the shield's status is %d", got)
		}
		one.get("/posts/tea/").want(200, before, "Larder; hit; ttl=3600")
	})
	t.Run("and the rest of the lifetime comes with it", func(t *testing.T) {
		s.pass(2 * time.Hour)
		s.get("/posts/tea/").want(200, before, anything)
		s.pass(30 * time.Minute)
		one.get("/posts/tea/").want(200, before, anything)
		if got := one.got[len(one.got)-1].Status; got != 304 {
			t.Errorf("the shield's status is %d", got)
		}
		one.get("/posts/tea/").want(200, before, "Larder; hit; ttl=1800")
	})
	t.Run("and other content comes whole", func(t *testing.T) {
		s.pass(2 * time.Hour)
		s.says(200, after)
		one.get("/posts/tea/").want(200, after, anything)
	})
}
