package handlers

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/httpcache"
	"larder/problem"
	"larder/shield"
)

// responder answers one request. It gives every answer CORS headers, Cache-Status
// and the right framing, and removes internal headers.
type responder struct {
	app      *App
	client   fsthttp.ResponseWriter
	r        *fsthttp.Request
	header   http.Header // the request's
	arrived  time.Time
	switches config.Switches
	status   httpcache.CacheStatus
	// edge is what the client requires if it is an edge that uses this POP as its
	// shield; Direct for every other client. answer is what that edge is told.
	edge   shield.Requirement
	answer shield.Answer
	// debug says that the client may see keys; begun, that the header section
	// was sent; broken, that the body cannot be sent to its end.
	debug, begun, broken bool
	// dropped names the query parameters that do not count, for a debugged answer.
	dropped string
	// later is what is left to do after the answer, last things first.
	// working says that some of it takes time.
	later   []func()
	working bool
	// cpu is measured for a debugged answer only.
	cpu cpuTimer
	// line is for the access log.
	line line
}

func newResponder(a *App, client fsthttp.ResponseWriter, r *fsthttp.Request) *responder {
	w := &responder{app: a, client: client, r: r, header: http.Header(r.Header), arrived: a.now()}
	w.status.Cache = a.config.Name
	if name := a.config.DebugHeader; name != "" {
		w.debug = w.header.Get(name) != ""
	}
	if w.debug {
		w.cpu.start(a.cpuTime)
	}
	return w
}

// droppedField lists, in a debugged answer, the query parameters that do not count.
const droppedField = "Larder-Dropped"

// internalHeaders are for the edge, and leave it only in a debugged answer.
var internalHeaders = []string{
	"Surrogate-Key", "Cache-Tag", "X-Cache-Tags", "Xkey", "Surrogate-Control", "Larder-Cache-Control",
	droppedField, shield.EdgeField, shield.AnswerField, shield.StatusField, shield.HintField,
}

// begin sends the header section. A length of -1 means that it is not known.
// The header is not changed.
func (w *responder) begin(status int, header http.Header, length int64) {
	out := http.Header(w.client.Header())
	clear(out) // of an answer that failed before it was sent
	for name, values := range header {
		out[name] = values
	}
	if w.edge != shield.Direct {
		w.addEdgeFields(out)
	} else {
		w.addClientFields(out)
	}
	compressed := w.mayCompress(status, out)
	if !compressed {
		delete(out, "X-Compress-Hint")
	}
	if length >= 0 && !compressed {
		// The host frames an answer anew unless it is told that the length
		// here is meant, and a HEAD's answer would lose it.
		out["Content-Length"] = []string{strconv.FormatInt(length, 10)}
		w.client.SetManualFramingMode(true)
	} else {
		delete(out, "Content-Length")
	}
	w.begun, w.line.Status = true, status
	w.client.WriteHeader(status)
}

// addClientFields completes the header that clients get.
func (w *responder) addClientFields(out http.Header) {
	if w.debug {
		w.cpu.appendTo(out)
		if w.dropped != "" {
			out[droppedField] = []string{w.dropped}
		}
	} else {
		for _, name := range internalHeaders {
			delete(out, name)
		}
	}
	w.app.allowOrigin(w.header, out)
	w.addTransportSecurity(out)
	if links := out["Link"]; len(links) > 0 && len(w.app.config.LinkHosts) > 0 {
		out["Link"] = httpcache.MoveLinks(links, w.app.config.LinkHosts, strings.ToLower(w.r.URL.Scheme), w.r.Host)
	}
	w.status.AppendTo(out)
}

// addEdgeFields completes the header that an edge gets.
func (w *responder) addEdgeFields(out http.Header) {
	out[shield.AnswerField] = []string{w.answer.String()}
	out[shield.StatusField] = []string{w.status.String()}
	if hint, ok := out["X-Compress-Hint"]; ok {
		out[shield.HintField] = hint
	}
}

