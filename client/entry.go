package client

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/cachecontrol/cacheobject"
)

// entry is a kept answer. It is not changed once it is made.
type entry struct {
	Status int         `json:"status"`
	Header http.Header `json:"header"`
	// Vary names the request headers that the answer depends on, canonical and
	// sorted. The entry at a request's own key is then only a list of them, with
	// no status, and the answer is kept under a key with their values.
	Vary []string `json:"vary,omitempty"`
	// Confirmed is when a server last sent or confirmed it.
	Confirmed time.Time `json:"confirmed"`
	// Refuted is when a server last said that there is no answer, or none for
	// this credential. Variants confirmed before are not used.
	Refuted time.Time `json:"refuted,omitzero"`
	body    []byte
}

// newEntry returns the entry for a response with this body; false if it may not
// be kept or could never be used.
func newEntry(status int, h http.Header, body []byte, now time.Time) (*entry, bool) {
	switch status {
	case 200, 203, 204, 300, 301, 308, 404, 410:
	default:
		return nil, false
	}
	vary, ok := varyNames(h)
	if !ok {
		return nil, false
	}
	e := &entry{Status: status, Header: h.Clone(), Vary: vary, Confirmed: now, body: body}
	// RFC 9111 §3.1; Set-Cookie is for one answer only.
	for _, line := range h["Connection"] {
		for name := range strings.SplitSeq(line, ",") {
			e.Header.Del(strings.TrimSpace(name))
		}
	}
	for _, name := range [...]string{"Connection", "Keep-Alive", "Proxy-Connection", "Proxy-Authenticate",
		"Proxy-Authentication-Info", "Te", "Trailer", "Transfer-Encoding", "Upgrade", "Set-Cookie"} {
		delete(e.Header, name)
	}
	return e, e.usable(now)
}

// varyNames returns the members of Vary; false if it contains "*".
func varyNames(h http.Header) ([]string, bool) {
	var names []string
	for _, line := range h["Vary"] {
		for name := range strings.SplitSeq(line, ",") {
			switch name = http.CanonicalHeaderKey(strings.TrimSpace(name)); name {
			case "*":
				return nil, false
			case "":
			default:
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), true
}

// age is that of RFC 9111 §4.2.3, without the response's time in transit.
func (e *entry) age(now time.Time) time.Duration {
	return e.initialAge() + max(0, now.Sub(e.Confirmed))
}

func (e *entry) initialAge() time.Duration {
	seconds, _ := strconv.ParseUint(e.Header.Get("Age"), 10, 31) // 0 if it is no number
	return time.Duration(seconds) * time.Second
}

// usable reports whether the answer may be used without the server's consent:
// while it is fresh (RFC 9111 §4.2.1, for a private cache), and after that for
// its stale-if-error (RFC 5861 §4) or, if it names none, as long as the program
// allows (RFC 9111 §4.2.4).
func (e *entry) usable(now time.Time) bool {
	d, err := cacheobject.ParseResponseCacheControl(strings.Join(e.Header["Cache-Control"], ", "))
	if err != nil || d.NoStore || d.NoCachePresent {
		return false
	}
	stale := e.age(now) - freshness(d, e.Header)
	switch {
	case stale < 0:
		return true
	case d.MustRevalidate:
		return false
	case d.StaleIfError >= 0:
		return stale <= time.Duration(d.StaleIfError)*time.Second
	}
	return true
}

func freshness(d *cacheobject.ResponseCacheDirectives, h http.Header) time.Duration {
	if d.MaxAge >= 0 {
		return time.Duration(d.MaxAge) * time.Second
	}
	expires, err := http.ParseTime(h.Get("Expires"))
	date, dateErr := http.ParseTime(h.Get("Date"))
	if err != nil || dateErr != nil {
		return 0
	}
	return max(0, expires.Sub(date))
}

// confirm returns the entry after a 304 (RFC 9111 §4.3.4, §3.2); false if the
// 304 is about another version.
func (e *entry) confirm(h http.Header, now time.Time) (*entry, bool) {
	if tag := h.Get("Etag"); tag != "" && weak(tag) != weak(e.Header.Get("Etag")) {
		return nil, false
	}
	header := e.Header.Clone()
	delete(header, "Age")
	for name, lines := range h {
		switch name {
		case "Content-Length", "Content-Encoding", "Content-Type", "Content-Range":
		default:
			header[name] = lines
		}
	}
	return &entry{Status: e.Status, Header: header, Vary: e.Vary, Confirmed: now, body: e.body}, true
}

func weak(tag string) string { return strings.TrimPrefix(tag, "W/") }

// matches reports whether the request's If-None-Match names the entry (RFC 9110
// §13.1.2).
func (e *entry) matches(req *http.Request) bool {
	tag := e.Header.Get("Etag")
	for _, line := range req.Header["If-None-Match"] {
		for member := range strings.SplitSeq(line, ",") {
			if member = strings.TrimSpace(member); tag != "" && (member == "*" || weak(member) == weak(tag)) {
				return true
			}
		}
	}
	return false
}

// response makes an answer of the entry. status is a member of Cache-Status,
// empty if a server has just confirmed the entry.
func (e *entry) response(req *http.Request, now time.Time, status string) *http.Response {
	resp := &http.Response{
		StatusCode: e.Status,
		Proto:      "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header:  e.Header.Clone(),
		Request: req,
	}
	body := e.body
	if status != "" {
		resp.Header.Set("Age", strconv.FormatInt(int64(e.age(now)/time.Second), 10))
		resp.Header.Add("Cache-Status", status)
		if e.Status == http.StatusOK && e.matches(req) {
			resp.StatusCode, body = http.StatusNotModified, nil
			delete(resp.Header, "Content-Length")
		}
	}
	resp.Status = strconv.Itoa(resp.StatusCode) + " " + http.StatusText(resp.StatusCode)
	resp.ContentLength = int64(len(body))
	if req.Method == http.MethodHead {
		body = nil
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp
}

func (e *entry) size() int64 {
	n := int64(len(e.body)) + 256
	for name, lines := range e.Header {
		n += int64(len(name))
		for _, line := range lines {
			n += int64(len(line)) + 16
		}
	}
	return n
}

// format is the first byte of an encoded entry, to be changed with the rest: a
// checksum of all that follows, the length of the JSON, the JSON, the body.
const format = 1

var errDamaged = errors.New("client: a kept answer is damaged")

func (e *entry) encode() ([]byte, error) {
	meta, err := json.Marshal(e)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 9, 9+len(meta)+len(e.body))
	b[0] = format
	binary.BigEndian.PutUint32(b[5:], uint32(len(meta)))
	b = append(append(b, meta...), e.body...)
	binary.BigEndian.PutUint32(b[1:], crc32.ChecksumIEEE(b[5:]))
	return b, nil
}

func decodeEntry(b []byte) (*entry, error) {
	if len(b) < 9 || b[0] != format || binary.BigEndian.Uint32(b[1:]) != crc32.ChecksumIEEE(b[5:]) {
		return nil, errDamaged
	}
	length := uint64(binary.BigEndian.Uint32(b[5:]))
	if length > uint64(len(b)-9) {
		return nil, errDamaged
	}
	e := &entry{body: b[9+length:]}
	if err := json.Unmarshal(b[9:9+length], e); err != nil {
		return nil, errDamaged
	}
	return e, nil
}
