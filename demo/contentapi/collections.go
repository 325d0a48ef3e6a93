package contentapi

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Selection names a collection, or one item of it.
type Selection struct {
	Collection string
	ID         int64 // 0 for the whole collection
}

// ParseSelections reads the keys parameter: collections separated by commas,
// each with an optional item, as in "menu_items,suppliers[_id=12]".
func ParseSelections(keys string) ([]Selection, error) {
	var selections []Selection
	for key := range strings.SplitSeq(keys, ",") {
		key = strings.TrimSpace(key)
		if key == "" {
			continue
		}
		name, item, found := strings.Cut(key, "[_id=")
		if !found {
			selections = append(selections, Selection{Collection: key})
			continue
		}
		id, err := strconv.ParseInt(strings.TrimSuffix(item, "]"), 10, 64)
		if err != nil || id < 1 || !strings.HasSuffix(item, "]") {
			return nil, &FieldError{Field: "keys", Message: fmt.Sprintf("want an item such as products[_id=12]; got %q", key)}
		}
		selections = append(selections, Selection{Collection: name, ID: id})
	}
	if len(selections) == 0 {
		return nil, &FieldError{Field: "keys", Message: "This field is required."}
	}
	return selections, nil
}

const itemColumns = "id, collection, fields, status, updated, revision"

func scanItem(scan func(...any) error) (Item, error) {
	var i Item
	var fields string
	if err := scan(&i.ID, &i.Collection, &fields, &i.Status, &i.Updated, &i.Revision); err != nil {
		return Item{}, err
	}
	err := json.Unmarshal([]byte(fields), &i.Fields)
	return i, err
}

// Content returns the selected collections by name, each limited to the window.
// The paging counts the items of all, and has a next page while one of them has
// more items. The error is [ErrNotFound] for a collection without any items,
// even drafts.
func (s *Store) Content(v View, selections []Selection, window Window) (Paging, map[string][]Item, error) {
	content := make(map[string][]Item, len(selections))
	total, longest := 0, 0
	for _, selection := range selections {
		clause, args := selection.where(v)
		count, err := single(s.db, scanCount, "SELECT count(*) FROM items WHERE "+clause, args...)
		if err != nil {
			return Paging{}, nil, fmt.Errorf("count items: %w", err)
		}
		if count == 0 {
			if err := s.knownCollection(v, selection); err != nil {
				return Paging{}, nil, err
			}
		}
		items, err := collect(s.db, scanItem,
			"SELECT "+itemColumns+" FROM items WHERE "+clause+" ORDER BY id LIMIT ? OFFSET ?",
			append(args, window.Size, window.Offset)...)
		if err != nil {
			return Paging{}, nil, fmt.Errorf("list collection %q: %w", selection.Collection, err)
		}
		content[selection.Collection] = append(content[selection.Collection], items...)
		total += count
		longest = max(longest, count)
	}
	paging, err := window.Paging(longest)
	paging.Count = total
	return paging, content, err
}

// where returns the selection as SQL.
func (selection Selection) where(v View) (string, []any) {
	clause, args := "tenant = ? AND collection = ?", []any{v.Tenant, selection.Collection}
	if !v.Drafts {
		clause += " AND status = 'published'"
	}
	if selection.ID != 0 {
		clause += " AND id = ?"
		args = append(args, selection.ID)
	}
	return clause, args
}

// knownCollection returns [ErrNotFound] for a collection that does not exist.
func (s *Store) knownCollection(v View, selection Selection) error {
	count, err := single(s.db, scanCount, "SELECT count(*) FROM items WHERE tenant = ? AND collection = ?", v.Tenant, selection.Collection)
	if err != nil {
		return fmt.Errorf("find collection: %w", err)
	}
	if count == 0 {
		return fmt.Errorf("collection %q: %w", selection.Collection, ErrNotFound)
	}
	return nil
}

// findItem returns an item of a collection, or [ErrNotFound].
func findItem(q querier, v View, collection string, id int64) (Item, error) {
	clause, args := Selection{Collection: collection, ID: id}.where(v)
	item, err := single(q, scanItem, "SELECT "+itemColumns+" FROM items WHERE "+clause, args...)
	if err != nil {
		return Item{}, fmt.Errorf("item %d of collection %q: %w", id, collection, err)
	}
	return item, nil
}
