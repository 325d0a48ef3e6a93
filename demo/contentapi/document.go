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

// encode encodes JSON without escaping < and &.
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
	w.Write(body) //nolint:errcheck // the client has disconnected
}

// document is a body and its validators.
type document struct {
	body    []byte
	changed time.Time // the latest edit that can affect body
	now     time.Time
}

// write sends the document, compressed if the client accepts gzip, or 304 if the
// client's copy is current (RFC 9110 §13.2.2).
func (d document) write(w http.ResponseWriter, r *http.Request) {
	header := w.Header()
	header.Set("Vary", "Accept-Encoding")
	compress := acceptsGzip(r.Header)
	etag := d.etag(compress)
	header.Set("ETag", etag)
	// Another edit may follow within the same second, so Last-Modified is sent
	// only after that second (RFC 9110 §8.8.2.2).
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

// etag returns a strong tag, which depends on the coding (RFC 9110 §8.8.3.3).
func (d document) etag(compressed bool) string {
	sum := sha256.Sum256(d.body)
	tag := hex.EncodeToString(sum[:12])
	if compressed {
		tag += "-gzip"
	}
	return `"` + tag + `"`
}

// current reports whether the client's validators match. If-None-Match is
// compared weakly and takes precedence over If-Modified-Since (RFC 9110 §13.1.2,
// §13.1.3).
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

// gzipped compresses with the fastest level.
func gzipped(body []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		return body // only an invalid level fails
	}
	w.Write(body) //nolint:errcheck // a bytes.Buffer never fails
	w.Close()     //nolint:errcheck // as above
	return out.Bytes()
}
