package contentapi

import (
	"encoding/xml"
	"fmt"
	"time"
)

// feedTitle is the title of the demo's feeds.
const feedTitle = "Notes from the larder"

type (
	rssFeed struct {
		XMLName xml.Name  `xml:"rss"`
		Version string    `xml:"version,attr"`
		Title   string    `xml:"channel>title"`
		Link    string    `xml:"channel>link"`
		About   string    `xml:"channel>description"`
		Items   []rssItem `xml:"channel>item"`
	}
	rssItem struct {
		Title     string `xml:"title"`
		Link      string `xml:"link"`
		About     string `xml:"description"`
		GUID      string `xml:"guid"`
		Published string `xml:"pubDate"`
	}
	atomFeed struct {
		XMLName xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
		Title   string      `xml:"title"`
		ID      string      `xml:"id"`
		Updated string      `xml:"updated"`
		Entries []atomEntry `xml:"entry"`
	}
	atomEntry struct {
		Title   string   `xml:"title"`
		Link    atomLink `xml:"link"`
		ID      string   `xml:"id"`
		Updated string   `xml:"updated"`
		Author  string   `xml:"author>name"`
		Summary string   `xml:"summary"`
	}
	atomLink struct {
		Href string `xml:"href,attr"`
	}
	siteMap struct {
		XMLName xml.Name  `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URLs    []siteURI `xml:"url"`
	}
	siteURI struct {
		Location string `xml:"loc"`
		Modified string `xml:"lastmod"`
	}
)

// writeFeed returns the XML of a feed of type rss, atom or sitemap. Any other
// type is [ErrNotFound].
func writeFeed(feedType string, posts []Post) (string, error) {
	var feed any
	switch feedType {
	case "rss":
		feed = newRSS(posts)
	case "atom":
		feed = newAtom(posts)
	case "sitemap":
		feed = newSiteMap(posts)
	default:
		return "", fmt.Errorf("feed %q: %w", feedType, ErrNotFound)
	}
	text, err := xml.Marshal(feed)
	if err != nil {
		return "", fmt.Errorf("write %s feed: %w", feedType, err)
	}
	return xml.Header + string(text), nil
}

func newRSS(posts []Post) rssFeed {
	feed := rssFeed{Version: "2.0", Title: feedTitle, Link: siteURL, About: "Cooking, keeping and buying food."}
	for _, post := range posts {
		item := rssItem{Title: post.Title, Link: post.URL, About: post.Summary, GUID: post.URL}
		if at, err := time.Parse(time.RFC3339, moment(post)); err == nil {
			item.Published = at.Format(time.RFC1123Z)
		}
		feed.Items = append(feed.Items, item)
	}
	return feed
}

func newAtom(posts []Post) atomFeed {
	feed := atomFeed{Title: feedTitle, ID: siteURL + "/"}
	for _, post := range posts {
		feed.Updated = max(feed.Updated, post.Updated)
		feed.Entries = append(feed.Entries, atomEntry{
			Title: post.Title, Link: atomLink{post.URL}, ID: post.URL, Updated: post.Updated,
			Author: post.Author.FirstName + " " + post.Author.LastName, Summary: post.Summary,
		})
	}
	return feed
}

func newSiteMap(posts []Post) siteMap {
	var feed siteMap
	for _, post := range posts {
		feed.URLs = append(feed.URLs, siteURI{Location: post.URL, Modified: post.Updated})
	}
	return feed
}

// moment returns when a post was published or, for a draft, created.
func moment(post Post) string {
	if post.Published != nil {
		return *post.Published
	}
	return post.Created
}
