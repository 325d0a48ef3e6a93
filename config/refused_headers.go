package config

import "slices"

// headerRule is a set of headers that must not be configured, and why.
type headerRule struct {
	why   string
	names []string
}

func refused(name string, rules func() []headerRule) string {
	for _, r := range rules() {
		if slices.Contains(r.names, name) {
			return r.why
		}
	}
	return ""
}

// connectionHeaders belong to one connection or frame one message (RFC 9110
// §7.6.1), and the host sets them, or Larder itself does.
func connectionHeaders() []headerRule {
	return []headerRule{
		{`has a member of its own: "host"`, []string{"Host"}},
		{"is set by the cache itself", []string{"Cdn-Loop"}},
		{"belongs to the connection", []string{
			"Connection", "Content-Length", "Keep-Alive", "Proxy-Connection", "Te",
			"Trailer", "Transfer-Encoding", "Upgrade",
		}},
	}
}

// answeredHeaders never reach an origin on a cached route.
func answeredHeaders() headerRule {
	return headerRule{"is answered by the cache itself", []string{
		"Cache-Control", "If-Match", "If-Modified-Since", "If-None-Match", "If-Range",
		"If-Unmodified-Since", "Pragma", "Range",
	}}
}

// ownHeaders have a meaning at Larder's own endpoints, or between its edges.
func ownHeaders() headerRule {
	return headerRule{"has a meaning for Larder itself", []string{
		"Fastly-Key", "Fastly-Soft-Purge", "Larder-Edge", "Larder-Tenant",
	}}
}

// unkeyedHeaders must not be part of a cache key.
func unkeyedHeaders() []headerRule {
	return append(connectionHeaders(),
		headerRule{`is a credential: name it in "tenant", which keeps only its hash`, []string{
			"Authorization", "Cookie", "Proxy-Authorization",
		}},
		answeredHeaders(), ownHeaders())
}

// commonHeaders are in so many requests that hardly one would be cached.
func commonHeaders() []headerRule {
	return append(connectionHeaders(),
		answeredHeaders(), ownHeaders(),
		headerRule{"is sent by every client, or by every browser", []string{
			"Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Dnt", "Origin", "Priority", "Referer",
			"Sec-Ch-Ua", "Sec-Ch-Ua-Mobile", "Sec-Ch-Ua-Platform", "Sec-Fetch-Dest", "Sec-Fetch-Mode", "Sec-Fetch-Site",
			"Sec-Fetch-User", "Upgrade-Insecure-Requests", "User-Agent",
		}},
		headerRule{"is added on the way to the cache", []string{
			"Fastly-Client-Ip", "Fastly-Ff", "Fastly-Ssl", "Forwarded", "Via", "X-Forwarded-For",
			"X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-Proto", "X-Forwarded-Server", "X-Real-Ip",
		}})
}
