package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
)

// edits are an editor's, in an order in which each can be made. $name stands for
// an ID; in PHP code @ stands for the dollar of a variable.
func (w *wordPress) edits() []edit {
	rest := func(name, method, path, body, made string) edit {
		return edit{name, func(ctx context.Context) error { return w.rest(ctx, method, path, body, made) }}
	}
	post := func(name, path, body string) edit { return rest(name, http.MethodPost, path, body, "") }
	remove := func(name, path string) edit { return rest(name, http.MethodDelete, path, "", "") }
	create := func(name, path, body, made string) edit { return rest(name, http.MethodPost, path, body, made) }
	code := func(name, text string) edit {
		return edit{name, func(ctx context.Context) error { return w.code(ctx, text) }}
	}
	return []edit{
		create("post saved as a draft", "/posts", `{"title":"Draft","author":$ann}`, "new draft"),
		create("post published", "/posts", `{"title":"M new","content":"A new text.","status":"publish","author":$ann,"categories":[$news],"tags":[$fast],"date":"2025-02-20T10:00:00"}`, "new"),
		create("published post saved automatically", "/posts/$p3/autosaves", `{"content":"Another te"}`, ""),
		post("post's text edited", "/posts/$p3", `{"content":"Another text."}`),
		post("post's text edited so that a search finds it", "/posts/$p3", `{"content":"Another text with a teapot."}`),
		post("post's title edited", "/posts/$p5", `{"title":"Zebra"}`),
		post("post's date changed", "/posts/$p6", `{"date":"2025-01-05T10:00:00"}`),
		post("post moved into a category", "/posts/$p7", `{"categories":[$sport,$local]}`),
		post("post moved out of a category", "/posts/$p7", `{"categories":[$local]}`),
		post("post without any tag", "/posts/$p2", `{"tags":[]}`),
		post("post's slug renamed", "/posts/$p8", `{"slug":"renamed"}`),
		post("post made sticky", "/posts/$p9", `{"sticky":true}`),
		post("post no longer sticky", "/posts/$p9", `{"sticky":false}`),
		post("post's format changed", "/posts/$p9", `{"format":"aside"}`),
		post("post's comments closed", "/posts/$p9", `{"comment_status":"closed"}`),
		post("post with a password", "/posts/$p10", `{"password":"sesame"}`),
		post("post without its password", "/posts/$p10", `{"password":""}`),
		post("post made private", "/posts/$p10", `{"status":"private"}`),
		post("private post published", "/posts/$p10", `{"status":"publish"}`),
		post("post scheduled", "/posts/$p11", `{"date":"2099-01-01T10:00:00","status":"future"}`),
		code("scheduled post comes due", `
			global @wpdb;
			@wpdb->update( @wpdb->posts, array( 'post_date' => '2025-05-01 10:00:00', 'post_date_gmt' => '2025-05-01 10:00:00' ), array( 'ID' => $p11 ) );
			clean_post_cache( $p11 );
			check_and_publish_future_post( $p11 );`),
		remove("post trashed", "/posts/$p12"),
		code("post restored from the trash", `wp_untrash_post( $p12 ); wp_publish_post( $p12 );`),
		remove("post deleted for good", "/posts/$p13?force=true"),
		post("post given to another author", "/posts/$p14", `{"author":$carol}`),
		create("first post of an author", "/posts", `{"title":"By Bob","status":"publish","author":$bob,"date":"2025-02-21T10:00:00"}`, "bobs"),
		remove("only post of an author trashed", "/posts/$bobs"),
		post("author renamed", "/users/$ann", `{"name":"Anna"}`),
		post("author's slug renamed", "/users/$ann", `{"slug":"anna"}`),
		create("category created", "/categories", `{"name":"Weather"}`, "weather"),
		post("category renamed", "/categories/$news", `{"name":"Breaking"}`),
		post("category's slug renamed", "/categories/$local", `{"slug":"nearby"}`),
		post("category moved under another one", "/categories/$local", `{"parent":$sport}`),
		post("post as the first in a category", "/posts/$p9", `{"categories":[$empty]}`),
		remove("category deleted", "/categories/$sport?force=true"),
		post("tag renamed", "/tags/$fast", `{"name":"Quick","slug":"quick"}`),
		post("post with a tag that no other has", "/posts/$p9", `{"tags":[$rare]}`),
		remove("tag deleted", "/tags/$slow?force=true"),
		code("comment added", `wp_insert_comment( array( 'comment_post_ID' => $p1, 'comment_content' => 'New.', 'comment_author' => 'X', 'comment_author_email' => "x\x40example.com", 'comment_approved' => 1, 'comment_date' => '2025-04-03 10:00:00', 'comment_date_gmt' => '2025-04-03 10:00:00' ) );`),
		code("comment waits for approval", `wp_insert_comment( array( 'comment_post_ID' => $p2, 'comment_content' => 'Later.', 'comment_author' => 'X', 'comment_author_email' => "x\x40example.com", 'comment_approved' => 0 ) );`),
		post("comment approved", "/comments/$pending", `{"status":"approved"}`),
		post("comment edited", "/comments/$c1", `{"content":"First, edited."}`),
		create("comment answered", "/comments", `{"post":$p1,"parent":$c1,"content":"Indeed.","date":"2025-04-04T10:00:00"}`, "answer"),
		post("comment marked as spam", "/comments/$pending", `{"status":"spam"}`),
		remove("comment trashed", "/comments/$c1"),
		code("comment restored", `wp_untrash_comment( $c1 );`),
		remove("comment deleted for good", "/comments/$answer?force=true"),
		create("file uploaded", "/media", pixel(), "teaspoon"),
		post("file's alternative text changed", "/media/$picture", `{"alt_text":"Another kettle"}`),
		post("file's title changed", "/media/$picture", `{"title":"A kettle"}`),
		post("file made the picture of a post", "/posts/$p3", `{"featured_media":$teaspoon}`),
		post("file moved to another post", "/media/$picture2", `{"post":$p3}`),
		remove("file deleted", "/media/$teaspoon?force=true"),
		post("page edited", "/pages/$contact", `{"content":"Write to us with a teapot."}`),
		post("page moved under another one", "/pages/$contact", `{"parent":$about}`),
		post("page's order changed", "/pages/$contact", `{"menu_order":5}`),
		post("slug of a page with pages under it renamed", "/pages/$about", `{"slug":"about-us"}`),
		remove("page trashed that has pages under it", "/pages/$team"),
		code("menu item added", `wp_update_nav_menu_item( $menu, 0, array( 'menu-item-title' => 'About', 'menu-item-object' => 'page', 'menu-item-object-id' => $about, 'menu-item-type' => 'post_type', 'menu-item-status' => 'publish' ) );`),
		code("menu deleted", `wp_delete_nav_menu( $menu );`),
		post("site renamed", "/settings", `{"title":"Pantry"}`),
		post("posts per page changed", "/settings", `{"posts_per_page":7}`),
		code("permalinks changed", `global @wp_rewrite; @wp_rewrite->set_permalink_structure( '/%postname%/' ); flush_rewrite_rules();`),
		remove("user deleted, posts given to another", "/users/$ann?force=true&reassign=$carol"),
	}
}

// pixel is a small picture.
func pixel() string {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		panic(err)
	}
	return b.String()
}
