package contentapi

import (
	"encoding/json"
	"fmt"
	"strings"
)

// PageFilter selects pages. An empty field selects all.
type PageFilter struct {
	Type  string
	Query string // words that must all occur in name or fields
}

const pageColumns = "id, type, slug, name, fields, status, updated, published, revision"

func scanPage(scan func(...any) error) (Page, error) {
	var p Page
	var fields string
	err := scan(&p.ID, &p.Type, &p.Slug, &p.Name, &fields, &p.Status, &p.Updated, &p.Published, &p.Revision)
	p.Fields = json.RawMessage(fields)
	return p, err
}

// where returns the filter as SQL.
func (f PageFilter) where(v View) (string, []any) {
	clause, args := "tenant = ?", []any{v.Tenant}
	if !v.Drafts {
		clause += " AND status = 'published'"
	}
	if f.Type != "" {
		clause += " AND type = ?"
		args = append(args, f.Type)
	}
	for word := range strings.FieldsSeq(f.Query) {
		clause += ` AND (name LIKE ? ESCAPE '\' OR fields LIKE ? ESCAPE '\')`
		args = append(args, containing(word), containing(word))
	}
	return clause, args
}

// Pages lists pages in the order of creation. The error is [ErrNotFound] for a
// type without any pages, even drafts, and [ErrPage] for a window past the end.
func (s *Store) Pages(v View, filter PageFilter, window Window) (Paging, []Page, error) {
	if filter.Type != "" {
		known, err := single(s.db, scanCount, "SELECT count(*) FROM pages WHERE tenant = ? AND type = ?", v.Tenant, filter.Type)
		if err != nil {
			return Paging{}, nil, fmt.Errorf("find page type: %w", err)
		}
		if known == 0 {
			return Paging{}, nil, fmt.Errorf("page type %q: %w", filter.Type, ErrNotFound)
		}
	}
	clause, args := filter.where(v)
	count, err := single(s.db, scanCount, "SELECT count(*) FROM pages WHERE "+clause, args...)
	if err != nil {
		return Paging{}, nil, fmt.Errorf("count pages: %w", err)
	}
	paging, err := window.Paging(count)
	if err != nil {
		return Paging{}, nil, err
	}
	pages, err := collect(s.db, scanPage,
		"SELECT "+pageColumns+" FROM pages WHERE "+clause+" ORDER BY id LIMIT ? OFFSET ?",
		append(args, window.Size, window.Offset)...)
	if err != nil {
		return Paging{}, nil, fmt.Errorf("list pages: %w", err)
	}
	return paging, pages, nil
}

// Page returns a page, or [ErrNotFound].
func (s *Store) Page(v View, pageType, slug string) (Page, error) {
	return findPage(s.db, v, pageType, slug)
}

func findPage(q querier, v View, pageType, slug string) (Page, error) {
	clause, args := PageFilter{Type: pageType}.where(v)
	page, err := single(q, scanPage, "SELECT "+pageColumns+" FROM pages WHERE "+clause+" AND slug = ?", append(args, slug)...)
	if err != nil {
		return Page{}, fmt.Errorf("page %q of type %q: %w", slug, pageType, err)
	}
	return page, nil
}
