package httpcache

import (
	"fmt"
	"net/http"
	"time"
)

// UnmarshalBinary sets s to the record encoded in b. It does not retain b; all
// strings of the record share one copy. Errors wrap [ErrRecord] and leave s
// unchanged.
func (s *StoredResponse) UnmarshalBinary(b []byte) error {
	if len(b) > MaxRecord {
		return fmt.Errorf("record of %d bytes: %w", len(b), ErrRecord)
	}
	r := reader{rest: string(b)}
	if version := r.byte(); r.err == nil && version != recordVersion {
		return fmt.Errorf("record of version %d: %w", version, ErrRecord)
	}
	var t StoredResponse
	flags := r.byte()
	t.MustRevalidate = flags&flagMustRevalidate != 0
	t.NoCache = flags&flagNoCache != 0
	t.Partial = flags&flagPartial != 0
	t.rewritten = flags&flagRewritten != 0
	t.KeysLease = flags&flagKeysLease != 0
	for _, n := range t.numbers() {
		*n = r.varint()
	}
	t.Status = int(r.varint())
	t.Received = time.UnixMicro(r.varint()).UTC()
	for _, text := range t.texts() {
		*text = r.string()
	}
	t.Keys = r.strings()
	t.Header = r.header()
	if r.err == nil && r.rest != "" {
		r.fail("bytes after the record")
	}
	if r.err != nil {
		return r.err
	}
	*s = t
	return nil
}

// reader decodes a record. After the first error every read returns zero.
type reader struct {
	rest string
	err  error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%s: %w", what, ErrRecord)
	}
	r.rest = ""
}

func (r *reader) byte() byte {
	if r.rest == "" {
		r.fail("record cut short")
		return 0
	}
	c := r.rest[0]
	r.rest = r.rest[1:]
	return c
}

func (r *reader) uvarint() uint64 {
	var n uint64
	for shift := 0; shift < 64; shift += 7 {
		c := r.byte()
		if shift == 63 && c > 1 {
			break
		}
		n |= uint64(c&0x7f) << shift
		if c < 0x80 {
			return n
		}
	}
	r.fail("number out of range")
	return 0
}

func (r *reader) varint() int64 {
	n := r.uvarint()
	return int64(n>>1) ^ -int64(n&1)
}

func (r *reader) string() string {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.fail("string cut short")
		return ""
	}
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

// count reads the number of list members that follow. Each takes at least one
// byte, so a larger number is refused before anything is allocated.
func (r *reader) count() int {
	n := r.uvarint()
	if n > uint64(len(r.rest)) {
		r.fail("list cut short")
		return 0
	}
	return int(n)
}

func (r *reader) strings() []string {
	n := r.count()
	if n == 0 {
		return nil
	}
	list := make([]string, 0, min(n, maxHint))
	for i := 0; i < n && r.err == nil; i++ {
		list = append(list, r.string())
	}
	return list
}

// maxHint bounds the capacity allocated for a count that is not yet verified.
const maxHint = 256

// header reads a header. All its values share one slice.
func (r *reader) header() http.Header {
	fields, lines := r.count(), r.count()
	h := make(http.Header, min(fields, maxHint))
	all := make([]string, 0, min(lines, maxHint))
	for i := 0; i < fields && r.err == nil; i++ {
		name := r.string()
		from := len(all)
		for n := r.count(); n > 0 && r.err == nil; n-- {
			all = append(all, r.string())
		}
		h[name] = all[from:len(all):len(all)]
	}
	return h
}
