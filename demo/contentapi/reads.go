package contentapi

import "net/http"

// Responses to reads have data and, in some cases, meta.
type (
	listed struct {
		Meta Paging `json:"meta"`
		Data any    `json:"data"`
	}
	shownPost struct {
		Meta Neighbours `json:"meta"`
		Data Post       `json:"data"`
	}
	shown struct {
		Data any `json:"data"`
	}
)

// Default page sizes.
const (
	defaultPageSize    = 10
	defaultContentSize = maxPageSize
)

func (s *Server) listPosts(c call) (int, any, error) {
	return s.posts(c, PostFilter{
		Author:   c.query.Get("author_slug"),
		Category: c.query.Get("category_slug"),
		Tag:      c.query.Get("tag_slug"),
		NoBody:   truthy(c.query.Get("exclude_body")),
	})
}

func (s *Server) search(c call) (int, any, error) {
	query := c.query.Get("query")
	if query == "" {
		return 0, nil, &FieldError{Field: "query", Message: "This field is required."}
	}
	return s.posts(c, PostFilter{Query: query, NoBody: truthy(c.query.Get("exclude_body"))})
}

func (s *Server) posts(c call, filter PostFilter) (int, any, error) {
	window, err := ParseWindow(c.query, defaultPageSize)
	if err != nil {
		return 0, nil, err
	}
	paging, posts, err := s.store.Posts(c.view, filter, window)
	return http.StatusOK, listed{paging, posts}, err
}

func (s *Server) getPost(c call) (int, any, error) {
	post, neighbours, err := s.store.Post(c.view, c.PathValue("slug"))
	return http.StatusOK, shownPost{neighbours, post}, err
}

func (s *Server) listPages(c call) (int, any, error) {
	return s.pages(c, PageFilter{Type: c.PathValue("type")})
}

func (s *Server) searchPages(c call) (int, any, error) {
	query := c.query.Get("query")
	if query == "" {
		return 0, nil, &FieldError{Field: "query", Message: "This field is required."}
	}
	return s.pages(c, PageFilter{Type: c.query.Get("page_type"), Query: query})
}

func (s *Server) pages(c call, filter PageFilter) (int, any, error) {
	window, err := ParseWindow(c.query, defaultPageSize)
	if err != nil {
		return 0, nil, err
	}
	paging, pages, err := s.store.Pages(c.view, filter, window)
	return http.StatusOK, listed{paging, pages}, err
}

func (s *Server) getPage(c call) (int, any, error) {
	page, err := s.store.Page(c.view, c.PathValue("type"), c.PathValue("slug"))
	return http.StatusOK, shown{page}, err
}

// getContent takes the keys from the path, as the official client sends them, or
// from the query.
func (s *Server) getContent(c call) (int, any, error) {
	keys := c.PathValue("keys")
	if keys == "" {
		keys = c.query.Get("keys")
	}
	selections, err := ParseSelections(keys)
	if err != nil {
		return 0, nil, err
	}
	window, err := ParseWindow(c.query, defaultContentSize)
	if err != nil {
		return 0, nil, err
	}
	paging, content, err := s.store.Content(c.view, selections, window)
	return http.StatusOK, listed{paging, content}, err
}

func (s *Server) listAuthors(c call) (int, any, error) {
	authors, err := s.store.Authors(c.view, includesRecent(c))
	return http.StatusOK, shown{authors}, err
}

func (s *Server) getAuthor(c call) (int, any, error) {
	author, err := s.store.Author(c.view, c.PathValue("slug"), includesRecent(c))
	return http.StatusOK, shown{author}, err
}

func (s *Server) listTerms(kind string) method {
	return func(c call) (int, any, error) {
		terms, err := s.store.Terms(c.view, kind, includesRecent(c))
		return http.StatusOK, shown{terms}, err
	}
}

func (s *Server) getTerm(kind string) method {
	return func(c call) (int, any, error) {
		term, err := s.store.Term(c.view, kind, c.PathValue("slug"), includesRecent(c))
		return http.StatusOK, shown{term}, err
	}
}

// getFeed supports the category and tag filters of lists.
func (s *Server) getFeed(c call) (int, any, error) {
	filter := PostFilter{Category: c.query.Get("category_slug"), Tag: c.query.Get("tag_slug")}
	_, posts, err := s.store.Posts(c.view, filter, Window{Size: maxPageSize})
	if err != nil {
		return 0, nil, err
	}
	feed, err := writeFeed(c.PathValue("type"), posts)
	return http.StatusOK, shown{feed}, err
}

func includesRecent(c call) bool { return c.query.Get("include") == "recent_posts" }

func truthy(text string) bool { return text == "1" || text == "true" || text == "True" }
