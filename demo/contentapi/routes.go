package contentapi

import (
	"net/http"
	"strings"
)

// api returns the routes of the content API. All paths end in a slash.
func (s *Server) api() http.Handler {
	mux := http.NewServeMux()
	for path, of := range map[string]methods{
		"/v2/posts/":                         {"GET": s.listPosts, "POST": s.createPost},
		"/v2/posts/{slug}/":                  {"GET": s.getPost, "PATCH": s.patchPost, "PUT": s.putPost, "DELETE": s.deletePost},
		"/v2/posts/{slug}/publish/":          {"POST": s.postStatus(Published, eventPublished)},
		"/v2/posts/{slug}/unpublish/":        {"POST": s.postStatus(Draft, eventDeleted)},
		"/v2/posts/{slug}/draft/":            {"POST": s.postStatus(Draft, eventDraft)},
		"/v2/posts/search/":                  {"GET": s.search},
		"/v2/search/":                        {"GET": s.search},
		"/v2/pages/{type}/":                  {"GET": s.listPages, "POST": s.createPage},
		"/v2/pages/{type}/{slug}/":           {"GET": s.getPage, "PATCH": s.patchPage, "PUT": s.putPage, "DELETE": s.deletePage},
		"/v2/pages/{type}/{slug}/publish/":   {"POST": s.pageStatus(Published, eventPublished)},
		"/v2/pages/{type}/{slug}/unpublish/": {"POST": s.pageStatus(Draft, eventUnpublished)},
		"/v2/pages/{type}/{slug}/draft/":     {"POST": s.pageStatus(Draft, eventDraft)},
		"/v2/pages/search/":                  {"GET": s.searchPages},
		"/v2/content/":                       {"GET": s.getContent},
		"/v2/content/{keys}/":                {"GET": s.getContent, "POST": s.createItem},
		"/v2/content/{keys}/{id}/":           {"PATCH": s.patchItem, "PUT": s.putItem, "DELETE": s.deleteItem},
		"/v2/content/{keys}/{id}/publish/":   {"POST": s.itemStatus(Published, eventPublished)},
		"/v2/content/{keys}/{id}/unpublish/": {"POST": s.itemStatus(Draft, eventUnpublished)},
		"/v2/content/{keys}/{id}/draft/":     {"POST": s.itemStatus(Draft, eventDraft)},
		"/v2/authors/":                       {"GET": s.listAuthors},
		"/v2/authors/{slug}/":                {"GET": s.getAuthor},
		"/v2/categories/":                    {"GET": s.listTerms("category")},
		"/v2/categories/{slug}/":             {"GET": s.getTerm("category")},
		"/v2/tags/":                          {"GET": s.listTerms("tag")},
		"/v2/tags/{slug}/":                   {"GET": s.getTerm("tag")},
		"/v2/feeds/{type}/":                  {"GET": s.getFeed},
	} {
		mux.Handle(path+"{$}", s.serve(of))
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { s.sendError(w, r, ErrNotFound) })
	return slashed(mux)
}

// slashed redirects to the path with a trailing slash, as ButterCMS does before
// anything else. Edits are redirected with 308, which preserves method and body;
// 301 may not.
func slashed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/v2/") || strings.HasSuffix(r.URL.Path, "/") {
			next.ServeHTTP(w, r)
			return
		}
		target := r.URL.EscapedPath() + "/"
		if r.URL.RawQuery != "" {
			target += "?" + r.URL.RawQuery
		}
		status := http.StatusMovedPermanently
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			status = http.StatusPermanentRedirect
		}
		w.Header().Set("Location", target)
		w.WriteHeader(status)
	})
}

// allow returns the value of the Allow header.
func (m methods) allow() string {
	var names []string
	for _, name := range []string{"GET", "POST", "PUT", "PATCH", "DELETE"} {
		if _, ok := m[name]; ok {
			names = append(names, name)
		}
		if _, ok := m["GET"]; ok && name == "GET" {
			names = append(names, "HEAD")
		}
	}
	return strings.Join(names, ", ")
}
