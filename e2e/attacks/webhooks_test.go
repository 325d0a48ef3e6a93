package attacks

import (
	"fmt"
	"net/http"
	"strings"

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
	return all
}
