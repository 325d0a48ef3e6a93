package main

// urlsOfStrapi are requests that clients send, odd spellings included. $name stands for a documentId,
// and $name_id for a numeric ID.
const urlsOfStrapi = `
/api/articles
/api/articles/
/api/Articles
/api/articles?pagination[page]=2&pagination[pageSize]=2
/api/articles?pagination[pageSize]=100
/api/articles?pagination[start]=1&pagination[limit]=2
/api/articles?pagination[withCount]=false
/api/articles?sort=title
/api/articles?sort=rank:desc
/api/articles?sort[0]=rank&sort[1]=title
/api/articles?sort=category.name
/api/articles?filters[category][name][%24eq]=News
/api/articles?filters[category][name][%24eq]=Daily
/api/articles?filters[rank][%24gt]=2
/api/articles?filters[title][%24contains]=Plum&fields[0]=title
/api/articles?filters[slug][%24eq]=rye-bread
/api/articles?filters[authors][name][%24eq]=Ann&populate=authors
/api/articles?populate=*
/api/articles?populate[0]=category&populate[1]=cover
/api/articles?populate[category][populate][0]=parent
/api/articles?populate[blocks][populate]=*
/api/articles?populate[seo][populate]=image
/api/articles?fields=title,slug
/api/articles?locale=de
/api/articles?status=draft
/api/articles?utm_source=mail
/api/articles/$tea
/api/articles/$tea/
/api/articles/$tea?populate=*
/api/articles/$tea?populate[blocks][on][shared.teaser][populate]=article
/api/articles/$tea?populate[category][populate]=articles
/api/articles/$jam?locale=de
/api/articles/$jam?populate=localizations
/api/articles/$plum?populate=authors
/api/articles/$rye
/api/articles/$salt?populate=category
/api/articles/unknown
/api/categories
/api/categories?sort=name
/api/categories?populate=articles
/api/categories?populate[articles][filters][rank][%24gt]=4
/api/categories?populate[children][populate]=articles
/api/categories?filters[articles][title][%24eq]=Plums
/api/categories/$news?populate=*
/api/categories/$fruit
/api/categories/$empty?populate=articles
/api/authors?populate=*
/api/authors/$ann?populate[articles][populate]=cover
/api/authors/$bob?populate=articles
/api/homepage
/api/homepage?populate=*
/api/homepage?populate[featured][populate]=category
/api/upload/files
/api/upload/files?sort=name
/api/upload/files/$kettle_id
/api/upload/files/$spoon_id
/api/upload/files/99
/api/nothing
`

// recordedURLsOfStrapi are those whose answers tests use.
const recordedURLsOfStrapi = `
/api/articles?pagination[pageSize]=2
/api/articles/$tea?populate=*
/api/articles/$tea?populate[blocks][populate]=*
/api/categories?populate[articles][populate]=cover
/api/upload/files
/api/upload/files/$kettle_id
`

// recordedEditsOfStrapi are those whose webhooks tests use.
var recordedEditsOfStrapi = map[string]bool{
	"article saved as a draft": true, "article published": true, "article moved into another category": true,
	"dynamic zone changed": true, "article unpublished": true, "article deleted": true, "category renamed": true,
	"category gets an article, from its side": true, "file deleted": true, "translation published": true,
}
