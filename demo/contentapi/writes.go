package contentapi

import (
	"net/http"
	"strconv"
)

// edited is the response to an edit. Purges is set if the edit waited for them.
type edited struct {
	Meta struct {
		Event  string    `json:"event"`
		Purges []Outcome `json:"purges,omitempty"`
	} `json:"meta"`
	Data any `json:"data"`
}

// edit applies an edit and announces it. With ?wait=1 it waits until the purges
// have succeeded or failed; the edit is applied in any case.
func edit[T any](s *Server, c call, status int, apply func() (Change[T], error), announce func(Change[T]) announcement) (int, any, error) {
	s.editing.Lock()
	change, err := apply()
	if err != nil {
		s.editing.Unlock()
		return 0, nil, err
	}
	a := announce(change)
	wait := s.notifier.announce(a)
	s.editing.Unlock()

	answer := edited{Data: change.After}
	answer.Meta.Event = a.event
	if c.query.Get("wait") == "1" {
		answer.Meta.Purges = wait(c.Context())
	}
	if change.After == nil {
		return http.StatusNoContent, nil, nil
	}
	return status, answer, nil
}

// editPost is edit for posts.
func (s *Server) editPost(c call, status int, action string, apply func() (Change[Post], error)) (int, any, error) {
	return edit(s, c, status, apply, func(change Change[Post]) announcement {
		return announcePost(c.view.Tenant, action, change)
	})
}

func (s *Server) createPost(c call) (int, any, error) {
	change, err := decode[PostChange](c)
	if err != nil {
		return 0, nil, err
	}
	return s.editPost(c, http.StatusCreated, "", func() (Change[Post], error) {
		return s.store.CreatePost(c.view.Tenant, change, s.now())
	})
}

func (s *Server) patchPost(c call) (int, any, error) {
	change, err := decode[PostChange](c)
	if err != nil {
		return 0, nil, err
	}
	return s.updatePost(c, "", change)
}

func (s *Server) putPost(c call) (int, any, error) {
	change, err := decode[PostChange](c)
	if err != nil {
		return 0, nil, err
	}
	if change.Title == nil {
		return 0, nil, &FieldError{Field: "title", Message: "This field is required."}
	}
	return s.updatePost(c, "", change.emptied())
}

// postStatus publishes or unpublishes a post. ButterCMS reports an unpublished
// post as deleted.
func (s *Server) postStatus(status Status, action string) method {
	return func(c call) (int, any, error) { return s.updatePost(c, action, PostChange{Status: &status}) }
}

func (s *Server) updatePost(c call, action string, change PostChange) (int, any, error) {
	return s.editPost(c, http.StatusOK, action, func() (Change[Post], error) {
		return s.store.UpdatePost(c.view.Tenant, c.PathValue("slug"), change, s.now())
	})
}

func (s *Server) deletePost(c call) (int, any, error) {
	return s.editPost(c, http.StatusNoContent, "", func() (Change[Post], error) {
		return s.store.DeletePost(c.view.Tenant, c.PathValue("slug"), s.now())
	})
}

// editPage is edit for pages.
func (s *Server) editPage(c call, status int, action string, apply func() (Change[Page], error)) (int, any, error) {
	return edit(s, c, status, apply, func(change Change[Page]) announcement {
		return announcePage(c.view.Tenant, action, change)
	})
}

func (s *Server) createPage(c call) (int, any, error) {
	change, err := decode[PageChange](c)
	if err != nil {
		return 0, nil, err
	}
	return s.editPage(c, http.StatusCreated, "", func() (Change[Page], error) {
		return s.store.CreatePage(c.view.Tenant, c.PathValue("type"), change, s.now())
	})
}

func (s *Server) patchPage(c call) (int, any, error) { return s.updatePage(c, false) }
func (s *Server) putPage(c call) (int, any, error)   { return s.updatePage(c, true) }

func (s *Server) updatePage(c call, replace bool) (int, any, error) {
	change, err := decode[PageChange](c)
	if err != nil {
		return 0, nil, err
	}
	return s.changePage(c, "", change, replace)
}

func (s *Server) pageStatus(status Status, action string) method {
	return func(c call) (int, any, error) { return s.changePage(c, action, PageChange{Status: &status}, false) }
}

func (s *Server) changePage(c call, action string, change PageChange, replace bool) (int, any, error) {
	return s.editPage(c, http.StatusOK, action, func() (Change[Page], error) {
		return s.store.UpdatePage(c.view.Tenant, c.PathValue("type"), c.PathValue("slug"), change, replace, s.now())
	})
}

func (s *Server) deletePage(c call) (int, any, error) {
	return s.editPage(c, http.StatusNoContent, "", func() (Change[Page], error) {
		return s.store.DeletePage(c.view.Tenant, c.PathValue("type"), c.PathValue("slug"), s.now())
	})
}

// editItem is edit for the items of collections.
func (s *Server) editItem(c call, status int, action string, apply func(id int64) (Change[Item], error)) (int, any, error) {
	var id int64
	if text := c.PathValue("id"); text != "" {
		var err error
		if id, err = strconv.ParseInt(text, 10, 64); err != nil {
			return 0, nil, ErrNotFound
		}
	}
	return edit(s, c, status,
		func() (Change[Item], error) { return apply(id) },
		func(change Change[Item]) announcement { return announceItem(c.view.Tenant, action, change) })
}

func (s *Server) createItem(c call) (int, any, error) {
	change, err := decode[ItemChange](c)
	if err != nil {
		return 0, nil, err
	}
	return s.editItem(c, http.StatusCreated, "", func(int64) (Change[Item], error) {
		return s.store.CreateItem(c.view.Tenant, c.PathValue("keys"), change, s.now())
	})
}

func (s *Server) patchItem(c call) (int, any, error) { return s.updateItem(c, false) }
func (s *Server) putItem(c call) (int, any, error)   { return s.updateItem(c, true) }

func (s *Server) updateItem(c call, replace bool) (int, any, error) {
	change, err := decode[ItemChange](c)
	if err != nil {
		return 0, nil, err
	}
	return s.changeItem(c, "", change, replace)
}

func (s *Server) itemStatus(status Status, action string) method {
	return func(c call) (int, any, error) { return s.changeItem(c, action, ItemChange{Status: &status}, false) }
}

func (s *Server) changeItem(c call, action string, change ItemChange, replace bool) (int, any, error) {
	return s.editItem(c, http.StatusOK, action, func(id int64) (Change[Item], error) {
		return s.store.UpdateItem(c.view.Tenant, c.PathValue("keys"), id, change, replace, s.now())
	})
}

func (s *Server) deleteItem(c call) (int, any, error) {
	return s.editItem(c, http.StatusNoContent, "", func(id int64) (Change[Item], error) {
		return s.store.DeleteItem(c.view.Tenant, c.PathValue("keys"), id, s.now())
	})
}
