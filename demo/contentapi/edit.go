package contentapi

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// PostChange is an edit of a post. Nil fields stay unchanged. In a new post they
// are empty, except that the author is the tenant's first, the slug is made from
// the title and the status is draft.
type PostChange struct {
	Title            *string   `json:"title"`
	Slug             *string   `json:"slug"`
	Summary          *string   `json:"summary"`
	Body             *string   `json:"body"`
	SEOTitle         *string   `json:"seo_title"`
	MetaDescription  *string   `json:"meta_description"`
	FeaturedImage    *string   `json:"featured_image"`
	FeaturedImageAlt *string   `json:"featured_image_alt"`
	Author           *string   `json:"author"`     // slug
	Categories       *[]string `json:"categories"` // slugs
	Tags             *[]string `json:"tags"`       // slugs
	Status           *Status   `json:"status"`
}

// emptied returns the change for PUT, which also clears the texts and lists that
// are not set.
func (c PostChange) emptied() PostChange {
	for _, text := range []**string{&c.Summary, &c.Body, &c.SEOTitle, &c.MetaDescription, &c.FeaturedImage, &c.FeaturedImageAlt} {
		if *text == nil {
			*text = ref("")
		}
	}
	if c.Categories == nil {
		c.Categories = &[]string{}
	}
	if c.Tags == nil {
		c.Tags = &[]string{}
	}
	return c
}

// PageChange is an edit of a page, like [PostChange].
type PageChange struct {
	Slug   *string         `json:"slug"`
	Name   *string         `json:"name"`
	Fields json.RawMessage `json:"fields"` // a JSON object; PATCH merges its members
	Status *Status         `json:"status"`
}

// ItemChange is an edit of a collection's item, like [PostChange].
type ItemChange struct {
	Fields json.RawMessage `json:"fields"` // a JSON object; PATCH merges its members
	Status *Status         `json:"status"`
}

// Change is an item before and after an edit. Before is nil for a new item,
// After for a deleted one.
type Change[T any] struct {
	Before, After *T
	Beside        Neighbours // of a post, after the edit
}

// everything returns the view of an editor.
func everything(tenant string) View { return View{Tenant: tenant, Drafts: true} }

// CreatePost adds a post. The error is a [*FieldError] if the change is invalid.
func (s *Store) CreatePost(tenant string, change PostChange, now time.Time) (Change[Post], error) {
	return s.editPost(tenant, now, nil, func(tx *sql.Tx, _ Post) (string, error) {
		return insertPost(tx, tenant, change, stamp(now))
	})
}

// UpdatePost changes a post, or fails with [ErrNotFound] or a [*FieldError].
func (s *Store) UpdatePost(tenant, slug string, change PostChange, now time.Time) (Change[Post], error) {
	return s.editPost(tenant, now, &slug, func(tx *sql.Tx, before Post) (string, error) {
		if _, err := tx.Exec("UPDATE posts SET revision = revision + 1, updated = ? WHERE id = ?", stamp(now), before.ID); err != nil {
			return "", err
		}
		if err := applyPost(tx, tenant, before.ID, change, stamp(now)); err != nil {
			return "", err
		}
		if change.Slug != nil {
			return *change.Slug, nil
		}
		return slug, nil
	})
}

// DeletePost removes a post, or fails with [ErrNotFound].
func (s *Store) DeletePost(tenant, slug string, now time.Time) (Change[Post], error) {
	return s.editPost(tenant, now, &slug, func(tx *sql.Tx, before Post) (string, error) {
		_, err := tx.Exec("DELETE FROM posts WHERE id = ?", before.ID)
		return "", err
	})
}

// editPost runs edit on the post with slug, or on a new one if slug is nil, and
// reads the post before and after. edit returns the new slug, "" for none.
func (s *Store) editPost(tenant string, now time.Time, slug *string, edit func(*sql.Tx, Post) (string, error)) (Change[Post], error) {
	var change Change[Post]
	err := s.change(func(tx *sql.Tx) error {
		var before Post
		if slug != nil {
			var err error
			if before, err = findPost(tx, everything(tenant), *slug); err != nil {
				return err
			}
			change.Before = &before
		}
		slugAfter, err := edit(tx, before)
		if err != nil || slugAfter == "" {
			return errors.Join(err, touch(tx, tenant, stamp(now)))
		}
		after, err := findPost(tx, everything(tenant), slugAfter)
		if err != nil {
			return err
		}
		change.After = &after
		if change.Beside, err = findNeighbours(tx, tenant, after); err != nil {
			return err
		}
		return touch(tx, tenant, stamp(now))
	})
	return change, err
}

// insertPost adds a post and returns its slug.
func insertPost(tx *sql.Tx, tenant string, change PostChange, now string) (string, error) {
	if change.Title == nil || *change.Title == "" {
		return "", &FieldError{Field: "title", Message: "This field is required."}
	}
	if change.Slug == nil {
		change.Slug = ref(slugify(*change.Title))
	}
	if change.Status == nil {
		change.Status = ref(Draft)
	}
	change = change.emptied()
	result, err := tx.Exec(`INSERT INTO posts (tenant, slug, title, summary, body, seo_title, meta_description,
		featured_image, featured_image_alt, author, status, created, updated, revision)
		VALUES (?, 'new post', '', '', '', '', '', '', '',
		(SELECT slug FROM authors WHERE tenant = ? ORDER BY slug LIMIT 1), 'draft', ?, ?, 1)`, tenant, tenant, now, now)
	if err != nil {
		return "", fmt.Errorf("add post: %w", err)
	}
	id, err := result.LastInsertId()
	if err != nil {
		return "", fmt.Errorf("add post: %w", err)
	}
	return *change.Slug, applyPost(tx, tenant, id, change, now)
}

