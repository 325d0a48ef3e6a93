package attacks

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"larder/surrogate"
)

// webhooks may purge what their content is called, and nothing else. The hooks of
// strict are for the anonymous tenant.
func webhooks() []attack {
	const path = "/things/tea/"
	queryA := path + "?auth_token=" + tenantA
	prefix := surrogate.TenantPrefix(surrogate.TenantID(tenantA))
	cms := func(event, id string, header ...string) request {
		return send(http.MethodPost, "/_larder/hooks/cms", fmt.Sprintf(`{"event":%q,"data":{"id":%q}}`, event, id), header...)
	}
	tags := func(tag string) request {
		body := fmt.Sprintf(`{"entity_type":"cda_cache_tags","event_type":"invalidate","entity":{"id":"cda_cache_tags","type":"cda_cache_tags","attributes":{"tags":[%q]}}}`, tag)
		return send(http.MethodPost, "/_larder/hooks/tags", body, "Authorization: "+hookSecret)
	}
	secret := "X-Hook: " + hookSecret
	all := []attack{
		{"the content that it names", strict, mirror, steps{
			{get(path), must(status(200))},
			{cms("changed", "thing:tea", secret), must(status(200))},
			{get(path), must(notHit)},
		}},
	}
	// Content may be called like keys of Larder's own.
	for name, key := range map[string]string{
		"everything": "larder-all", "everything anonymous": "larder-anonymous", "everything of a tenant": prefix + "larder-all",
		"a tenant's thing": prefix + "thing:tea", "all leases": "larder-leases", "a bucket": "~00",
	} {
		for what, sent := range map[string]request{"deletes": cms("deleted", key, secret), "edits": cms("changed", key, secret), "tags": tags(key)} {
			all = append(all, attack{fmt.Sprintf("one that %s %s", what, name), strict, mirror, steps{
				{get(path), must(status(200))},
				{get(queryA), must(status(200))},
				{sent, must(status(200))},
				{get(path), must(hit, same(0))},
				{get(queryA), must(hit, same(1))},
			}})
		}
	}
	for name, sent := range map[string]request{
		"no secret":                  cms("deleted", "thing:tea"),
		"a wrong secret":             cms("deleted", "thing:tea", "X-Hook: "+strings.ToUpper(hookSecret)),
		"two secrets":                cms("deleted", "thing:tea", secret, secret),
		"the purge token":            cms("deleted", "thing:tea", "X-Hook: "+purgeToken),
		"the secret of another hook": send(http.MethodPost, "/_larder/hooks/tags", `{}`, secret),
		"a hook that does not exist": send(http.MethodPost, "/_larder/hooks/other", `{}`, secret),
		"a GET":                      get("/_larder/hooks/cms", secret),
		"repeated members":           send(http.MethodPost, "/_larder/hooks/cms", `{"event":"deleted","event":"deleted","data":{"id":"thing:tea"}}`, secret),
		"another spelling":           send(http.MethodPost, "/_larder/HOOKS/cms", `{"event":"deleted","data":{"id":"thing:tea"}}`, secret),
		"deep JSON":                  send(http.MethodPost, "/_larder/hooks/cms", strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000), secret),
	} {
		all = append(all, attack{name, strict, mirror, steps{
			{get(path), must(status(200))},
			{sent, must(status(400, 403, 404, 405, 413), originGot(1))},
			{get(path), must(hit, same(0))},
		}})
	}
	return append(all, signedWebhooks()...)
}

// sign signs a webhook for the hook "signed", at a time that is off by so much.
func sign(body string, off time.Duration) string {
	ms := strconv.FormatInt(time.Now().Add(off).UnixMilli(), 10)
	mac := hmac.New(sha256.New, []byte(hookSecret))
	mac.Write([]byte(ms + "." + body))
	return "t=" + ms + ",v1=" + hex.EncodeToString(mac.Sum(nil))
}

