package main

import (
	"context"
	"net/http"
)

// content creates what is there before the first edit.
func (s *strapi) content() []edit {
	edits := []edit{
		s.entry("category", "food", `{"name":"Food"}`),
		s.entry("category", "news", `{"name":"News"}`),
		s.entry("category", "fruit", `{"name":"Fruit","parent":{"connect":[{"documentId":"$food","id":$food_id}]}}`),
		s.entry("category", "empty", `{"name":"Empty"}`),
		s.entry("author", "ann", `{"name":"Ann","photo":$kettle_id}`),
		s.entry("author", "bob", `{"name":"Bob"}`),
	}
	for _, a := range []struct{ name, body string }{
		{"tea", `{"title":"Tea","slug":"tea","rank":5,"cover":$kettle_id,"category":{"connect":[{"documentId":"$news","id":$news_id}]},
			"authors":{"connect":[{"documentId":"$ann","id":$ann_id}]},"seo":{"description":"About tea","image":$spoon_id},
			"blocks":[{"__component":"shared.quote","text":"Hot"},{"__component":"shared.picture","file":$spoon_id}]}`},
		{"plum", `{"title":"Plum","slug":"plum","rank":3,"category":{"connect":[{"documentId":"$fruit","id":$fruit_id}]}}`},
		{"jam", `{"title":"Jam","slug":"jam","rank":4,"category":{"connect":[{"documentId":"$fruit","id":$fruit_id}]},
			"authors":{"connect":[{"documentId":"$ann","id":$ann_id},{"documentId":"$bob","id":$bob_id}]}}`},
		{"salt", `{"title":"Salt","slug":"salt","rank":1}`},
		{"rye", `{"title":"Rye","slug":"rye","rank":2,"category":{"connect":[{"documentId":"$news","id":$news_id}]}}`},
	} {
		edits = append(edits, s.entry("article", a.name, a.body), s.published("", a.name, `{}`))
	}
	return edits
}

// entry saves a new entry: a draft, if its type has drafts.
func (s *strapi) entry(kind, name, body string) edit {
	return edit{kind + " " + name, func(ctx context.Context) error { return s.create(ctx, kind, name, body) }}
}

// published publishes an article with changes.
func (s *strapi) published(what, name, body string) edit {
	return s.request(what, http.MethodPost, collection("article")+"/$"+name+"/actions/publish", body)
}

func (s *strapi) request(what, method, path, body string) edit {
	return edit{what, func(ctx context.Context) error { return s.send(ctx, method, path, body, nil) }}
}

// edits are an editor's, in an order in which each can be made. $name stands for
// a documentId, and $name_id for a numeric ID.
func (s *strapi) edits() []edit {
	const article, category, homepage = "/content-manager/collection-types/api::article.article", "/content-manager/collection-types/api::category.category",
		"/content-manager/single-types/api::homepage.homepage"
	draft := s.entry("article", "oat", `{"title":"Oat","slug":"oat","rank":2,"category":{"connect":[{"documentId":"$empty","id":$empty_id}]}}`)
	draft.name = "article saved as a draft"
	made := s.entry("category", "drinks", `{"name":"Drinks"}`)
	made.name = "category created"
	return []edit{
		draft,
		s.published("article published", "oat", `{}`),
		s.published("article's title edited", "plum", `{"title":"Plums"}`),
		s.request("published article edited as a draft", http.MethodPut, article+"/$plum", `{"title":"Plums, unfinished"}`),
		s.request("draft discarded", http.MethodPost, article+"/$plum/actions/discard", `{}`),
		s.published("article moved into another category", "salt", `{"category":{"connect":[{"documentId":"$news","id":$news_id}]}}`),
		s.published("article moved out of its category", "rye", `{"category":{"disconnect":[{"documentId":"$news","id":$news_id}]}}`),
		s.published("article's rank changed", "salt", `{"rank":9}`),
		s.published("component changed", "tea", `{"seo":{"description":"All about tea"}}`),
		s.published("dynamic zone changed", "tea", `{"blocks":[{"__component":"shared.teaser","article":{"connect":[{"documentId":"$jam","id":$jam_id}]}}]}`),
		s.published("article gets a picture", "jam", `{"cover":$spoon_id}`),
		s.published("article gets another author", "plum", `{"authors":{"connect":[{"documentId":"$bob","id":$bob_id}]}}`),
		s.published("article's slug renamed", "rye", `{"slug":"rye-bread"}`),
		s.request("article unpublished", http.MethodPost, article+"/$rye/actions/unpublish", `{}`),
		s.published("article published again", "rye", `{}`),
		s.request("article deleted", http.MethodDelete, article+"/$oat", ``),
		made,
		s.request("category renamed", http.MethodPut, category+"/$news", `{"name":"Daily"}`),
		s.request("category moved under another one", http.MethodPut, category+"/$empty", `{"parent":{"connect":[{"documentId":"$food","id":$food_id}]}}`),
		s.request("category gets an article, from its side", http.MethodPut, category+"/$drinks", `{"articles":{"connect":[{"documentId":"$tea","id":$tea_id,"locale":"en","status":"draft"}]}}`),
		s.published("that article published", "tea", `{}`),
		s.request("category deleted", http.MethodDelete, category+"/$fruit", ``),
		s.request("author renamed", http.MethodPut, "/content-manager/collection-types/api::author.author/$ann", `{"name":"Anna"}`),
		{"file uploaded", func(ctx context.Context) error { return s.upload(ctx, "cup") }},
		{"file's alternative text changed", func(ctx context.Context) error {
			return s.describe(ctx, "kettle", `{"name":"kettle.png","alternativeText":"A kettle"}`)
		}},
		s.request("file deleted", http.MethodDelete, "/upload/files/$spoon_id", ``),
		s.request("translation published", http.MethodPost, article+"/$jam/actions/publish?locale=de", `{"title":"Marmelade","slug":"jam"}`),
		s.request("translation unpublished", http.MethodPost, article+"/$jam/actions/unpublish?locale=de", `{"locale":"de"}`),
		s.request("homepage published for the first time", http.MethodPost, homepage+"/actions/publish", `{"headline":"Welcome"}`),
		s.request("homepage features an article", http.MethodPost, homepage+"/actions/publish", `{"headline":"Welcome","featured":{"connect":[{"documentId":"$jam","id":$jam_id,"locale":"en"}]}}`),
		s.published("featured article edited", "jam", `{"title":"Jams"}`),
		s.request("articles unpublished in bulk", http.MethodPost, article+"/actions/bulkUnpublish", `{"documentIds":["$plum","$jam"]}`),
		s.request("articles published in bulk", http.MethodPost, article+"/actions/bulkPublish", `{"documentIds":["$plum","$jam"]}`),
		s.request("articles deleted in bulk", http.MethodPost, article+"/actions/bulkDelete", `{"documentIds":["$plum"]}`),
	}
}
