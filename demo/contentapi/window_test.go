package contentapi_test

import (
	"errors"
	"fmt"
	"net/url"
	"testing"

	"larder/demo/contentapi"
)

func TestParseWindow(t *testing.T) {
	tests := []struct {
		query string
		want  contentapi.Window
		err   error
	}{
		{"", contentapi.Window{Size: 10}, nil},
		{"page=3&page_size=20", contentapi.Window{Offset: 40, Size: 20}, nil},
		{"page_size=0", contentapi.Window{Size: 1}, nil},
		{"page_size=many", contentapi.Window{Size: 10}, nil},
		{"limit=5&offset=7", contentapi.Window{Offset: 7, Size: 5}, nil},
		{"offset=-1", contentapi.Window{Size: 10}, nil},
		{"page=-1", contentapi.Window{}, contentapi.ErrPage},
		{"page=99999999999", contentapi.Window{}, contentapi.ErrPage},
	}
	for _, test := range tests {
		t.Run(fmt.Sprintf("query %q", test.query), func(t *testing.T) {
			query, err := url.ParseQuery(test.query)
			if err != nil {
				t.Fatal(err)
			}
			got, err := contentapi.ParseWindow(query, 10)
			if got != test.want || !errors.Is(err, test.err) {
				t.Errorf("%+v, %v", got, err)
			}
		})
	}
}
