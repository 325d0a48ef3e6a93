package contentapi

import (
	"encoding/json"
	"fmt"
	"strings"
)

// recentPosts is the number of posts that an author, a category or a tag shows.
const recentPosts = 10

// siteURL is the fictitious website of the articles.
const siteURL = "https://larder.example"

// PostFilter selects posts. An empty field selects all.
type PostFilter struct {
	Author   string // slug
	Category string // slug
	Tag      string // slug
	Query    string // words that must all occur in title, summary or body
	NoBody   bool   // leave out the body
}

// postColumns are the columns that scanPost reads, from posts p.
const postColumns = `p.id, p.status, p.created, p.updated, p.published, p.title, p.slug, p.summary,
	p.body, p.seo_title, p.meta_description, p.featured_image, p.featured_image_alt, p.revision,
	(SELECT a.data FROM authors a WHERE a.tenant = p.tenant AND a.slug = p.author),
	(SELECT json_group_array(json_array(kind, slug, name)) FROM (
		SELECT t.kind, t.slug, t.name FROM post_terms pt
		JOIN terms t ON t.tenant = p.tenant AND t.kind = pt.kind AND t.slug = pt.slug
		WHERE pt.post = p.id ORDER BY t.name))`

// newestFirst is the order of every list. Drafts are ordered by creation.
const newestFirst = ` ORDER BY coalesce(p.published, p.created) DESC, p.id DESC`

// scanPost reads a row of postColumns.
func scanPost(scan func(...any) error) (Post, error) {
	var p Post
	var body, image, author, terms string
	err := scan(&p.ID, &p.Status, &p.Created, &p.Updated, &p.Published, &p.Title, &p.Slug, &p.Summary,
		&body, &p.SEOTitle, &p.MetaDescription, &image, &p.FeaturedImageAlt, &p.Revision, &author, &terms)
	if err != nil {
		return Post{}, err
	}
	p.URL = siteURL + "/blog/" + p.Slug + "/"
	p.Body = &body
	p.FeaturedImage = optional(image)
	if err := json.Unmarshal([]byte(author), &p.Author); err != nil {
		return Post{}, fmt.Errorf("author of post %q: %w", p.Slug, err)
	}
	var triples [][3]string
	if err := json.Unmarshal([]byte(terms), &triples); err != nil {
		return Post{}, fmt.Errorf("terms of post %q: %w", p.Slug, err)
	}
	p.Categories, p.Tags = []Term{}, []Term{}
	for _, t := range triples {
		term := Term{Slug: t[1], Name: t[2]}
		if t[0] == "category" {
			p.Categories = append(p.Categories, term)
		} else {
			p.Tags = append(p.Tags, term)
		}
	}
	return p, nil
}

// optional returns nil for an empty text.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// where returns the filter as SQL over posts p.
func (f PostFilter) where(v View) (string, []any) {
	clause := "p.tenant = ?"
	args := []any{v.Tenant}
	add := func(condition string, more ...any) {
		clause += " AND " + condition
		args = append(args, more...)
	}
	if !v.Drafts {
		add("p.status = 'published'")
	}
	if f.Author != "" {
		add("p.author = ?", f.Author)
	}
	const hasTerm = "EXISTS (SELECT 1 FROM post_terms pt WHERE pt.post = p.id AND pt.kind = ? AND pt.slug = ?)"
	if f.Category != "" {
		add(hasTerm, "category", f.Category)
	}
	if f.Tag != "" {
		add(hasTerm, "tag", f.Tag)
	}
	for word := range strings.FieldsSeq(f.Query) {
		add(`(p.title LIKE ? ESCAPE '\' OR p.summary LIKE ? ESCAPE '\' OR p.body LIKE ? ESCAPE '\')`,
			containing(word), containing(word), containing(word))
	}
	return clause, args
}

// containing returns the LIKE pattern of texts that contain word.
func containing(word string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(word) + "%"
}

// Posts lists posts, newest first. The error is [ErrPage] for a window past the
// end.
func (s *Store) Posts(v View, filter PostFilter, window Window) (Paging, []Post, error) {
	clause, args := filter.where(v)
	count, err := single(s.db, scanCount, "SELECT count(*) FROM posts p WHERE "+clause, args...)
	if err != nil {
		return Paging{}, nil, fmt.Errorf("count posts: %w", err)
	}
	paging, err := window.Paging(count)
	if err != nil {
		return Paging{}, nil, err
	}
	// The inner query selects the window, so that only its rows are read fully.
	posts, err := collect(s.db, scanPost,
		"SELECT "+postColumns+" FROM posts p WHERE p.id IN (SELECT p.id FROM posts p WHERE "+clause+newestFirst+
			" LIMIT ? OFFSET ?)"+newestFirst,
		append(args, window.Size, window.Offset)...)
	if err != nil {
		return Paging{}, nil, fmt.Errorf("list posts: %w", err)
	}
	if filter.NoBody {
		for i := range posts {
			posts[i].Body = nil
		}
	}
	return paging, posts, nil
}

// Post returns a post and its neighbours, or [ErrNotFound].
func (s *Store) Post(v View, slug string) (Post, Neighbours, error) {
	post, err := findPost(s.db, v, slug)
	if err != nil {
		return Post{}, Neighbours{}, err
	}
	neighbours, err := findNeighbours(s.db, v.Tenant, post)
	return post, neighbours, err
}

// findPost returns a visible post, or [ErrNotFound].
func findPost(q querier, v View, slug string) (Post, error) {
	clause, args := PostFilter{}.where(v)
	post, err := single(q, scanPost, "SELECT "+postColumns+" FROM posts p WHERE "+clause+" AND p.slug = ?", append(args, slug)...)
	if err != nil {
		return Post{}, fmt.Errorf("post %q: %w", slug, err)
	}
	return post, nil
}

// findNeighbours returns the published posts after and before a published post.
func findNeighbours(q querier, tenant string, post Post) (Neighbours, error) {
	if post.Status != Published {
		return Neighbours{}, nil
	}
	beside := func(comparison, order string) (*Neighbour, error) {
		found, err := collect(q, scanNeighbour,
			`SELECT slug, title, featured_image FROM posts WHERE tenant = ? AND status = 'published'
			AND (published, id) `+comparison+` (?, ?) ORDER BY published `+order+`, id `+order+` LIMIT 1`,
			tenant, *post.Published, post.ID)
		if err != nil || len(found) == 0 {
			return nil, err
		}
		return &found[0], nil
	}
	next, err := beside(">", "ASC")
	if err != nil {
		return Neighbours{}, fmt.Errorf("post after %q: %w", post.Slug, err)
	}
	previous, err := beside("<", "DESC")
	if err != nil {
		return Neighbours{}, fmt.Errorf("post before %q: %w", post.Slug, err)
	}
	return Neighbours{Next: next, Previous: previous}, nil
}

// scanNeighbour reads slug, title and image.
func scanNeighbour(scan func(...any) error) (Neighbour, error) {
	var n Neighbour
	var image string
	err := scan(&n.Slug, &n.Title, &image)
	n.FeaturedImage = optional(image)
	return n, err
}