// applyPost writes the fields that the change sets.
func applyPost(tx *sql.Tx, tenant string, id int64, change PostChange, now string) error {
	if err := checkPost(tx, tenant, id, change); err != nil {
		return err
	}
	columns := []struct {
		name  string
		value *string
	}{
		{"title", change.Title}, {"slug", change.Slug}, {"summary", change.Summary}, {"body", change.Body},
		{"seo_title", change.SEOTitle}, {"meta_description", change.MetaDescription},
		{"featured_image", change.FeaturedImage}, {"featured_image_alt", change.FeaturedImageAlt},
		{"author", change.Author}, {"status", (*string)(change.Status)},
	}
	for _, column := range columns {
		if column.value == nil {
			continue
		}
		if _, err := tx.Exec("UPDATE posts SET "+column.name+" = ? WHERE id = ?", *column.value, id); err != nil {
			return fmt.Errorf("set %s: %w", column.name, err)
		}
	}
	// The date of the first publication stays. Otherwise every edit would move
	// the post to the top of all lists.
	if _, err := tx.Exec("UPDATE posts SET published = ? WHERE id = ? AND status = 'published' AND published IS NULL", now, id); err != nil {
		return fmt.Errorf("set published: %w", err)
	}
	if err := setTerms(tx, id, "category", change.Categories); err != nil {
		return err
	}
	return setTerms(tx, id, "tag", change.Tags)
}

// checkPost validates a change before anything is written.
func checkPost(tx *sql.Tx, tenant string, id int64, change PostChange) error {
	if change.Title != nil && *change.Title == "" {
		return &FieldError{Field: "title", Message: "This field may not be blank."}
	}
	if err := checkStatus(change.Status); err != nil {
		return err
	}
	if err := checkSlug(change.Slug); err != nil {
		return err
	}
	if change.Slug != nil {
		taken, err := exists(tx, "SELECT count(*) FROM posts WHERE tenant = ? AND slug = ? AND id <> ?", tenant, *change.Slug, id)
		if err != nil {
			return err
		}
		if taken {
			return &FieldError{Field: "slug", Message: fmt.Sprintf("Another post has the slug %q.", *change.Slug)}
		}
	}
	if change.Author != nil {
		known, err := exists(tx, "SELECT count(*) FROM authors WHERE tenant = ? AND slug = ?", tenant, *change.Author)
		if err != nil {
			return err
		}
		if !known {
			return &FieldError{Field: "author", Message: fmt.Sprintf("There is no author %q.", *change.Author)}
		}
	}
	if err := checkTerms(tx, tenant, "category", "categories", change.Categories); err != nil {
		return err
	}
	return checkTerms(tx, tenant, "tag", "tags", change.Tags)
}

// checkTerms checks that the tenant has all the categories or tags.
func checkTerms(tx *sql.Tx, tenant, kind, field string, slugs *[]string) error {
	if slugs == nil {
		return nil
	}
	for _, slug := range *slugs {
		known, err := exists(tx, "SELECT count(*) FROM terms WHERE tenant = ? AND kind = ? AND slug = ?", tenant, kind, slug)
		if err != nil {
			return err
		}
		if !known {
			return &FieldError{Field: field, Message: fmt.Sprintf("There is no %s %q.", kind, slug)}
		}
	}
	return nil
}

// setTerms replaces a post's categories or tags, unless slugs is nil.
func setTerms(tx *sql.Tx, post int64, kind string, slugs *[]string) error {
	if slugs == nil {
		return nil
	}
	if _, err := tx.Exec("DELETE FROM post_terms WHERE post = ? AND kind = ?", post, kind); err != nil {
		return fmt.Errorf("clear %s: %w", kind, err)
	}
	for _, slug := range *slugs {
		if _, err := tx.Exec("INSERT OR IGNORE INTO post_terms (post, kind, slug) VALUES (?, ?, ?)", post, kind, slug); err != nil {
			return fmt.Errorf("set %s: %w", kind, err)
		}
	}
	return nil
}

// exists reports whether a counting query returns more than zero.
func exists(q querier, query string, args ...any) (bool, error) {
	count, err := single(q, scanCount, query, args...)
	return count > 0, err
}

// checkStatus allows the states that an editor can set.
func checkStatus(status *Status) error {
	if status == nil || *status == Published || *status == Draft {
		return nil
	}
	return &FieldError{Field: "status", Message: fmt.Sprintf("%q is not a valid choice.", *status)}
}

// checkSlug allows everything that can be a path segment.
func checkSlug(slug *string) error {
	if slug == nil {
		return nil
	}
	bad := func(r rune) bool { return r == '/' || unicode.IsSpace(r) || unicode.IsControl(r) }
	if *slug == "" || *slug == "." || *slug == ".." || *slug == "search" || len(*slug) > 200 || strings.ContainsFunc(*slug, bad) {
		return &FieldError{Field: "slug", Message: "Enter a slug of at most 200 bytes without spaces and slashes, other than \"search\"."}
	}
	return nil
}

// slugify returns the slug of a title: its letters and digits in lower case,
// with a dash for each run of other characters.
func slugify(title string) string {
	words := strings.FieldsFunc(strings.ToLower(title), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
	return strings.Join(words, "-")
}
