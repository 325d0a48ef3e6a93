package hook

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"larder/config"
)

// now is when every webhook of the tests arrives.
var now = time.Date(2026, 11, 30, 9, 41, 30, 0, time.UTC)

const testSecret = "k3TwZ-not-a-real-secret-Qx9_0123456789abcdefghijklmnopqrstuvwxyz"

// hookOf returns the hook of a larder.json, which has one.
func hookOf(t testing.TB, text string) *config.Hook {
	t.Helper()
	file := `{"origins":[{"name":"primary"}],"routes":[{"name":"all","path":"/{path...}"}],"hooks":[` + text + `]}`
	cfg, err := config.Parse([]byte(file))
	if err != nil {
		t.Fatal(err)
	}
	return &cfg.Hooks[0]
}

// genericHook has a format, and a signature with a time.
const genericHook = `{"name":"shop","provider":"generic",
	"format":{"event":"event","type":"kind","item":"data","before":"old",
		"actions":{"product.created":"publish","product.updated":"edit","product.removed":"delete"}},
	"content":[{"type":"product","item":["product:{id}","product:{slug}"],"lists":["products"]}],
	"signature":{"header":"X-Shop-Signature","prefix":"sha256=","timestamp":"X-Shop-Time"}}`

// standard is the hook of a provider without anything that it need not have.
func standard(t testing.TB, provider string) *config.Hook {
	t.Helper()
	if provider == config.GenericHook {
		return hookOf(t, genericHook)
	}
	return hookOf(t, fmt.Sprintf(`{"name":"cms","provider":%q}`, provider))
}

// request is a webhook that is not signed yet.
func request(body string) *Request {
	return &Request{Method: http.MethodPost, Path: "/_larder/hooks/cms", Header: http.Header{}, Body: []byte(body)}
}

func mac(algorithm func() hash.Hash, secret, text string) []byte {
	m := hmac.New(algorithm, []byte(secret))
	m.Write([]byte(text))
	return m.Sum(nil)
}

func sha256Hex(secret, text string) string { return hex.EncodeToString(mac(sha256.New, secret, text)) }

// sign authenticates a webhook as its provider does. The strings that are signed
// are written out here, so that they do not come from the code that is tested.
func sign(r *Request, hook *config.Hook, secret string, at time.Time) {
	ms, body := strconv.FormatInt(at.UnixMilli(), 10), string(r.Body)
	switch hook.Provider {
	case "contentful":
		topic := r.Header.Get("X-Contentful-Topic")
		r.Header.Set("X-Contentful-Timestamp", ms)
		const list = "x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic"
		r.Header.Set("X-Contentful-Signed-Headers", list)
		fields := "x-contentful-signed-headers:" + list + ";x-contentful-timestamp:" + ms + ";x-contentful-topic:" + topic
		r.Header.Set("X-Contentful-Signature", sha256Hex(secret, "POST\n/_larder/hooks/cms\n"+fields+"\n"+body))
	case "ghost":
		r.Header.Set("X-Ghost-Signature", "sha256="+sha256Hex(secret, body+ms)+", t="+ms)
	case "sanity":
		signature := base64.RawURLEncoding.EncodeToString(mac(sha256.New, secret, ms+"."+body))
		r.Header.Set("Sanity-Webhook-Signature", "t="+ms+",v1="+signature)
	case "wordpress":
		r.Header.Set("Larder-Signature", "t="+ms+",v1="+sha256Hex(secret, ms+"."+body))
	case "generic":
		r.Header.Set("X-Shop-Time", ms)
		r.Header.Set("X-Shop-Signature", "sha256="+sha256Hex(secret, ms+"."+body))
	default:
		r.Header.Set(hook.Header, secret)
	}
}

// signedBy names the header that authenticates a provider's webhooks.
var signedBy = map[string]string{
	"buttercms": "Authorization", "contentful": "X-Contentful-Signature", "datocms": "Authorization", "directus": "Authorization",
	"generic": "X-Shop-Signature", "ghost": "X-Ghost-Signature", "sanity": "Sanity-Webhook-Signature", "strapi": "Authorization",
	"wordpress": "Larder-Signature",
}

// timed reports whether a provider signs the time.
func timed(provider string) bool { return signedBy[provider] != "Authorization" }

// swapCase exchanges small and capital letters.
func swapCase(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		case 'A' <= r && r <= 'Z':
			return r - 'A' + 'a'
		}
		return r
	}, s)
}

var algorithms = map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}
