package httpcache

import "testing"

func TestOriginHeaderIsTheHeaderAsTheOriginSentIt(t *testing.T) {
	lines := []string{
		"Content-Type: text/plain", `ETag: "o"`, "Cache-Control: max-age=5, must-revalidate", "Expires: 0", "Pragma: no-cache",
		"Surrogate-Control: max-age=60", "CDN-Cache-Control: max-age=70", "Surrogate-Key: a b", "Vary: Accept",
	}
	for name, p := range map[string]Policy{"the operator decides": operator(), "the origin decides": origin()} {
		t.Run(name, func(t *testing.T) {
			s := store(t, received(200, append(lines, "Connection: X-Hop", "X-Hop: 1", "Age: 0")...), p)
			h := s.OriginHeader()
			for field, values := range fields(lines...) {
				wantField(t, h, field, values[0])
			}
			for _, field := range []string{"Connection", "X-Hop", "Age"} {
				wantField(t, h, field, "")
			}
			equal(t, "number of fields", len(h), len(lines)+1) // and Date
		})
	}
}

func TestModifyingOriginHeaderLeavesTheRecordUnchanged(t *testing.T) {
	s := store(t, received(200, "X-Other: 1"), operator())
	own := s.Header.Get("Cache-Control")
	h := s.OriginHeader()
	wantField(t, h, "Cache-Control", "")
	wantField(t, h, "ETag", `"from-body"`)
	h["Age"] = []string{"5"}
	delete(h, "X-Other")
	wantField(t, s.Header, "Age", "")
	wantField(t, s.Header, "X-Other", "1")
	wantField(t, s.Header, "Cache-Control", own)
}

func TestOriginHeaderOfADecodedRecord(t *testing.T) {
	s := store(t, received(200, "Cache-Control: max-age=5", "Surrogate-Control: max-age=60"), operator())
	encoded, err := s.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	var decoded StoredResponse
	if err := decoded.UnmarshalBinary(encoded); err != nil {
		t.Fatal(err)
	}
	h := decoded.OriginHeader()
	wantField(t, h, "Cache-Control", "max-age=5")
	wantField(t, h, "Surrogate-Control", "max-age=60")
	equal(t, "number of fields of an empty record", len((&StoredResponse{}).OriginHeader()), 0)
}
