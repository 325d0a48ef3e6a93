package httpcache

import (
	"testing"
	"time"
)

// BenchmarkHit measures this package's part of a hit: decoding the record of a
// typical response and evaluating it for a request.
func BenchmarkHit(b *testing.B) {
	resp := received(200, "Content-Type: application/json; charset=utf-8", "Date: "+httpDate(0),
		"Cache-Control: max-age=60", "Vary: Accept-Encoding", "Access-Control-Allow-Origin: *",
		"X-Request-Id: 7d1f", `ETag: "8f3a"`, "Last-Modified: "+httpDate(-time.Hour))
	s := store(b, resp, operator())
	s.Keys = []string{"posts", "post:hello", "author:jane", "category:news"}
	record, err := s.AppendBinary(nil)
	if err != nil {
		b.Fatal(err)
	}
	req := get("Accept: */*", "User-Agent: x", "Accept-Encoding: gzip")
	for name, p := range map[string]Policy{"operator": operator(), "origin": origin()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				var hit StoredResponse
				if err := hit.UnmarshalBinary(record); err != nil {
					b.Fatal(err)
				}
				if e := hit.Evaluate(req, time.Minute, false, p); e.Use != UseFresh {
					b.Fatal(e)
				}
				if hit.NotModified(req.Header) {
					b.Fatal("not modified")
				}
				if _, outcome := hit.Ranges(req.Header); outcome != RangeNone {
					b.Fatal(outcome)
				}
			}
		})
	}
}
