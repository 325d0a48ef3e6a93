package contentapi

import (
	"encoding/json"
	"fmt"
)

// Authors lists the tenant's authors by slug, each with the latest visible posts
// if recent is set.
func (s *Store) Authors(v View, recent bool) ([]Author, error) {
	authors, err := collect(s.db, scanAuthor, "SELECT data FROM authors WHERE tenant = ? ORDER BY slug", v.Tenant)
	if err != nil {
		return nil, fmt.Errorf("list authors: %w", err)
	}
	if !recent {
		return authors, nil
	}
	for i := range authors {
		if authors[i].Recent, err = s.recent(v, PostFilter{Author: authors[i].Slug}); err != nil {
			return nil, err
		}
	}
	return authors, nil
}

// Author returns an author, or [ErrNotFound].
func (s *Store) Author(v View, slug string, recent bool) (Author, error) {
	author, err := single(s.db, scanAuthor, "SELECT data FROM authors WHERE tenant = ? AND slug = ?", v.Tenant, slug)
	if err != nil {
		return Author{}, fmt.Errorf("author %q: %w", slug, err)
	}
	if recent {
		author.Recent, err = s.recent(v, PostFilter{Author: slug})
	}
	return author, err
}

func scanAuthor(scan func(...any) error) (Author, error) {
	var data string
	if err := scan(&data); err != nil {
		return Author{}, err
	}
	var author Author
	err := json.Unmarshal([]byte(data), &author)
	return author, err
}

// Terms lists the tenant's categories (kind "category") or tags ("tag") by name,
// each with the latest visible posts if recent is set.
func (s *Store) Terms(v View, kind string, recent bool) ([]Term, error) {
	terms, err := collect(s.db, scanTerm, "SELECT slug, name FROM terms WHERE tenant = ? AND kind = ? ORDER BY name", v.Tenant, kind)
	if err != nil {
		return nil, fmt.Errorf("list terms of kind %q: %w", kind, err)
	}
	if !recent {
		return terms, nil
	}
	for i := range terms {
		if terms[i].Recent, err = s.recent(v, termFilter(kind, terms[i].Slug)); err != nil {
			return nil, err
		}
	}
	return terms, nil
}

// Term returns a category or a tag, or [ErrNotFound].
func (s *Store) Term(v View, kind, slug string, recent bool) (Term, error) {
	term, err := single(s.db, scanTerm, "SELECT slug, name FROM terms WHERE tenant = ? AND kind = ? AND slug = ?", v.Tenant, kind, slug)
	if err != nil {
		return Term{}, fmt.Errorf("%s %q: %w", kind, slug, err)
	}
	if recent {
		term.Recent, err = s.recent(v, termFilter(kind, slug))
	}
	return term, err
}

func scanTerm(scan func(...any) error) (Term, error) {
	var t Term
	err := scan(&t.Slug, &t.Name)
	return t, err
}

// termFilter selects the posts of a category or tag.
func termFilter(kind, slug string) PostFilter {
	if kind == "category" {
		return PostFilter{Category: slug}
	}
	return PostFilter{Tag: slug}
}

// recent returns the latest posts that the filter selects.
func (s *Store) recent(v View, filter PostFilter) (*[]Post, error) {
	_, posts, err := s.Posts(v, filter, Window{Size: recentPosts})
	return &posts, err
}
