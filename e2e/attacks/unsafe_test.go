package attacks

import (
	"net/http"

	"larder/surrogate"
)

// unsafeMethods must not take content away from others.
func unsafeMethods() []attack {
	const (
		path   = "/things/tea/"
		queryA = path + "?auth_token=" + tenantA
		queryB = path + "?auth_token=" + tenantB
		other  = "/things/milk/"
	)
	// without gives the tenant's response before and after what another client
	// sends.
	var all []attack
	for _, c := range []struct {
		name   string
		origin behaviour
		send   request
	}{
		{"an anonymous POST", mirror, send(http.MethodPost, path, "x")},
		{"an anonymous DELETE", onlyFor("DELETE", respond(204, "")), send(http.MethodDelete, path, "")},
		{"an anonymous PUT", mirror, send(http.MethodPut, path, "x")},
		{"an anonymous PATCH", mirror, send(http.MethodPatch, path, "x")},
		{"a method that does not exist", mirror, send("GOT", path, "")},
		{"PURGE", mirror, send("PURGE", path, "")}, {"BAN", mirror, send("BAN", path, "")}, {"REFRESH", mirror, send("REFRESH", path, "")},
		{"another tenant's POST", mirror, send(http.MethodPost, queryB, "x")},
		{"another tenant's DELETE", onlyFor("DELETE", respond(204, "")), send(http.MethodDelete, queryB, "")},
		{"an anonymous redirect", onlyFor("POST", respond(302, "", "Location: "+path)), send(http.MethodPost, other, "x")},
		{"a redirect to the tenant's URL", onlyFor("POST", respond(302, "", "Location: "+queryA)), send(http.MethodPost, other, "x")},
		{"a 201 with a Location", onlyFor("POST", respond(201, "", "Location: "+path)), send(http.MethodPost, other, "x")},
		{"a 201 with the tenant's Location", onlyFor("POST", respond(201, "", "Location: "+queryA)), send(http.MethodPost, other, "x")},
		{"a Content-Location", onlyFor("POST", respond(200, "{}", "Content-Location: "+queryA)), send(http.MethodPost, other, "x")},
		{"a Location with the edge's host", onlyFor("POST", respond(201, "", "Location: http://edge.example"+queryA)), send(http.MethodPost, other, "x")},
		{"a group that the origin names", onlyFor("POST", respond(200, "{}", `Cache-Group-Invalidation: "thing:tea"`)), send(http.MethodPost, other, "x")},
		{"Larder's own key as a group", onlyFor("POST", respond(200, "{}", `Cache-Group-Invalidation: "larder-all"`)), send(http.MethodPost, other, "x")},
		{"a tenant's key as a group", onlyFor("POST", respond(200, "{}", `Cache-Group-Invalidation: "`+surrogate.TenantPrefix(surrogate.TenantID(tenantA))+`larder-all"`)), send(http.MethodPost, other, "x")},
		{"a POST that fails", onlyFor("POST", respond(500, "{}")), send(http.MethodPost, queryA, "x")},
		{"a DELETE that is refused", onlyFor("DELETE", respond(403, "{}")), send(http.MethodDelete, queryA, "")},
	} {
		all = append(all, attack{c.name, strict, c.origin, steps{
			{get(queryA), must(status(200))},
			{c.send, nil},
			{get(queryA), must(hit, same(0))},
		}})
	}
	downAfter := func(b behaviour) behaviour {
		return func(w http.ResponseWriter, r *http.Request, body string, n int) {
			if r.Method == http.MethodGet && n > 1 {
				respond(503, "down")(w, r, body, n)
				return
			}
			b(w, r, body, n)
		}
	}
	return append(all, []attack{
		{"an anonymous DELETE takes nothing away in an outage", strict, downAfter(onlyFor("DELETE", respond(204, ""))), steps{
			{get(path), must(status(200))},
			{send(http.MethodDelete, path, ""), must(status(204))},
			{get(path), must(status(200), same(0))},
		}},
		{"an anonymous POST takes nothing away in an outage", strict, downAfter(mirror), steps{
			{get(path), must(status(200))},
			{send(http.MethodPost, path, "x"), must(status(200))},
			{get(path), must(status(200), same(0))},
		}},
		{"a redirect makes no other response stale", strict, onlyFor("POST", respond(302, "", "Location: "+path)), steps{
			{get(path), must(status(200))},
			{send(http.MethodPost, other, "x"), must(status(302))},
			{get(path), must(hit, same(0))},
		}},
	}...)
}
