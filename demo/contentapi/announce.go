package contentapi

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// Events of the CMS webhook, behind the item's kind as in "post.published".
const (
	eventPublished   = "published"
	eventDraft       = "draft"
	eventUnpublished = "unpublished"
	eventDeleted     = "delete"
)

// announcement is what others hear of an edit.
type announcement struct {
	tenant string
	event  string         // such as "post.published"
	data   map[string]any // the webhook's data
	keys   []string       // surrogate keys of what the edit changed
	hard   bool           // what had these keys must vanish, not only be refreshed
}

// event names an edit by what it left behind, unless the editor's action has a
// name of its own.
func eventOf(action string, status Status) string {
	if action != "" {
		return action
	}
	if status == Published {
		return eventPublished
	}
	return eventDraft
}

// announcePost describes the edit of a post. Answers that contain a post carry
// its key, so an edit purges that alone; an edit that brings a post into lists,
// or takes it out of them, purges the lists' key too.
func announcePost(tenant, action string, change Change[Post]) announcement {
	before, after := change.Before, change.After
	item := cmp.Or(after, before)
	if after == nil {
		action = eventDeleted
	}
	a := announcement{
		tenant: tenant,
		event:  "post." + eventOf(action, item.Status),
		data: map[string]any{
			"id": item.Slug, "_id": strconv.FormatInt(item.ID, 10), "slug": item.Slug, "title": item.Title,
			"status": item.Status, "revision": item.Revision, "author": item.Author.Slug,
			"published": item.Published, "updated": item.Updated,
		},
		keys: []string{"post:" + item.Slug},
	}
	was, is := before != nil && before.Status == Published, after != nil && after.Status == Published
	renamed := before != nil && after != nil && before.Slug != after.Slug
	if renamed {
		a.keys = append(a.keys, "post:"+before.Slug)
	}
	if was != is || was && (renamed || regrouped(*before, *after)) {
		a.keys = append(a.keys, "posts")
	}
	if is && !was {
		// The posts beside a new one show it, and cannot carry its key yet.
		for _, beside := range []*Neighbour{change.Beside.Next, change.Beside.Previous} {
			if beside != nil {
				a.keys = append(a.keys, "post:"+beside.Slug)
			}
		}
	}
	a.hard = vanished(was, is) || renamed || after == nil
	return a
}

// regrouped reports whether an edit moved a post from one filtered list to
// another.
func regrouped(before, after Post) bool {
	sameTerm := func(a, b Term) bool { return a.Slug == b.Slug }
	return before.Author.Slug != after.Author.Slug ||
		!slices.EqualFunc(before.Categories, after.Categories, sameTerm) ||
		!slices.EqualFunc(before.Tags, after.Tags, sameTerm)
}

// announcePage describes the edit of a page, as [announcePost] does.
func announcePage(tenant, action string, change Change[Page]) announcement {
	before, after := change.Before, change.After
	item := cmp.Or(after, before)
	if after == nil {
		action = eventDeleted
	}
	key := func(p *Page) string { return "page:" + p.Type + "/" + p.Slug }
	a := announcement{
		tenant: tenant,
		event:  "page." + eventOf(action, item.Status),
		data: map[string]any{
			"id": item.Slug, "buttercms_id": item.ID, "page_type": item.Type, "locale": "",
			"status": item.Status, "name": item.Name, "revision": item.Revision, "updated": item.Updated,
		},
		keys: []string{key(item)},
	}
	was, is := before != nil && before.Status == Published, after != nil && after.Status == Published
	renamed := before != nil && after != nil && before.Slug != after.Slug
	if renamed {
		a.keys = append(a.keys, key(before))
	}
	if was != is || was && renamed {
		a.keys = append(a.keys, "pages:"+item.Type, "pages")
	}
	a.hard = vanished(was, is) || renamed || after == nil
	return a
}

// announceItem describes the edit of a collection's item, as [announcePost]
// does.
func announceItem(tenant, action string, change Change[Item]) announcement {
	before, after := change.Before, change.After
	item := cmp.Or(after, before)
	if after == nil {
		action = eventDeleted
	}
	a := announcement{
		tenant: tenant,
		event:  "collectionitem." + eventOf(action, item.Status),
		data: map[string]any{
			"id": item.Collection, "itemid": fmt.Sprintf("/v2/content/?keys=%s[_id=%d]", item.Collection, item.ID),
			"buttercms_id": item.ID, "locale": "", "status": item.Status, "revision": item.Revision, "updated": item.Updated,
		},
		keys: []string{fmt.Sprintf("item:%s/%d", item.Collection, item.ID)},
	}
	was, is := before != nil && before.Status == Published, after != nil && after.Status == Published
	if was != is {
		a.keys = append(a.keys, "content:"+item.Collection)
	}
	a.hard = vanished(was, is) || after == nil
	return a
}

// vanished reports whether an edit took away what everybody could see.
func vanished(was, is bool) bool { return was && !is }
