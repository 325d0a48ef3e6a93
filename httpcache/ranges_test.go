package httpcache

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestRanges(t *testing.T) {
	complete := func(length int64, lines ...string) *StoredResponse {
		s := NewStoredResponse("id", get(), received(200, lines...), Lifetimes{}, origin())
		s.Length = length
		return s
	}
	part := NewStoredResponse("id", get(), received(206, "Content-Range: bytes 4-7/10"), Lifetimes{}, origin())
	ten := complete(10, `ETag: "a"`, "Last-Modified: "+httpDate(-time.Hour))
	weak := complete(10, `ETag: W/"a"`)
	young := complete(10, "Last-Modified: "+httpDate(0))
	notFound := &StoredResponse{Status: 404, Length: 10}
	many := strings.Repeat("0-0,", 16) + "0-0"
	tests := []struct {
		name    string
		s       *StoredResponse
		request []string
		want    []ByteRange
		outcome RangeOutcome
	}{
		{"no Range", ten, nil, nil, RangeNone},
		{"first and last", ten, []string{"Range: bytes=0-1"}, []ByteRange{{0, 1}}, RangeSatisfiable},
		{"open end", ten, []string{"Range: bytes=1-"}, []ByteRange{{1, 9}}, RangeSatisfiable},
		{"suffix", ten, []string{"Range: bytes=-3"}, []ByteRange{{7, 9}}, RangeSatisfiable},
		{"suffix longer than the content", ten, []string{"Range: bytes=-30"}, []ByteRange{{0, 9}}, RangeSatisfiable},
		{"last beyond the end", ten, []string{"Range: bytes=8-99999999999999999999999"}, []ByteRange{{8, 9}}, RangeSatisfiable},
		{"several, in the request's order", ten, []string{"Range: bytes=8-9, 0-1"}, []ByteRange{{8, 9}, {0, 1}}, RangeSatisfiable},
		{"the unit is case-insensitive", ten, []string{"Range: Bytes=0-1"}, []ByteRange{{0, 1}}, RangeSatisfiable},
		{"one of two is beyond the end", ten, []string{"Range: bytes=0-1,50-60"}, []ByteRange{{0, 1}}, RangeSatisfiable},
		{"all beyond the end", ten, []string{"Range: bytes=10-"}, nil, RangeUnsatisfiable},
		{"empty suffix", ten, []string{"Range: bytes=-0"}, nil, RangeUnsatisfiable},
		{"overlapping", ten, []string{"Range: bytes=0-5,5-6"}, nil, RangeNone},
		{"too many", ten, []string{"Range: bytes=" + many}, nil, RangeNone},
		{"last before first", ten, []string{"Range: bytes=5-4"}, nil, RangeNone},
		{"letters", ten, []string{"Range: bytes=a-b"}, nil, RangeNone},
		{"negative", ten, []string{"Range: bytes=--1"}, nil, RangeNone},
		{"no ranges", ten, []string{"Range: bytes="}, nil, RangeNone},
		{"another unit", ten, []string{"Range: lines=0-1"}, nil, RangeNone},
		{"two lines", ten, []string{"Range: bytes=0-1", "Range: bytes=0-1"}, nil, RangeNone},
		{"unknown length", complete(-1), []string{"Range: bytes=0-1"}, nil, RangeNone},
		{"no content", complete(0), []string{"Range: bytes=0-1"}, nil, RangeNone},
		{"a 404", notFound, []string{"Range: bytes=0-1"}, nil, RangeNone},
		{"If-Range with its tag", ten, []string{"Range: bytes=0-1", `If-Range: "a"`}, []ByteRange{{0, 1}}, RangeSatisfiable},
		{"If-Range with another tag", ten, []string{"Range: bytes=0-1", `If-Range: "b"`}, nil, RangeNone},
		{"If-Range with a weak tag", weak, []string{"Range: bytes=0-1", `If-Range: W/"a"`}, nil, RangeNone},
		{"If-Range with its date", ten, []string{"Range: bytes=0-1", "If-Range: " + httpDate(-time.Hour)}, []ByteRange{{0, 1}}, RangeSatisfiable},
		{"If-Range with a later date", ten, []string{"Range: bytes=0-1", "If-Range: " + httpDate(0)}, nil, RangeNone},
		{"If-Range with a date in the second of Date", young, []string{"Range: bytes=0-1", "If-Range: " + httpDate(0)}, nil, RangeNone},
		{"If-Range with a date after Date", complete(10, "Last-Modified: "+httpDate(time.Hour)), []string{"Range: bytes=0-1", "If-Range: " + httpDate(time.Hour)}, nil, RangeNone},
		{"If-Range that is not a validator", ten, []string{"Range: bytes=0-1", "If-Range: x"}, nil, RangeNone},
		{"inside a part", part, []string{"Range: bytes=5-6"}, []ByteRange{{5, 6}}, RangeSatisfiable},
		{"beyond a part", part, []string{"Range: bytes=6-"}, nil, RangeNotHeld},
		{"a suffix that a part lacks", part, []string{"Range: bytes=-1"}, nil, RangeNotHeld},
		{"the whole content, of which a part is stored", part, nil, nil, RangeNotHeld},
		{"beyond the content of a part", part, []string{"Range: bytes=10-"}, nil, RangeUnsatisfiable},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ranges, outcome := test.s.Ranges(fields(test.request...))
			equal(t, "outcome", outcome, test.outcome)
			if !slices.Equal(ranges, test.want) {
				t.Errorf("ranges are %v, not %v", ranges, test.want)
			}
		})
	}
}

func TestTheOffsetInAPartIsCountedFromItsFirstByte(t *testing.T) {
	part := NewStoredResponse("id", get(), received(206, "Content-Range: bytes 4-7/10"), Lifetimes{}, origin())
	r := ByteRange{First: 5, Last: 6}
	equal(t, "offset in the stored body", part.BodyOffset(r), 1)
	equal(t, "length", r.Length(), 2)
	equal(t, "Content-Range", r.ContentRange(part.TotalLength()), "bytes 5-6/10")
	equal(t, "Content-Range of a 416", UnsatisfiedContentRange(part.TotalLength()), "bytes */10")
}

func TestMultipartRanges(t *testing.T) {
	s := NewStoredResponse("id", get(), received(200, "Content-Type: text/plain"), Lifetimes{}, origin())
	body := "0123456789"
	s.SetBody(int64(len(body)), "")
	ranges := []ByteRange{{8, 9}, {0, 1}}
	m := s.MultipartRanges(ranges)

	var b strings.Builder
	for i, r := range ranges {
		b.WriteString(m.Preambles[i])
		b.WriteString(body[r.First : r.Last+1])
	}
	b.WriteString(m.Closing)
	equal(t, "length", m.Length, int64(b.Len()))

	_, boundary, _ := strings.Cut(m.ContentType, "boundary=")
	want := fmt.Sprintf("--%[1]s\r\nContent-Type: text/plain\r\nContent-Range: bytes 8-9/10\r\n\r\n89\r\n"+
		"--%[1]s\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-1/10\r\n\r\n01\r\n--%[1]s--\r\n", boundary)
	equal(t, "body", b.String(), want)
}
