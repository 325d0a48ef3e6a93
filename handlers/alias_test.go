package handlers

import (
	"strings"
	"testing"

	"larder/origin"
)

// folds is an origin for which upper case, and parameters after a semicolon,
// name the same item.
func (e *edge) folds(deleted *bool) {
	e.does(func(r *origin.Request) (*origin.Response, error) {
		slug, _, _ := strings.Cut(strings.Trim(strings.TrimPrefix(r.Path, "/posts/"), "/"), ";")
		if *deleted {
			return e.response(404, `{}`), nil
		}
		return e.response(200, `{"data":{"slug":"`+strings.ToLower(slug)+`"}}`), nil
	})
}

// A deleted item must not live on under another spelling of its path.
func TestAPurgeOfAnItemReachesItsAliases(t *testing.T) {
	const body = `{"data":{"slug":"tea"}}`
	aliases := []string{"/posts/tea/", "/posts/TEA/", "/posts/Tea", "/posts/tea;x/", "/posts/tea;x=1/", "/posts/TEA;x/"}
	for _, how := range []string{`,"soft":false`, ""} {
		e := newEdge(t)
		deleted := false
		e.folds(&deleted)
		for _, uri := range aliases {
			e.get(uri).want(200, body, "Larder; fwd=uri-miss; fwd-status=200; stored")
		}
		deleted = true
		e.purge(`"keys":["post:tea"]` + how)
		for _, uri := range aliases {
			e.get(uri).want(404, `{}`, anything)
		}
		e.wantAsked(2 * len(aliases))
	}
}
