package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// hookRow is what a webhook took that purges nothing.
type hookRow struct {
	what  string
	times []time.Duration
}

// measureHooks sends webhooks whose events are ignored, so that only their
// authentication and their parsing count, beside the health check, which does
// nothing.
func (b *bench) measureHooks(ctx context.Context, times int) ([]hookRow, error) {
	const ghost = `{"post":{"current":{"id":"1","slug":"tea","status":"draft"},"previous":{}}}`
	const contentful = `{"sys":{"type":"Tag","id":"t1"}}`
	const wordpress = `{"events":[]}`
	const strapi = `{"event":"unknown","model":"article","entry":{"documentId":"a"}}`
	rows := []hookRow{{what: "health check"}, {what: "static secret (Strapi)"}, {what: "HMAC (Ghost)"}, {what: "HMAC with a time (WordPress)"}, {what: "HMAC over headers (Contentful)"}}
	for range times {
		for i, send := range []func() (string, string, http.Header){
			func() (string, string, http.Header) { return "/_larder/health", "", nil },
			func() (string, string, http.Header) {
				return "/_larder/hooks/static", strapi, http.Header{"Authorization": {"Bearer " + hookSecret}}
			},
			func() (string, string, http.Header) {
				at := milliseconds(time.Now())
				return "/_larder/hooks/blog", ghost, http.Header{"X-Ghost-Signature": {"sha256=" + sign(ghost+at) + ", t=" + at}}
			},
			func() (string, string, http.Header) {
				at := milliseconds(time.Now())
				return "/_larder/hooks/site", wordpress, http.Header{"Larder-Signature": {"t=" + at + ",v1=" + sign(at+"."+wordpress)}}
			},
			func() (string, string, http.Header) {
				at, topic := milliseconds(time.Now()), "ContentManagement.Tag.publish"
				const list = "x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic"
				signed := "POST\n/_larder/hooks/cms\nx-contentful-signed-headers:" + list + ";x-contentful-timestamp:" + at + ";x-contentful-topic:" + topic + "\n" + contentful
				return "/_larder/hooks/cms", contentful, http.Header{
					"X-Contentful-Topic": {topic}, "X-Contentful-Timestamp": {at},
					"X-Contentful-Signed-Headers": {list}, "X-Contentful-Signature": {sign(signed)},
				}
			},
		} {
			path, body, header := send()
			method, want := http.MethodPost, http.StatusAccepted
			if i == 0 {
				method, want = http.MethodGet, http.StatusOK
			}
			began := time.Now()
			status, answer, err := b.do(ctx, method, path, body, header)
			if err != nil {
				return nil, err
			}
			if status != want {
				return nil, fmt.Errorf("%s: status %d: %s", path, status, answer)
			}
			rows[i].times = append(rows[i].times, time.Since(began))
		}
	}
	return rows, nil
}

func milliseconds(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

func sign(text string) string {
	mac := hmac.New(sha256.New, []byte(hookSecret))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}
