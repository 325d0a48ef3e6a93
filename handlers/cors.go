package handlers

import (
	"net/http"
	"slices"

	"larder/httpcache"
)

// allowOrigin puts the CORS headers into an answer, errors included. larder.json
// overrides what the origin says about CORS.
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
		httpcache.AddVary(answer, "Origin")
		if origin := request.Get("Origin"); slices.Contains(cors.Origins, origin) {
			answer["Access-Control-Allow-Origin"] = []string{origin}
		}
	}
	// Only a script asks which headers it may read, and says where it is from.
	if a.exposed != nil && len(request["Origin"]) > 0 {
		answer["Access-Control-Expose-Headers"] = a.exposed
	}
}
