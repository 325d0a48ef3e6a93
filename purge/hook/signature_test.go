package hook

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// These signatures were made by other programs: Node's crypto with the string
// that each provider's own library signs, and OpenSSL.
func TestSignaturesOfOtherProgramsAreValid(t *testing.T) {
	const at = "1796031690000"
	contentful := map[string]string{
		"X-Contentful-Topic": "ContentManagement.Entry.publish", "X-Contentful-Timestamp": at,
		"X-Contentful-Signed-Headers": "x-contentful-signed-headers,x-contentful-timestamp,x-contentful-topic",
	}
	const entry = `{"sys":{"type":"Entry","id":"e1"}}`
	tests := []struct {
		provider, query, body string
		header, signature     string
		others                map[string]string
	}{
		{"contentful", "", entry, "X-Contentful-Signature", "23e14aabcd6dd05e0c59cf1811e254068111c714dd259661c517c1a827f0025e", contentful},
		{"contentful", "auth_token=a%20b&x=1", entry, "X-Contentful-Signature", "692b60601617109a637c5d49481bf79880696e1ba6a7d5e31b85a7e28b155dff", contentful},
		{"sanity", "", `{"_id":"d1","_type":"post"}`, "Sanity-Webhook-Signature", "t=" + at + ",v1=Ivmmdl-aqgtNxCHF_NL3o24jNX7J5Sm0o_IOOyDnJic", nil},
		{"ghost", "", `{"tag":{"current":{"id":"1","slug":"a"},"previous":{}}}`, "X-Ghost-Signature", "sha256=b1aeecf7b47b75ad2287bdfd82687bca85e33a21230985bcec2535b98aea19e6, t=" + at, nil},
		{"wordpress", "", `{"events":[]}`, "Larder-Signature", "t=" + at + ",v1=26947c10b5094d2697f96c7db6bf7bb6b3eb2002aec5c382675b651c0a184139", nil},
	}
	for _, test := range tests {
		t.Run(test.provider+" "+test.query, func(t *testing.T) {
			r := request(test.body)
			r.Query = test.query
			r.Header.Set(test.header, test.signature)
			for name, value := range test.others {
				r.Header.Set(name, value)
			}
			if _, err := Receive(standard(t, test.provider), []string{testSecret}, r, now); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestContentfulSignsWhatItsHeadersList(t *testing.T) {
	const body, ms = `{"sys":{"id":"e1"}}`, "1796031690000"
	tests := []struct {
		name, list, fields string
		refused            bool
	}{
		{"all that is needed", "x-contentful-signed-headers,x-contentful-timestamp", "x-contentful-signed-headers:LIST;x-contentful-timestamp:MS", false},
		{"a header more, with spaces", "x-contentful-signed-headers,x-contentful-timestamp,x-extra", "x-contentful-signed-headers:LIST;x-contentful-timestamp:MS;x-extra:two words", false},
		{"no time", "x-contentful-signed-headers", "x-contentful-signed-headers:LIST", true},
		{"no list", "x-contentful-timestamp", "x-contentful-timestamp:MS", true},
		{"a header that is not there", "x-contentful-signed-headers,x-contentful-timestamp,x-none", "x-contentful-signed-headers:LIST;x-contentful-timestamp:MS;x-none:", true},
		{"the same header twice", "x-contentful-signed-headers,x-contentful-timestamp,x-twice", "x-contentful-signed-headers:LIST;x-contentful-timestamp:MS;x-twice:a", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := request(body)
			r.Header.Set("X-Contentful-Topic", "ContentManagement.Entry.publish")
			r.Header.Set("X-Extra", "  two words ")
			r.Header["X-Twice"] = []string{"a", "b"}
			r.Header.Set("X-Contentful-Timestamp", ms)
			r.Header.Set("X-Contentful-Signed-Headers", test.list)
			fields := strings.NewReplacer("LIST", test.list, "MS", ms).Replace(test.fields)
			r.Header.Set("X-Contentful-Signature", sha256Hex(testSecret, "POST\n/_larder/hooks/cms\n"+fields+"\n"+body))
			_, err := Receive(standard(t, "contentful"), []string{testSecret}, r, now)
			if errors.Is(err, problemRefused) != test.refused || err != nil && !test.refused {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestAGenericSignatureIsWhatTheFileSays(t *testing.T) {
	const body = `{"e":"made","id":1}`
	encodings := map[string]func([]byte) string{"hex": hex.EncodeToString, "base64": base64.StdEncoding.EncodeToString}
	times := map[string]string{"": "", "seconds": strconv.FormatInt(now.Unix(), 10), "milliseconds": strconv.FormatInt(now.UnixMilli(), 10)}
	for algorithm, function := range algorithms {
		for encoding, encode := range encodings {
			for unit, at := range times {
				for _, prefix := range []string{"", "v1="} {
					member, text := "", body
					if unit != "" {
						member, text = `,"timestamp":"X-Time"`, at+"."+body
					}
					if prefix != "" {
						member += `,"prefix":"` + prefix + `"`
					}
					hook := hookOf(t, fmt.Sprintf(`{"name":"g","provider":"generic","content":[{"type":"*","item":["i:{id}"]}],"format":{"event":"e","actions":{"made":"publish"}},
						"signature":{"header":"X-Sig","algorithm":%q,"encoding":%q%s}}`, algorithm, encoding, member))
					r := request(body)
					r.Header.Set("X-Sig", prefix+encode(mac(function, testSecret, text)))
					r.Header.Set("X-Time", at)
					got, err := Receive(hook, []string{testSecret}, r, now)
					if err != nil || len(got.Soft) != 1 || got.Soft[0] != "i:1" {
						t.Errorf("%s, %s, time in %q, prefix %q: %+v, %v", algorithm, encoding, unit, prefix, got, err)
					}
					r.Header.Set("X-Sig", "x"+r.Header.Get("X-Sig"))
					if _, err := Receive(hook, []string{testSecret}, r, now); !errors.Is(err, problemRefused) {
						t.Errorf("%s, %s, time in %q, prefix %q: with an x before it: %v", algorithm, encoding, unit, prefix, err)
					}
				}
			}
		}
	}
}

func TestAStaticSecretMayBeABearerToken(t *testing.T) {
	tests := []struct {
		header, value string
		refused       bool
	}{
		{"Authorization", testSecret, false},
		{"Authorization", "Bearer " + testSecret, false},
		{"Authorization", "bearer " + testSecret, true},
		{"Authorization", "Bearer  " + testSecret, true},
		{"Authorization", "Bearer Bearer " + testSecret, true},
		{"Authorization", "Basic " + testSecret, true},
		{"X-Hook-Secret", testSecret, false},
	}
	for _, test := range tests {
		hook := hookOf(t, fmt.Sprintf(`{"name":"cms","provider":"strapi","header":%q}`, test.header))
		r := request(`{"event":"entry.publish"}`)
		r.Header.Set(test.header, test.value)
		if _, err := Receive(hook, []string{testSecret}, r, now); errors.Is(err, problemRefused) != test.refused {
			t.Errorf("%s: %s: %v", test.header, test.value, err)
		}
	}
}

func TestEachOfSeveralSecretsIsValid(t *testing.T) {
	for provider := range signedBy {
		hook := standard(t, provider)
		for _, secret := range []string{"older", "newer"} {
			r := request(`{}`)
			r.Header.Set("X-Contentful-Topic", "ContentManagement.Entry.publish")
			sign(r, hook, secret, now)
			if _, err := Receive(hook, []string{"older", "newer"}, r, now); err != nil {
				t.Errorf("%s, the %s one: %v", provider, secret, err)
			}
			if _, err := Receive(hook, []string{"newest"}, r, now); !errors.Is(err, problemRefused) {
				t.Errorf("%s, the %s one when it is withdrawn: %v", provider, secret, err)
			}
		}
	}
}
