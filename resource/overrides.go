package resource

import (
	"net/http"
	"strings"
)

// overrides are request fields that make origins answer for another client, URL,
// host, scheme or method than the request's own, mostly without naming the field
// in Vary. Such an answer must not be stored for everybody. CDNs, proxies and load
// balancers send these fields to the servers behind them.
//
// Names are in lower case; one that ends in a hyphen begins many names.
var overrides = [][]string{
	// The client's address, by which origins choose a country or grant access.
	{
		"forwarded", "x-forward-", "x-forwarded", "x-forwarded-", "x-forwarder-for", "x-real-ip", "client-ip",
		"x-client-ip", "remote-addr", "x-cluster-client-ip", "http-client-ip", "proxy-client-ip", "true-client-ip", "x-remote-addr",
		"x-remote-ip", "x-originating-ip", "x-proxyuser-ip", "x-custom-ip-authorization", "do-connecting-ip",
		"incap-client-ip", "ali-cdn-real-ip", "cdn-src-ip", "x-sucuri-clientip", "x-coming-from",
	},
	// All that CDNs, hosting platforms and load balancers tell their origins: address, country, scheme, certificate.
	{
		"akamai-", "cf-", "cloudfront-", "fastly-", "fly-", "larder-", "wl-proxy-", "x-akamai-", "x-amz-cf-", "x-appengine-",
		"x-arr-", "x-azure-", "x-envoy-", "x-goog-iap-", "x-nf-", "x-vercel-", "x-zuul-", "x-varnish",
	},
	// Another URL: IIS and its rewriters, Symfony, Zend and Laminas, nginx's auth_request.
	{
		"x-original-", "x-rewrite-", "x-rewrite", "x-request-uri", "x-proxy-url", "x-base-url", "base-url", "request-uri", "http-url", "x-url", "x-uri",
		"x-path", "x-path-info", "x-override-url", "x-http-path-override", "x-http-destinationurl", "x-sf-path", "query-string",
		"x-query-string", "x-querystring",
	},
	// Another root of the application: Paste, uWSGI, Flask's and Werkzeug's fixers, Traefik, Spring.
	{"script-name", "x-script-name", "path-info", "x-replaced-path"},
	// Another host.
	{"x-host", "x-host-override", "x-http-host-override", "x-backend", "x-backend-host", "x-server-name"},
	// Another scheme or port, which can cause a loop of redirections.
	{
		"front-end-https", "https", "x-https", "x-scheme", "x-url-scheme", "x-proto", "x-ssl", "x-server-port", "x-port",
	},
	// Another method: Symfony, Laravel, Rails, Express, WordPress, ASP.NET, OData, Google's APIs.
	{"x-http-method", "x-http-method-", "x-method", "x-method-override", "x-override-method", "x-rails-method", "x-tunnel-method"},
	// The identity of the client, as an authenticating proxy would state it.
	{
		"remote-user", "x-remote-user", "x-remote-", "x-auth-request-", "x-authenticated-", "x-webauth-", "x-user-principal",
		"x-goog-authenticated-", "x-ms-client-principal", "x-ms-client-principal-", "x-amzn-oidc-", "client-cert", "client-cert-chain",
		"x-client-cert", "x-client-verify", "x-client-dn", "ssl-client-", "x-ssl-",
	},
	// Internal to a framework: Next.js trusts them to be its own; Rack::Sendfile rewrites paths by them.
	{
		"x-middleware-", "x-nextjs-", "x-invoke-", "x-matched-path", "x-now-", "x-prerender-", "x-sendfile-type", "x-accel-",
	},
	// A proxy: CGI scripts take it for HTTP_PROXY, the proxy to use.
	{"proxy", "proxy-"},
	// The path so far: some origins do not compress, or refuse, because of it.
	{"via", "max-forwards"},
	// Only for bodies; an origin refuses an expectation that it does not know.
	{"expect"},
	// A description of the device that the origin should fetch.
	{"profile", "x-wap-profile"},
}

// RemoveOverrides removes from a request's header the fields that must not reach
// an origin unless they are in the cache key: [overrides], and every name with
// other characters than letters, digits and hyphens. CGI, WSGI and Rack read other
// characters as hyphens, so that X_Forwarded_Host is X-Forwarded-Host there. The
// field named keep, which may be empty, stays.
func RemoveOverrides(header http.Header, keep string) {
	for name := range header {
		if name != keep && overriding(strings.ToLower(name)) {
			delete(header, name)
		}
	}
}

func overriding(name string) bool {
	if strings.ContainsFunc(name, unusual) {
		return true
	}
	for i := range overrides {
		for _, known := range overrides[i] {
			if name == known || strings.HasSuffix(known, "-") && strings.HasPrefix(name, known) {
				return true
			}
		}
	}
	return false
}

func unusual(c rune) bool {
	return !('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-')
}
