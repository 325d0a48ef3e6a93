package accesslog

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestALineIsWrittenAsEncodingJSONWritesIt(t *testing.T) {
	text := rapid.OneOf(rapid.Just(""), rapid.StringMatching(`[ -~]{1,8}`), rapid.String(), rapid.Just("a\xff\u2028"))
	seconds := rapid.Ptr(rapid.Int64(), true)
	milliseconds := rapid.Custom(func(t *rapid.T) Milliseconds {
		return MillisecondsOf(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "duration")))
	})
	rapid.Check(t, func(t *rapid.T) {
		l := Line{
			Time: time.Unix(rapid.Int64Range(0, 1<<33).Draw(t, "s"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns")).UTC(),
			ID:   text.Draw(t, "id"), Method: text.Draw(t, "method"), Route: text.Draw(t, "route"), Path: text.Draw(t, "path"),
			Status: rapid.IntRange(0, 599).Draw(t, "status"), Cache: text.Draw(t, "cache"), Detail: text.Draw(t, "detail"),
			FwdStatus: rapid.IntRange(0, 599).Draw(t, "fwd"), Stored: rapid.Bool().Draw(t, "stored"), Collapsed: rapid.Bool().Draw(t, "collapsed"),
			Stale: text.Draw(t, "stale"), Purged: rapid.Bool().Draw(t, "purged"), Age: seconds.Draw(t, "age"), TTL: seconds.Draw(t, "ttl"),
			Milliseconds: milliseconds.Draw(t, "ms"), Bytes: rapid.Int64Range(0, 1<<40).Draw(t, "bytes"), Origin: text.Draw(t, "origin"),
			Attempts: rapid.IntRange(0, 9).Draw(t, "attempts"), OriginMilliseconds: milliseconds.Draw(t, "origin ms"),
			Tenant: text.Draw(t, "tenant"), Edge: rapid.Bool().Draw(t, "edge"), Sample: rapid.IntRange(0, 1000).Draw(t, "sample"),
		}
		l.About = About{POP: text.Draw(t, "pop"), Version: text.Draw(t, "version")}
		want, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.appendJSON(nil); string(got) != string(want) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}
