package contentapi

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// Events of the CMS webhook. The item's kind precedes them: "post.published".
const (
	eventPublished   = "published"
	eventDraft       = "draft"
	eventUnpublished = "unpublished"
	eventDeleted     = "delete"
)

// announcement describes an edit for webhooks and purges.
type announcement struct {
	tenant string
	event  string         // such as "post.published"
	data   map[string]any // the webhook's data
	items  []string       // surrogate keys of the edited item
	groups []string       // surrogate keys of the lists that the edit changed
	hard   bool           // purge the items hard
}

// keys returns all surrogate keys, those of the items first.
func (a announcement) keys() []string { return slices.Concat(a.items, a.groups) }

// eventOf returns the event of the editor's action, if it has one, or of the
// item's status.
func eventOf(action string, status Status) string {
	if action != "" {
		return action
	}
	if status == Published {
		return eventPublished
	}
	return eventDraft
}

// announcePost describes the edit of a post. Responses that contain a post have
// its key. An ordinary edit may also move the post into lists that select their
// posts, as by a category or a search, so it purges their key too. An edit that
// adds the post to all lists or removes it from them purges the key of all lists.
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
		items: []string{"post:" + item.Slug},
	}
	was, is := before != nil && before.Status == Published, after != nil && after.Status == Published
	renamed := before != nil && after != nil && before.Slug != after.Slug
	if renamed {
		a.items = append(a.items, "post:"+before.Slug)
	}
	a.groups = lists(was, is, renamed, "posts")
	if is && !was {
		// The neighbours of a new post show it but do not have its key yet.
		for _, beside := range []*Neighbour{change.Beside.Next, change.Beside.Previous} {
			if beside != nil {
				a.groups = append(a.groups, "post:"+beside.Slug)
			}
		}
	}
	a.hard = vanished(was, is) || renamed || after == nil
	return a
}

// lists returns the keys of the lists that an edit changes beside those that show
// the item: all lists with these keys, or those of them that select or order their
// items.
func lists(was, is, renamed bool, keys ...string) []string {
	switch {
	case was != is || was && renamed:
		return keys
	case !is:
		return nil
	}
	var filtered []string
	for _, key := range keys {
		filtered = append(filtered, key+":filtered")
	}
	return filtered
}

// announcePage describes the edit of a page, like [announcePost].
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
		items: []string{key(item)},
	}
	was, is := before != nil && before.Status == Published, after != nil && after.Status == Published
	renamed := before != nil && after != nil && before.Slug != after.Slug
	if renamed {
		a.items = append(a.items, key(before))
	}
	a.groups = lists(was, is, renamed, "pages:"+item.Type, "pages")
	a.hard = vanished(was, is) || renamed || after == nil
	return a
}

// announceItem describes the edit of a collection's item, like [announcePost].
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
		items: []string{fmt.Sprintf("item:%s/%d", item.Collection, item.ID)},
	}
	was, is := before != nil && before.Status == Published, after != nil && after.Status == Published
	a.groups = lists(was, is, false, "content:"+item.Collection)
	a.hard = vanished(was, is) || after == nil
	return a
}

// vanished reports whether an edit removed a published item.
func vanished(was, is bool) bool { return was && !is }
