package contentapi

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// CreatePage adds a page. The error is a [*FieldError] if the change is invalid.
func (s *Store) CreatePage(tenant, pageType string, change PageChange, now time.Time) (Change[Page], error) {
	var created Change[Page]
	err := s.change(func(tx *sql.Tx) error {
		after, err := insertPage(tx, tenant, pageType, change, stamp(now))
		created.After = &after
		return errors.Join(err, touch(tx, tenant, stamp(now)))
	})
	return created, err
}

// UpdatePage changes a page, or fails with [ErrNotFound] or a [*FieldError].
// Its fields are merged with the old ones unless replace is set.
func (s *Store) UpdatePage(tenant, pageType, slug string, change PageChange, replace bool, now time.Time) (Change[Page], error) {
	var done Change[Page]
	err := s.change(func(tx *sql.Tx) error {
		before, err := findPage(tx, everything(tenant), pageType, slug)
		if err != nil {
			return err
		}
		after := before
		after.Revision++
		if after.Fields, err = mergeFields(before.Fields, change.Fields, replace); err != nil {
			return err
		}
		if err := applyPage(tx, tenant, &after, change, stamp(now)); err != nil {
			return err
		}
		done = Change[Page]{Before: &before, After: &after}
		return touch(tx, tenant, stamp(now))
	})
	return done, err
}

// DeletePage removes a page, or fails with [ErrNotFound].
func (s *Store) DeletePage(tenant, pageType, slug string, now time.Time) (Change[Page], error) {
	var done Change[Page]
	err := s.change(func(tx *sql.Tx) error {
		before, err := findPage(tx, everything(tenant), pageType, slug)
		if err != nil {
			return err
		}
		done.Before = &before
		_, err = tx.Exec("DELETE FROM pages WHERE id = ?", before.ID)
		return errors.Join(err, touch(tx, tenant, stamp(now)))
	})
	return done, err
}

// insertPage adds a page and returns it.
func insertPage(tx *sql.Tx, tenant, pageType string, change PageChange, now string) (Page, error) {
	if change.Name == nil || *change.Name == "" {
		return Page{}, &FieldError{Field: "name", Message: "This field is required."}
	}
	if change.Slug == nil {
		change.Slug = ref(slugify(*change.Name))
	}
	fields, err := mergeFields(json.RawMessage("{}"), change.Fields, true)
	if err != nil {
		return Page{}, err
	}
	page := Page{Type: pageType, Status: Draft, Revision: 1, Fields: fields}
	result, err := tx.Exec(`INSERT INTO pages (tenant, type, slug, name, fields, status, updated, revision)
		VALUES (?, ?, 'new page', '', '{}', 'draft', ?, 1)`, tenant, pageType, now)
	if err != nil {
		return Page{}, fmt.Errorf("add page: %w", err)
	}
	if page.ID, err = result.LastInsertId(); err != nil {
		return Page{}, fmt.Errorf("add page: %w", err)
	}
	return page, applyPage(tx, tenant, &page, change, now)
}

// applyPage applies the change to page and writes it.
func applyPage(tx *sql.Tx, tenant string, page *Page, change PageChange, now string) error {
	if err := errors.Join(checkStatus(change.Status), checkSlug(change.Slug)); err != nil {
		return err
	}
	if change.Slug != nil {
		taken, err := exists(tx, "SELECT count(*) FROM pages WHERE tenant = ? AND type = ? AND slug = ? AND id <> ?",
			tenant, page.Type, *change.Slug, page.ID)
		if err != nil {
			return err
		}
		if taken {
			return &FieldError{Field: "slug", Message: fmt.Sprintf("Another page has the slug %q.", *change.Slug)}
		}
		page.Slug = *change.Slug
	}
	if change.Name != nil {
		page.Name = *change.Name
	}
	if change.Status != nil {
		page.Status = *change.Status
	}
	if page.Status == Published && page.Published == nil {
		page.Published = &now
	}
	page.Updated = now
	_, err := tx.Exec("UPDATE pages SET slug = ?, name = ?, fields = ?, status = ?, updated = ?, published = ?, revision = ? WHERE id = ?",
		page.Slug, page.Name, string(page.Fields), page.Status, page.Updated, page.Published, page.Revision, page.ID)
	if err != nil {
		return fmt.Errorf("write page %q: %w", page.Slug, err)
	}
	return nil
}

// mergeFields merges the members of change into old or, with replace, drops old.
func mergeFields(old, change json.RawMessage, replace bool) (json.RawMessage, error) {
	merged := map[string]json.RawMessage{}
	if !replace {
		if err := json.Unmarshal(old, &merged); err != nil {
			return nil, fmt.Errorf("stored fields: %w", err)
		}
	}
	if change != nil {
		if err := json.Unmarshal(change, &merged); err != nil || merged == nil {
			return nil, &FieldError{Field: "fields", Message: "Want a JSON object."}
		}
	}
	return json.Marshal(merged)
}
