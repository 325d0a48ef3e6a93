package client

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"strconv"
)

// credentialHeaders always count; see [Transport.Credentials].
var credentialHeaders = []string{"Authorization", "Proxy-Authorization", "Cookie"}

// keyOf returns the key of the answer to a GET for the same resource by the
// same client: a hash, so that the store shows no credential.
// The first of the hosts stands for all.
func keyOf(namespace string, req *http.Request, credentials []string) string {
	h := sha256.New()
	write(h, namespace, req.URL.EscapedPath(), req.URL.RawQuery)
	for _, names := range [...][]string{credentialHeaders, credentials} {
		writeHeaders(h, req.Header, names)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// variantKey is the key of the answer that was selected by these headers (RFC
// 9111 §4.1).
func variantKey(key string, req *http.Request, vary []string) string {
	h := sha256.New()
	write(h, key)
	writeHeaders(h, req.Header, vary)
	return hex.EncodeToString(h.Sum(nil))
}

// writeHeaders tells an absent header from an empty one.
func writeHeaders(h hash.Hash, header http.Header, names []string) {
	for _, name := range names {
		name = http.CanonicalHeaderKey(name)
		lines := header[name]
		write(h, name, strconv.Itoa(len(lines)))
		write(h, lines...)
	}
}

// write separates the texts by their lengths, so that no two lists of texts are
// the same bytes.
func write(h hash.Hash, texts ...string) {
	for _, text := range texts {
		io.WriteString(h, strconv.Itoa(len(text)))
		io.WriteString(h, ":")
		io.WriteString(h, text)
	}
}
