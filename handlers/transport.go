package handlers

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"larder/config"
	"larder/problem"
	"larder/resource"
)

var problemPlainHTTP = problem.New("plain-http", http.StatusForbidden, "A request with a credential must use HTTPS.").
	WithDetail("The credential was sent where others can read it. Use https:// from now on, and replace the credential.")

// encrypted reports whether the client's connection uses TLS. The platform says
// so by the scheme of the URL.
func (w *responder) encrypted() bool { return strings.EqualFold(w.r.URL.Scheme, "https") }

// exposesCredential reports whether a request must be refused because it has sent
// a credential over plain HTTP. If it got an answer, its sender would never notice.
// An edge of this service has already checked its own client.
func (w *responder) exposesCredential(rawQuery string) bool {
	a := w.app
	if a.local || !a.config.RefusePlainCredentials || w.encrypted() {
		return false
	}
	credential := w.header.Get("Authorization") != "" || w.header.Get("Fastly-Key") != "" ||
		resource.TenantOf(a.config.Tenant, rawQuery, w.header) != resource.Tenant{} ||
		slices.ContainsFunc(a.config.Hooks, func(h config.Hook) bool { return w.header.Get(h.Header) != "" })
	return credential && !a.isEdge(w.header)
}

// transportSecurity is the field of RFC 6797 §6.1.
const transportSecurity = "Strict-Transport-Security"

// addTransportSecurity tells browsers to use HTTPS from now on. The origin's own
// field takes precedence. Over plain HTTP the field is forbidden (RFC 6797 §7.2).
func (w *responder) addTransportSecurity(out http.Header) {
	switch {
	case !w.encrypted():
		delete(out, transportSecurity)
	case w.app.hsts != nil && len(out[transportSecurity]) == 0:
		out[transportSecurity] = w.app.hsts
	}
}

// maxAge is the value of Strict-Transport-Security for this many seconds.
func maxAge(seconds float64) string { return "max-age=" + strconv.FormatInt(int64(seconds), 10) }
