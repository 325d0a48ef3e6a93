package hook

import (
	"fmt"
	"strings"
	"testing"

	"larder/config"
)

// The worst bodies that the default limit of 256 KiB allows, and an ordinary
// one.
func BenchmarkReceive(b *testing.B) {
	const limit = 256 << 10
	fill := func(before, each, after string, n int) string {
		var text strings.Builder
		text.WriteString(before)
		for i := 0; i < n && text.Len() < limit-len(each)-len(after)-8; i++ {
			if i > 0 {
				text.WriteByte(',')
			}
			fmt.Fprintf(&text, each, i)
		}
		return text.String() + after
	}
	bodies := []struct {
		name string
		hook *config.Hook
		body string
	}{
		{"ordinary", standard(b, "ghost"), `{"post":{"current":{"id":"64f0c1","slug":"pickled-lemons","status":"published"},"previous":{"status":"draft"}}}`},
		{"tags", standard(b, "datocms"), fill(`{"entity_type":"cda_cache_tags","event_type":"invalidate","entity":{"attributes":{"tags":[`, `"t%x"`, `]}}}`, MaxKeys)},
		{"members", standard(b, "ghost"), fill(`{"post":{"current":{`, `"%d":0`, `}}}`, limit)},
		{"events", standard(b, "wordpress"), fill(`{"events":[`, `{"action":"edit","type":"a","id":%d,"list":"b"}`, `]}`, limit)},
		{"nothing but brackets", standard(b, "ghost"), fill(`{"post":[`, `[[[[[[]]]]]]`, `]}`, limit)},
		{"a text of escapes", standard(b, "ghost"), `{"post":"` + strings.Repeat(`\"`, limit/2-8) + `"}`},
	}
	for _, test := range bodies {
		b.Run(strings.ReplaceAll(test.name, " ", "-"), func(b *testing.B) {
			r := request(test.body)
			sign(r, test.hook, testSecret, now)
			b.SetBytes(int64(len(test.body)))
			for b.Loop() {
				_, _ = Receive(test.hook, []string{testSecret}, r, now) // some are refused, but late
			}
		})
	}
}