// signedWebhooks are carried out as they were signed, and lately.
func signedWebhooks() []attack {
	const path = "/things/tea/"
	const body = `{"events":[{"action":"edit","type":"thing","id":"tea"}]}`
	const deletion = `{"events":[{"action":"delete","type":"thing","id":"tea"}]}`
	post := func(body string, header ...string) request {
		return send(http.MethodPost, "/_larder/hooks/signed", body, header...)
	}
	field := func(signature string) string { return "Larder-Signature: " + signature }
	good := sign(body, 0)
	at, mac, _ := strings.Cut(good, ",v1=")
	all := []attack{
		// What was signed may be sent again: it refreshes once more, and no more.
		{"a signed webhook, replayed", strict, mirror, steps{
			{get(path), must(status(200))},
			{post(body, field(good)).repeated(5), must(status(200))},
			{get(path), must(notHit)},
			{get(path), must(hit)},
			{post(body, field(good)), must(status(200))},
			{get(path), must(status(200))},
		}},
		{"a signed edit, replayed in an outage, keeps what is stored", strict, first(mirror, respond(503, "down")), steps{
			{get(path), must(status(200))},
			{post(body, field(good)).repeated(5), must(status(200))},
			{get(path), must(status(200), same(0))},
		}},
		{"a signed webhook just within its tolerance", strict, mirror, steps{
			{post(body, field(sign(body, -25*time.Minute))), must(status(200))},
			{post(body, field(sign(body, 25*time.Minute))), must(status(200))},
		}},
	}
	for name, sent := range map[string]request{
		"signed too long ago":                post(body, field(sign(body, -time.Hour))),
		"signed in the future":               post(body, field(sign(body, 2*time.Hour))),
		"signed before 1970":                 post(body, field(sign(body, -100*365*24*time.Hour))),
		"with another time than was signed":  post(body, field("t=1"+at[len("t="):]+",v1="+mac)),
		"without a time":                     post(body, field("v1="+mac)),
		"with a body changed after signing":  post(deletion, field(good)),
		"with a space after the body":        post(body+" ", field(good)),
		"without its body":                   post("", field(good)),
		"with its signature in another case": post(body, field(at+",v1="+strings.ToUpper(mac))),
		"with its header in another case":    post(body, field(strings.ToUpper(good))),
		"with two signatures":                post(body, field(good), field(good)),
		"with a wrong signature before":      post(body, field(at+",v1=00"), field(good)),
		"with a wrong signature after":       post(body, field(good), field(at+",v1=00")),
		"with two signatures in one header":  post(body, field(good+", "+good)),
		"with a signature that is cut":       post(body, field(good[:len(good)-2])),
		"with an empty signature":            post(body, field("")),
		"signed with nothing":                post(body, field(at+",v1=")),
		"with the secret as its signature":   post(body, field(hookSecret)),
		"with the secret in Authorization":   post(body, "Authorization: Bearer "+hookSecret),
		"at another hook":                    send(http.MethodPost, "/_larder/hooks/cms", body, field(good)),
	} {
		all = append(all, attack{"a webhook " + name, strict, mirror, steps{
			{get(path), must(status(200))},
			{sent, must(status(403), problem("hook-refused"), originGot(1))},
			{get(path), must(hit, same(0))},
		}})
	}
	// The secret reaches no origin, wherever the CMS sends it by mistake.
	for _, target := range []string{
		"/_larder/hooks/unknown", "/_larder/hook/cms", "/_LARDER/hooks/cms", "//_larder/hooks/cms", "/_larder/hooks/cms/", "/_larder/hooks%2Fcms",
		"/x/_larder/hooks/cms", "/_larder/hooks/CMS", "/hooks/cms", "/open/hooks/cms",
	} {
		all = append(all, attack{"a hook's secret at " + target, strict, mirror, steps{
			{send(http.MethodPost, target, `{}`, "Authorization: Bearer "+hookSecret, "X-Hook: "+hookSecret), must(originNever(hookSecret))},
			{get(target, "Authorization: Bearer "+hookSecret, "X-Hook: "+hookSecret), must(originNever(hookSecret))},
		}})
	}
	return all
}
