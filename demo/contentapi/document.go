package contentapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// encode writes JSON as people expect to read it: < and & in texts stay.
func encode(value any) ([]byte, error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimSuffix(body.Bytes(), []byte("\n")), err
}

// writeJSON sends a body without validators.
func writeJSON(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	w.Write(body) //nolint:errcheck // the client has gone, there is nobody to tell
}

// document is a body with what validates it.
type document struct {
	body    []byte
	changed time.Time // the latest edit of anything that can be in body
	now     time.Time
}

// write sends the document, compressed if the client takes gzip, or 304 if the
// client has it (RFC 9110 §13.2.2).
func (d document) write(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Vary", "Accept-Encoding")
	compress := acceptsGzip(r.Header)
	etag := d.etag(compress)
	header.Set("ETag", etag)
	// Another edit may come in the same second, so the date validates only once
	// that second is over (RFC 9110 §8.8.2.2).
	dated := d.now.Sub(d.changed) >= time.Second
	if dated {
		header.Set("Last-Modified", d.changed.UTC().Format(http.TimeFormat))
	}
	if d.current(r.Header, dated) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := d.body
	if compress {
		header.Set("Content-Encoding", "gzip")
		body = gzipped(body)
	}
	writeJSON(w, http.StatusOK, body)
}

// etag is strong, so it differs with the coding (RFC 9110 §8.8.3.3).
func (d document) etag(compressed bool) string {
	sum := sha256.Sum256(d.body)
	tag := hex.EncodeToString(sum[:12])
	if compressed {
		tag += "-gzip"
	}
	return `"` + tag + `"`
}

// current reports whether the client's validators match. If-None-Match compares
// weakly and, where it is there, alone (RFC 9110 §13.1.2 and §13.1.3).
func (d document) current(header http.Header, dated bool) bool {
	if tags := header.Values("If-None-Match"); len(tags) > 0 {
		for tag := range strings.SplitSeq(strings.Join(tags, ","), ",") {
			tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/")
			if tag == "*" || tag == d.etag(false) || tag == d.etag(true) {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(header.Get("If-Modified-Since"))
	return err == nil && dated && !d.changed.After(since)
}

// acceptsGzip reads Accept-Encoding (RFC 9110 §12.5.3).
func acceptsGzip(header http.Header) bool {
	for coding := range strings.SplitSeq(strings.Join(header.Values("Accept-Encoding"), ","), ",") {
		name, parameter, _ := strings.Cut(coding, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name != "gzip" && name != "*" {
			continue
		}
		text, weighted := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
		weight, err := strconv.ParseFloat(text, 64)
		return !weighted || err == nil && weight > 0
	}
	return false
}

// gzipped compresses fast rather than well.
func gzipped(body []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return body // only a wrong level fails
	}
	w.Write(body) //nolint:errcheck // a bytes.Buffer takes everything
	w.Close()     //nolint:errcheck // as above
	return out.Bytes()
}
