package httpcache

import "testing"

func TestTheHeaderAsTheOriginMeantIt(t *testing.T) {
	lines := []string{
		"Content-Type: text/plain", `ETag: "o"`, "Cache-Control: max-age=5, must-revalidate", "Expires: 0", "Pragma: no-cache",
		"Surrogate-Control: max-age=60", "CDN-Cache-Control: max-age=70", "Surrogate-Key: a b", "Vary: Accept",
	}
	for name, p := range map[string]Policy{"the operator decides": operator(), "the origin decides": origin()} {
		t.Run(name, func(t *testing.T) {
			s := store(t, received(200, append(lines, "Connection: X-Hop", "X-Hop: 1", "Age: 0")...), p)
			h := s.OriginHeader()
			for field, values := range fields(lines...) {
				equal(t, field, h.Get(field), values[0])
			}
			for _, field := range []string{"Connection", "X-Hop", "Age"} {
				equal(t, field, h.Get(field), "")
			}
			equal(t, "number of fields", len(h), len(lines)+1) // and Date
		})
	}
}

func TestTheOriginsHeaderIsNotTheRecords(t *testing.T) {
	s := store(t, received(200, "X-Kept: 1"), operator())
	own := s.Header.Get("Cache-Control")
	h := s.OriginHeader()
	equal(t, "the operator's Cache-Control", h.Get("Cache-Control"), "")
	equal(t, "a tag that was made here", h.Get("ETag"), `"made-here"`)
	h["Age"] = []string{"5"}
	delete(h, "X-Kept")
	equal(t, "the record's Age", s.Header.Get("Age"), "")
	equal(t, "the record's field", s.Header.Get("X-Kept"), "1")
	equal(t, "the record's Cache-Control", s.Header.Get("Cache-Control"), own)
}

func TestTheOriginsHeaderOfARecordThatWasKept(t *testing.T) {
	s := store(t, received(200, "Cache-Control: max-age=5", "Surrogate-Control: max-age=60"), operator())
	encoded, err := s.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	var kept StoredResponse
	if err := kept.UnmarshalBinary(encoded); err != nil {
		t.Fatal(err)
	}
	h := kept.OriginHeader()
	equal(t, "Cache-Control", h.Get("Cache-Control"), "max-age=5")
	equal(t, "Surrogate-Control", h.Get("Surrogate-Control"), "max-age=60")
	equal(t, "number of fields of nothing", len((&StoredResponse{}).OriginHeader()), 0)
}
