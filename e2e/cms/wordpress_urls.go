package main

import "strings"

// urlsOfWordPress are requests that clients of a site send, odd spellings
// included. Each line is a path under /wp-json/wp/v2, or a whole path if it
// begins with "=". $name stands for an ID.
const urlsOfWordPress = `
/posts
/posts/
/posts?page=2
/posts?page=2&per_page=5
/posts?per_page=100
/posts?per_page=3&page=1&order=desc
/posts?_embed
/posts?_embed=author,wp:term
/posts?_embed=replies
/posts?categories=$news
/posts?categories[]=$news&categories[]=$local
/posts?categories%5B0%5D=$sport
/posts?categories_exclude=$sport
/posts?tags=$fast
/posts?tags_exclude=$slow
/posts?categories=$news&tags=$fast&tax_relation=AND
/posts?author=$ann
/posts?author_exclude=$ann
/posts?search=teapot
/posts?search=teapot&orderby=relevance
/posts?orderby=title&order=asc
/posts?orderby=modified
/posts?orderby=author
/posts?orderby=slug&per_page=4
/posts?sticky=true
/posts?sticky=false
/posts?slug=story-8
/posts?slug[]=renamed&slug[]=story-2
/posts?include=$p4,$p5&orderby=include
/posts?exclude=$p14
/posts?after=2025-02-05T00:00:00&before=2025-02-09T00:00:00
/posts?modified_after=2026-01-01T00:00:00
/posts?offset=3&per_page=4
/posts?_fields=id,title,link
/posts?_fields=title
/posts?_fields[]=id&_fields[]=modified
/posts?context=embed
/posts?lang=de
/posts?utm_source=mail
/posts?page=99
/posts?per_page=0
/Posts
//posts
=/?rest_route=/wp/v2/posts
=/index.php/wp-json/wp/v2/posts
/posts/$p1
/posts/$p1/
/posts/0$p1
/posts/$p1?_embed
/posts/$p1?_embed=replies
/posts/$p3?_embed=1
/posts/$p5?_embed=wp:featuredmedia
/posts/$p8?_fields=id,slug,link
/posts/$p9?context=embed
/posts/$p10
/posts/$p12
/posts/$p13
/posts/$p13?_embed
/posts/$draft
/posts/$p1/revisions
/posts/999999
/pages
/pages?orderby=menu_order&order=asc
/pages?parent=$about
/pages?parent_exclude=0
/pages?_embed
/pages?slug=team
/pages?search=teapot
/pages/$about
/pages/$contact?_embed
/pages/$team
/pages/$member?_embed
/categories
/categories?parent=$news
/categories?hide_empty=true&orderby=count&order=desc
/categories?post=$p7
/categories?search=break
/categories?_embed
/categories?_fields=id,count
/categories/$news
/categories/$local?_embed
/categories/$street
/categories/$sport
/categories/$empty
/tags
/tags?hide_empty=true&orderby=count
/tags?post=$p2
/tags/$fast
/tags/$rare
/users
/users?search=ann
/users?_embed
/users/$ann
/users/$bob
/comments
/comments?post=$p1
/comments?post=$p1&orderby=id&order=asc
/comments?parent=$c1
/comments?_embed
/comments/$c1
/comments/$c2?_embed
/comments/$pending
/media
/media?parent=$p3
/media?media_type=image&_embed
/media?search=kettle
/media/$picture
/media/$picture2?_embed
/search?search=teapot
/search?search=teapot&subtype=page
/search?search=story&_embed
/search?type=term&search=break
/search?type=term&subtype=category
/search?type=post-format
/types
/types/post
/taxonomies
/taxonomies?type=post
/taxonomies/category
/statuses
/statuses/publish
/menus
/menu-items
/settings
/block-types
/blocks
=/wp-json
=/wp-json/
=/wp-json/wp/v2
=/wp-json/oembed/1.0/embed?url=http://example.com/
`

// recordedURLsOfWordPress are those whose answers tests use.
const recordedURLsOfWordPress = `
/posts?per_page=2
/posts?per_page=1&_fields=id,title
/posts/$p1?_embed
/posts/$p3?context=embed
/pages/$member?_embed
/categories/$local?_embed
/tags?per_page=2
/users
/comments?post=$p1&_embed
/media/$picture?_embed
/search?search=teapot&per_page=2
/search?type=term&search=o
/search?type=post-format
/types/post
/statuses
`

// recordedEditsOfWordPress are those whose webhooks tests use.
var recordedEditsOfWordPress = map[string]bool{
	"post published": true, "post's slug renamed": true, "post trashed": true, "first post of an author": true,
	"category's slug renamed": true, "category deleted": true, "comment answered": true, "file deleted": true,
	"user deleted, posts given to another": true,
}

// urls returns the URLs of a list.
func (w *wordPress) urls(list string) []string {
	var urls []string
	for _, line := range lines(w.named(list)) {
		whole, isWhole := strings.CutPrefix(line, "=")
		if !isWhole {
			whole = "/wp-json/wp/v2" + line
		}
		urls = append(urls, whole)
	}
	return urls
}

// lines returns the lines of a list.
func lines(list string) []string { return strings.Split(strings.TrimSpace(list), "\n") }
