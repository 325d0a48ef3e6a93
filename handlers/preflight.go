package handlers

import (
	"net/http"
	"strconv"
	"strings"
)

// isPreflight reports whether a request is a CORS preflight (the Fetch
// standard, «CORS-preflight request»).
func isPreflight(w *responder) bool {
	return w.r.Method == http.MethodOptions && w.app.config.CORS != nil &&
		w.header.Get("Origin") != "" && w.header.Get("Access-Control-Request-Method") != ""
}

// preflight answers a browser that asks what it may do, without the origin.
func (a *App) preflight(w *responder) {
	header := http.Header{
		"Access-Control-Allow-Methods": {"GET, HEAD, QUERY, POST, PUT, PATCH, DELETE, OPTIONS"},
		"Access-Control-Max-Age":       {strconv.Itoa(int(a.config.CORS.MaxAge.Seconds()))},
		"Cache-Control":                {"no-store"},
	}
	if len(a.config.CORS.Headers) > 0 {
		header.Set("Access-Control-Allow-Headers", strings.Join(a.config.CORS.Headers, ", "))
	}
	w.begin(http.StatusNoContent, header, -1)
}
