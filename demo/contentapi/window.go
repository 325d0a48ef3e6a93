package contentapi

import (
	"net/url"
	"strconv"
)

// maxPageSize is the largest page that ButterCMS gives.
const maxPageSize = 100

// Window is the part of a list that was asked for.
type Window struct {
	Offset int // items left out at the start
	Size   int // items at most, 1 to 100
}

// ParseWindow reads page and page_size, or offset and limit. A size outside
// 1 to 100 becomes the nearest that is allowed or, where it is no number, the
// default; a page that is no positive number is [ErrPage].
func ParseWindow(query url.Values, defaultSize int) (Window, error) {
	size := defaultSize
	for _, name := range []string{"limit", "page_size"} {
		if n, err := strconv.Atoi(query.Get(name)); err == nil {
			size = min(max(n, 1), maxPageSize)
		}
	}
	if text := query.Get("page"); text != "" {
		page, err := strconv.Atoi(text)
		if err != nil || page < 1 || page > 1<<20 {
			return Window{}, ErrPage
		}
		return Window{Offset: (page - 1) * size, Size: size}, nil
	}
	offset, err := strconv.Atoi(query.Get("offset"))
	if err != nil || offset < 0 {
		offset = 0
	}
	return Window{Offset: offset, Size: size}, nil
}

// Paging describes the window of a list of count items. A page behind the last
// one is [ErrPage]; the first page is there even when it is empty.
func (w Window) Paging(count int) (Paging, error) {
	if w.Offset > 0 && w.Offset >= count {
		return Paging{}, ErrPage
	}
	paging := Paging{Count: count}
	page := w.Offset/w.Size + 1
	if w.Offset+w.Size < count {
		next := page + 1
		paging.Next = &next
	}
	if page > 1 {
		previous := page - 1
		paging.Previous = &previous
	}
	return paging, nil
}
