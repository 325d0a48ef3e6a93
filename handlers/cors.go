package handlers

import (
	"net/http"
	"slices"
	"strings"
)

// allowOrigin puts the CORS headers into an answer, errors included. What the
// origin says about CORS gives way to larder.json.
func (a *App) allowOrigin(request, answer http.Header) {
	cors := a.config.CORS
	if cors == nil {
		return
	}
	delete(answer, "Access-Control-Allow-Origin")
	delete(answer, "Access-Control-Allow-Credentials")
	if slices.Contains(cors.Origins, "*") {
		answer["Access-Control-Allow-Origin"] = []string{"*"}
	} else {
		addVary(answer, "Origin")
		if origin := request.Get("Origin"); slices.Contains(cors.Origins, origin) {
			answer["Access-Control-Allow-Origin"] = []string{origin}
		}
	}
	// Only a script asks which headers it may read, and says where it is from.
	if a.exposed != nil && len(request["Origin"]) > 0 {
		answer["Access-Control-Expose-Headers"] = a.exposed
	}
}

// addVary adds a name to Vary unless it is there, in a list of its own: the
// values may be shared with a record.
func addVary(header http.Header, name string) {
	for _, value := range header["Vary"] {
		for member := range strings.SplitSeq(value, ",") {
			if member = strings.TrimSpace(member); member == "*" || strings.EqualFold(member, name) {
				return
			}
		}
	}
	header["Vary"] = append(slices.Clone(header["Vary"]), name)
}
