package contentapi

import "encoding/json"

// Status is the state of an item. Drafts are visible in previews only.
type Status string

// The states of an item.
const (
	Published Status = "published"
	Draft     Status = "draft"
)

// Author is an author of posts. Recent is nil unless the client requests it.
type Author struct {
	FirstName    string  `json:"first_name"`
	LastName     string  `json:"last_name"`
	Email        string  `json:"email"`
	Slug         string  `json:"slug"`
	Bio          string  `json:"bio"`
	Title        string  `json:"title"`
	LinkedIn     string  `json:"linkedin_url"`
	Facebook     string  `json:"facebook_url"`
	Pinterest    string  `json:"pinterest_url"`
	Instagram    string  `json:"instagram_url"`
	Twitter      string  `json:"twitter_handle"`
	ProfileImage string  `json:"profile_image"`
	Recent       *[]Post `json:"recent_posts,omitempty"`
}

// Term is a category or a tag.
type Term struct {
	Name   string  `json:"name"`
	Slug   string  `json:"slug"`
	Recent *[]Post `json:"recent_posts,omitempty"`
}

// Post is an article as the API returns it. Revision counts its edits from 1;
// ButterCMS has no such field.
type Post struct {
	ID               int64   `json:"-"`
	Status           Status  `json:"status"`
	Created          string  `json:"created"`
	Updated          string  `json:"updated"`
	Published        *string `json:"published"`
	Scheduled        *string `json:"scheduled"`
	Title            string  `json:"title"`
	Slug             string  `json:"slug"`
	URL              string  `json:"url"`
	Summary          string  `json:"summary"`
	Body             *string `json:"body,omitempty"`
	SEOTitle         string  `json:"seo_title"`
	MetaDescription  string  `json:"meta_description"`
	FeaturedImage    *string `json:"featured_image"`
	FeaturedImageAlt string  `json:"featured_image_alt"`
	Author           Author  `json:"author"`
	Categories       []Term  `json:"categories"`
	Tags             []Term  `json:"tags"`
	Revision         int     `json:"revision"`
}

// Neighbour is the part of a post that its neighbours show.
type Neighbour struct {
	Slug          string  `json:"slug"`
	Title         string  `json:"title"`
	FeaturedImage *string `json:"featured_image"`
}

// Neighbours are the next and the previous post in the order of publication. A
// draft has none.
type Neighbours struct {
	Next     *Neighbour `json:"next_post"`
	Previous *Neighbour `json:"previous_post"`
}

// Page is a page of some type, with fields defined by the editors.
type Page struct {
	ID        int64           `json:"-"`
	Slug      string          `json:"slug"`
	Name      string          `json:"name"`
	Type      string          `json:"page_type"`
	Status    Status          `json:"status"`
	Published *string         `json:"published"`
	Updated   string          `json:"updated"`
	Scheduled *string         `json:"scheduled"`
	Revision  int             `json:"revision"`
	Fields    json.RawMessage `json:"fields"`
}

// Item is an entry of a collection.
type Item struct {
	ID         int64
	Collection string
	Status     Status
	Updated    string
	Revision   int
	Fields     map[string]json.RawMessage
}

// MarshalJSON adds a meta object with the item's ID to the fields, as ButterCMS
// does.
func (i Item) MarshalJSON() ([]byte, error) {
	shown := make(map[string]any, len(i.Fields)+1)
	for name, value := range i.Fields {
		shown[name] = value
	}
	shown["meta"] = map[string]any{"id": i.ID, "revision": i.Revision}
	return json.Marshal(shown)
}

// Paging is the meta object of a list.
type Paging struct {
	Count    int  `json:"count"`
	Next     *int `json:"next_page"`
	Previous *int `json:"previous_page"`
}
