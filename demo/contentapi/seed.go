package contentapi

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"time"
)

// singlePages is the type of pages without a page type.
const singlePages = "*"

// seed fills empty tables. Each folder of content is a tenant. It contains
// authors.json, categories.json and tags.json, a Markdown file for each post in
// posts/, and a JSON array for each page type in pages/ and each collection in
// collections/. pages/single.json holds the pages of type "*".
func seed(tx *sql.Tx, content fs.FS) error {
	tenants, err := fs.ReadDir(content, ".")
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSeed, err)
	}
	for _, tenant := range tenants {
		if !tenant.IsDir() {
			continue
		}
		folder, err := fs.Sub(content, tenant.Name())
		if err != nil {
			return fmt.Errorf("%w: %w", ErrSeed, err)
		}
		s := seeder{tx: tx, tenant: tenant.Name(), content: folder}
		if err := s.run(); err != nil {
			return fmt.Errorf("%w: tenant %q: %w", ErrSeed, tenant.Name(), err)
		}
	}
	return nil
}

// seeder loads one tenant.
type seeder struct {
	tx      *sql.Tx
	tenant  string
	content fs.FS
}

func (s seeder) run() error {
	steps := []func() error{
		s.addTenant, s.authors,
		func() error { return s.terms("category", "categories.json") },
		func() error { return s.terms("tag", "tags.json") },
		s.posts, s.pages, s.collections,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// seeded is the date of content without one.
const seeded = "2026-09-01T06:00:00Z"

func (s seeder) addTenant() error {
	_, err := s.tx.Exec("INSERT INTO tenants (name, changed) VALUES (?, ?)", s.tenant, seeded)
	return err
}

func (s seeder) authors() error {
	authors, err := readJSON[Author](s.content, "authors.json")
	if err != nil {
		return err
	}
	for _, author := range authors {
		data, err := json.Marshal(author)
		if err != nil {
			return fmt.Errorf("author %q: %w", author.Slug, err)
		}
		if _, err := s.tx.Exec("INSERT INTO authors (tenant, slug, data) VALUES (?, ?, ?)", s.tenant, author.Slug, string(data)); err != nil {
			return fmt.Errorf("author %q: %w", author.Slug, err)
		}
	}
	return nil
}

func (s seeder) terms(kind, file string) error {
	terms, err := readJSON[Term](s.content, file)
	if err != nil {
		return err
	}
	for _, term := range terms {
		if _, err := s.tx.Exec("INSERT INTO terms (tenant, kind, slug, name) VALUES (?, ?, ?, ?)", s.tenant, kind, term.Slug, term.Name); err != nil {
			return fmt.Errorf("%s %q: %w", kind, term.Slug, err)
		}
	}
	return nil
}

func (s seeder) posts() error {
	files, err := fs.Glob(s.content, "posts/*.md")
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := s.post(file); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
	}
	return nil
}

// post adds the post in file.
func (s seeder) post(file string) error {
	text, err := fs.ReadFile(s.content, file)
	if err != nil {
		return err
	}
	fields, body, err := frontMatter(string(text))
	if err != nil {
		return err
	}
	status, moment := Published, fields["published"]
	if moment == "" {
		status, moment = Draft, fields["created"]
	}
	at, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return fmt.Errorf("published: %w", err)
	}
	change := PostChange{
		Title: ref(fields["title"]), Slug: ref(fields["slug"]), Summary: ref(fields["summary"]),
		Body: ref(paragraphs(body)), SEOTitle: ref(fields["title"]), MetaDescription: ref(fields["summary"]),
		FeaturedImage: ref(fields["image"]), FeaturedImageAlt: ref(fields["image_alt"]),
		Author: ref(fields["author"]), Categories: ref(list(fields["categories"])), Tags: ref(list(fields["tags"])),
		Status: &status,
	}
	_, err = insertPost(s.tx, s.tenant, change, stamp(at))
	return err
}

// pageSeed is a page in a seed file.
type pageSeed struct {
	Slug   string          `json:"slug"`
	Name   string          `json:"name"`
	Fields json.RawMessage `json:"fields"`
}

func (s seeder) pages() error {
	return s.each("pages/*.json", func(file, name string) error {
		pages, err := readJSON[pageSeed](s.content, file)
		if err != nil {
			return err
		}
		if name == "single" {
			name = singlePages
		}
		status := Published
		for _, page := range pages {
			change := PageChange{Slug: &page.Slug, Name: &page.Name, Fields: page.Fields, Status: &status}
			if _, err := insertPage(s.tx, s.tenant, name, change, seeded); err != nil {
				return fmt.Errorf("%s: page %q: %w", file, page.Slug, err)
			}
		}
		return nil
	})
}

func (s seeder) collections() error {
	return s.each("collections/*.json", func(file, name string) error {
		items, err := readJSON[json.RawMessage](s.content, file)
		if err != nil {
			return err
		}
		status := Published
		for i, fields := range items {
			if _, err := insertItem(s.tx, s.tenant, name, ItemChange{Fields: fields, Status: &status}, seeded); err != nil {
				return fmt.Errorf("%s: item %d: %w", file, i, err)
			}
		}
		return nil
	})
}

// each calls do for every file that matches pattern; name has no extension.
func (s seeder) each(pattern string, do func(file, name string) error) error {
	files, err := fs.Glob(s.content, pattern)
	if err != nil {
		return err
	}
	for _, file := range files {
		if err := do(file, strings.TrimSuffix(path.Base(file), path.Ext(file))); err != nil {
			return err
		}
	}
	return nil
}

// readJSON reads an array from a file. A missing file is an empty array.
func readJSON[T any](content fs.FS, file string) ([]T, error) {
	data, err := fs.ReadFile(content, file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var values []T
	if err := json.Unmarshal(data, &values); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return values, nil
}

// frontMatter returns the "name: value" lines between two lines of dashes, and
// the text that follows.
func frontMatter(text string) (map[string]string, string, error) {
	head, body, found := strings.Cut(strings.TrimPrefix(text, "---\n"), "\n---\n")
	if !found {
		return nil, "", errors.New("want fields between two lines of three dashes")
	}
	fields := map[string]string{}
	for line := range strings.SplitSeq(head, "\n") {
		name, value, found := strings.Cut(line, ":")
		if !found {
			return nil, "", fmt.Errorf("want \"name: value\"; got %q", line)
		}
		fields[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	return fields, body, nil
}

// paragraphs returns the HTML of paragraphs separated by empty lines.
func paragraphs(text string) string {
	var out strings.Builder
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")
	for paragraph := range strings.SplitSeq(strings.TrimSpace(text), "\n\n") {
		out.WriteString("<p>" + escape.Replace(strings.ReplaceAll(paragraph, "\n", " ")) + "</p>\n")
	}
	return out.String()
}

// list reads comma-separated values.
func list(text string) []string {
	values := []string{}
	for value := range strings.SplitSeq(text, ",") {
		if value = strings.TrimSpace(value); value != "" {
			values = append(values, value)
		}
	}
	return values
}

// ref returns a pointer to a copy of value.
func ref[T any](value T) *T { return &value }
