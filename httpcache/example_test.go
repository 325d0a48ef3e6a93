package httpcache_test

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"larder/httpcache"
)

var (
	sent = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	read = &httpcache.Request{Method: http.MethodGet, Header: http.Header{}}
)

func answer(cacheControl string) *httpcache.Response {
	return &httpcache.Response{
		Status:       http.StatusOK,
		Header:       http.Header{"Cache-Control": {cacheControl}, "Etag": {`"v1"`}},
		RequestTime:  sent,
		ResponseTime: sent,
	}
}

func ExamplePlan() {
	follow := httpcache.Policy{}
	l, reason := httpcache.Plan(read, answer("max-age=60, stale-if-error=600"), follow)
	fmt.Println(reason, l.Freshness, l.StaleIfError)

	operator := httpcache.Policy{TTL: httpcache.Some(24 * time.Hour)}
	l, reason = httpcache.Plan(read, answer("max-age=60"), operator)
	fmt.Println(reason, l.Freshness)

	_, reason = httpcache.Plan(read, answer("private"), operator)
	fmt.Println(reason)
	// Output:
	// storable 1m0s 10m0s
	// storable 24h0m0s
	// private
}

func ExampleStoredResponse_Evaluate() {
	p := httpcache.Policy{}
	resp := answer("max-age=60, stale-while-revalidate=30, stale-if-error=600")
	l, _ := httpcache.Plan(read, resp, p)
	s := httpcache.NewStoredResponse("id", read, resp, l, p)
	for _, age := range []time.Duration{30 * time.Second, 80 * time.Second, 5 * time.Minute} {
		e := s.Evaluate(read, age, false, p)
		fmt.Println(age, e.Use == httpcache.UseFresh, e.Use == httpcache.UseStaleWhileRevalidate, e.StaleIfError)
	}
	// Output:
	// 30s true false true
	// 1m20s false true true
	// 5m0s false false true
}

func ExampleStoredResponse_Freshen() {
	p := httpcache.Policy{}
	resp := answer("max-age=60")
	l, _ := httpcache.Plan(read, resp, p)
	s := httpcache.NewStoredResponse("id-1", read, resp, l, p)
	fmt.Println(s.ValidationHeader())

	notModified := &httpcache.Response{
		Status:       http.StatusNotModified,
		Header:       http.Header{"Cache-Control": {"max-age=120"}},
		RequestTime:  sent.Add(time.Hour),
		ResponseTime: sent.Add(time.Hour),
	}
	fresh, _, ok := s.Freshen("id-2", read, notModified, p)
	fmt.Println(ok, fresh.Freshness, fresh.Header.Get("ETag"))
	// Output:
	// map[If-None-Match:["v1"]]
	// true 2m0s "v1"
}

func ExampleStoredResponse_Ranges() {
	s := &httpcache.StoredResponse{Status: http.StatusOK, Length: 10}
	ranges, outcome := s.Ranges(http.Header{"Range": {"bytes=-4"}})
	fmt.Println(outcome == httpcache.RangeSatisfiable, ranges[0].ContentRange(s.TotalLength()))
	// Output:
	// true bytes 6-9/10
}

func ExampleNormalizeVaryValue() {
	fmt.Println(httpcache.NormalizeVaryValue("Accept-Language", []string{"de;q=1.0, EN"}))
	// Output:
	// de,en
}

func ExampleInvalidationTargets() {
	target, _ := url.Parse("https://api.example/posts/")
	created := http.Header{"Location": {"/posts/42/"}}
	for _, u := range httpcache.InvalidationTargets(target, http.StatusCreated, created) {
		fmt.Println(u)
	}
	// Output:
	// https://api.example/posts/
	// https://api.example/posts/42/
}

func ExampleCacheStatus() {
	fmt.Println(httpcache.CacheStatus{Cache: "Larder", Hit: true, TTL: httpcache.Some(time.Minute)})
	fmt.Println(httpcache.CacheStatus{Cache: "Larder", Fwd: httpcache.FwdURIMiss, FwdStatus: 200, Stored: true})
	// Output:
	// Larder; hit; ttl=60
	// Larder; fwd=uri-miss; fwd-status=200; stored
}
