package resource

import (
	"net/http"
	"strings"
	"testing"
)

func TestFieldsThatOverrideTheRequestAreRemoved(t *testing.T) {
	for _, name := range []string{
		"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Prefix",
		"X-Forwarded-Server", "X-Forwarded-Scheme", "X-Forwarded-Ssl", "X-Forwarded-Uri", "X-Forwarded-Path", "X-Forwarded-By",
		"X-Forwarded", "X-Forward-For", "X-Forwarder-For", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "CF-IPCountry",
		"CF-Visitor", "Fastly-Client-IP", "Fastly-SSL", "Fastly-FF", "X-Client-IP", "X-Cluster-Client-IP", "Client-IP", "Via",
		"X-Original-URL", "X-Original-URI", "X-Original-Host", "X-Rewrite-URL", "X-Host", "X-HTTP-Host-Override",
		"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Middleware-Subrequest", "X-Middleware-Prefetch",
		"X-Invoke-Status", "X-Nextjs-Data", "Proxy", "X-Wap-Profile", "X-Envoy-Original-Path", "X-Envoy-External-Address",
		"Max-Forwards", "Expect", "Front-End-Https", "X-Url-Scheme", "X-Scheme", "X-Script-Name", "X-Remote-User",
		"X-ARR-SSL", "X-Azure-ClientIP", "X-Appengine-Country", "CloudFront-Viewer-Country", "Fly-Client-IP", "WL-Proxy-Client-IP",
		"X-Vercel-Forwarded-For", "X-Sendfile-Type", "X-Accel-Mapping", "Larder-Cache-Control",
		"X_Forwarded_Host", "X-Forwarded_For", "X.Forwarded.For", "x_original_url", "Https",
	} {
		header := http.Header{http.CanonicalHeaderKey(name): {"evil"}}
		if RemoveOverrides(header, ""); len(header) > 0 {
			t.Errorf("%s reaches the origin", name)
		}
	}
}

func TestFieldsByWhichOriginsNegotiateStay(t *testing.T) {
	header := http.Header{}
	for _, name := range []string{
		"Accept", "Accept-Language", "Authorization", "Cache-Control", "Cookie", "DNT", "Origin", "Prefer", "Referer", "Save-Data",
		"Sec-CH-UA-Mobile", "Sec-Fetch-Mode", "User-Agent", "X-Api-Key", "X-Requested-With", "X-Request-Id", "X-Currency",
		"Traceparent", "HX-Request", "RSC", "Content-Type", "Upgrade-Insecure-Requests", "X-WP-Nonce",
	} {
		header.Set(name, "x")
	}
	before := len(header)
	if RemoveOverrides(header, ""); len(header) != before {
		t.Errorf("of %d fields %d stay: %v", before, len(header), header)
	}
}

func TestTheTenantsOwnHeaderStays(t *testing.T) {
	header := http.Header{"X-Forwarded-User": {"ada"}, "X-Forwarded-Host": {"evil"}}
	if RemoveOverrides(header, "X-Forwarded-User"); len(header) != 1 || header.Get("X-Forwarded-User") != "ada" {
		t.Errorf("what stays is %v", header)
	}
}

func TestEveryOverrideIsInLowerCase(t *testing.T) {
	for _, names := range overrides {
		for _, name := range names {
			if name != strings.ToLower(name) || strings.ContainsFunc(name, unusual) {
				t.Errorf("%q matches nothing", name)
			}
		}
	}
}