// mayCompress reports whether the host may compress this answer on its way
// out, which changes its length. A part must stay the bytes that Content-Range
// names.
func (w *responder) mayCompress(status int, answer http.Header) bool {
	if len(answer["X-Compress-Hint"]) == 0 || status == http.StatusPartialContent ||
		w.r.Method == http.MethodHead || w.edge != shield.Direct {
		return false
	}
	accepted := w.header.Get("Accept-Encoding")
	return strings.Contains(accepted, "gzip") || strings.Contains(accepted, "br")
}

// send answers with a small body of Larder's own.
func (w *responder) send(status int, header http.Header, body []byte) {
	w.begin(status, header, int64(len(body)))
	if w.r.Method != http.MethodHead {
		w.write(body)
	}
}

// fail answers with a problem. Where the answer has begun already, the problem
// can only be logged.
func (w *responder) fail(err error) {
	d := problem.From(err)
	if d.Status >= 500 {
		w.app.log("%s %s: %v", w.r.Method, w.r.URL.Path, d)
		w.answer = shield.Answer{State: shield.Failed}
	}
	if w.begun {
		return
	}
	header, body := d.Answer()
	if id := header.Get(requestID); id != "" {
		w.line.ID = id // a purge has its own
	} else if w.app.accessLog != nil {
		header[requestID] = []string{w.id()}
	}
	w.send(d.Status, header, body)
}

// release registers a function that is called after the answer, to free what it
// was made of.
func (w *responder) release(free func()) { w.later = append(w.later, free) }

// then registers work that is done once the client has its answer.
func (w *responder) then(work func()) {
	w.later = append(w.later, work)
	w.working = true
}

// cut records that the body cannot be sent to its end, and why. If the body ended
// in the ordinary way, the client would take it for complete.
func (w *responder) cut(err error) {
	w.app.log("%s %s: the body was cut short: %v", w.r.Method, w.r.URL.Path, err)
	w.addDetail("body-cut-short") // for the access log alone: the header was sent
	w.broken = true
}

// finish does the work that was left for after the answer. It breaks off a broken
// answer last, since that may end the sandbox.
func (w *responder) finish() {
	if w.working && !w.broken {
		w.guarded(w.end)
	}
	w.guarded(w.logAccess)
	for _, work := range slices.Backward(w.later) {
		w.guarded(work)
	}
	if w.broken && w.app.abort != nil {
		w.app.abort()
	}
}

// end tells the client that it has the whole answer, while the request goes on.
func (w *responder) end() {
	if err := w.client.Close(); err != nil {
		w.app.log("close the answer: %v", err)
	}
}

// guarded does some work. The answer has been sent, so a panic is only logged.
func (w *responder) guarded(work func()) {
	defer func() {
		if cause := recover(); cause != nil {
			w.app.log("%s %s: after the answer: panic: %v", w.r.Method, w.r.URL.Path, cause)
		}
	}()
	work()
}

// write sends a piece of the body. A client that has gone is no error.
func (w *responder) write(p []byte) bool {
	n, err := w.client.Write(p)
	w.line.Bytes += int64(n)
	return err == nil
}

// copyBuffer is large enough for most bodies to cross in one host call.
const copyBuffer = 64 << 10

// copy sends n bytes of body, or all of it if n is negative. The error is about
// reading the body, or [io.ErrUnexpectedEOF] if it has fewer bytes.
func (w *responder) copy(body io.Reader, n int64) error {
	size := int64(copyBuffer)
	if n >= 0 && n < size {
		size = n
	}
	if size == 0 {
		return nil
	}
	buf := make([]byte, size)
	for n != 0 {
		piece := buf
		if n > 0 && n < int64(len(piece)) {
			piece = piece[:n]
		}
		read, err := body.Read(piece)
		if read > 0 && !w.write(piece[:read]) {
			return nil
		}
		if n > 0 {
			n -= int64(read)
		}
		switch {
		case errors.Is(err, io.EOF) && n <= 0:
			return nil
		case errors.Is(err, io.EOF):
			return io.ErrUnexpectedEOF
		case err != nil:
			return err
		}
	}
	return nil
}
