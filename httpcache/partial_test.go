package httpcache

import "testing"

const fullBody = "0123456789"

// storedPart is a stored 206 with the bytes first to last of fullBody.
func storedPart(first, last int64, etag string) *StoredResponse {
	r := ByteRange{First: first, Last: last}
	s := NewStoredResponse("id", get(), received(206, "Cache-Control: max-age=60", "ETag: "+etag,
		"Content-Range: "+r.ContentRange(10)), Lifetimes{}, origin())
	s.SetBody(r.Length(), "")
	return s
}

func TestAPartThatCoversTheContentIsStoredAsComplete(t *testing.T) {
	s := storedPart(0, 9, `"a"`)
	equal(t, "status", s.Status, 200)
	equal(t, "partial", s.Partial, false)
	wantField(t, s.Header, "Content-Range", "")
	equal(t, "total", s.TotalLength(), 10)
}

func TestMissingRange(t *testing.T) {
	tests := []struct {
		name string
		s    *StoredResponse
		want string
	}{
		{"the end is missing", storedPart(0, 4, `"a"`), "bytes=5-"},
		{"the beginning is missing", storedPart(4, 9, `"a"`), "bytes=0-3"},
		{"both are missing", storedPart(4, 5, `"a"`), ""},
		{"nothing is missing", storedPart(0, 9, `"a"`), ""},
		{"a weak tag forbids combining", storedPart(0, 4, `W/"a"`), ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h, ok := test.s.MissingRange()
			wantField(t, h, "Range", test.want)
			equal(t, "ok", ok, test.want != "")
			if ok {
				wantField(t, h, "If-Range", `"a"`)
			}
		})
	}
}

func TestCombine(t *testing.T) {
	tests := []struct {
		name       string
		s          *StoredResponse
		newRange   ByteRange
		etag       string
		body       string
		wantStatus int
	}{
		{"the end makes it complete", storedPart(0, 4, `"a"`), ByteRange{5, 9}, `"a"`, fullBody, 200},
		{"the beginning makes it complete", storedPart(5, 9, `"a"`), ByteRange{0, 4}, `"a"`, fullBody, 200},
		{"overlapping bytes are used once", storedPart(0, 4, `"a"`), ByteRange{3, 9}, `"a"`, fullBody, 200},
		{"a longer part is still a part", storedPart(2, 4, `"a"`), ByteRange{5, 6}, `"a"`, "23456", 206},
		{"an overlap before", storedPart(2, 4, `"a"`), ByteRange{1, 3}, `"a"`, "1234", 206},
		{"a gap forbids combining", storedPart(0, 2, `"a"`), ByteRange{5, 9}, `"a"`, "", 0},
		{"a part inside the stored one adds nothing", storedPart(0, 5, `"a"`), ByteRange{2, 3}, `"a"`, "", 0},
		{"another tag forbids combining", storedPart(0, 4, `"a"`), ByteRange{5, 9}, `"b"`, "", 0},
		{"a weak tag forbids combining", storedPart(0, 4, `W/"a"`), ByteRange{5, 9}, `W/"a"`, "", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			resp := received(206, "Cache-Control: max-age=60", "ETag: "+test.etag, "X-New: 1",
				"Content-Range: "+test.newRange.ContentRange(10))
			c, ok := test.s.Combine("id2", get(), resp, origin())
			equal(t, "ok", ok, test.wantStatus != 0)
			if !ok {
				return
			}
			stored := fullBody[test.s.First : test.s.Last+1]
			taken := fullBody[test.newRange.First : test.newRange.Last+1][c.Skip:][:c.Take]
			body := stored + taken
			if c.NewFirst {
				body = taken + stored
			}
			equal(t, "body", body, test.body)
			equal(t, "length", c.Response.Length, int64(len(test.body)))
			equal(t, "status", c.Response.Status, test.wantStatus)
			wantField(t, c.Response.Header, "X-New", "1")
			equal(t, "BodyFits", c.Response.BodyFits(int64(len(body))), true)
			_, hasRange := c.Response.Header["Content-Range"]
			equal(t, "Content-Range is present", hasRange, test.wantStatus == 206)
		})
	}
	t.Run("another complete length forbids combining", func(t *testing.T) {
		_, ok := storedPart(0, 4, `"a"`).Combine("id", get(),
			received(206, `ETag: "a"`, "Content-Range: bytes 5-10/11"), origin())
		equal(t, "ok", ok, false)
	})
}
