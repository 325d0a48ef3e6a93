package contentapi

import (
	"net/url"
	"strconv"
)

// maxPageSize is the maximum page size of ButterCMS.
const maxPageSize = 100

// Window is the requested part of a list.
type Window struct {
	Offset int // number of items to skip
	Size   int // maximum number of items, 1 to 100
}

// ParseWindow reads page and page_size, or offset and limit. A size outside 1 to
// 100 is clamped; one that is not a number becomes the default. The error is
// [ErrPage] if page is not a positive number.
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

// Paging returns the paging of a list of count items. The error is [ErrPage] for
// a page after the last one. The first page always exists, even if it is empty.
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
