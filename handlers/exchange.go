package handlers

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/fastly/compute-sdk-go/fsthttp"

	"larder/config"
	"larder/httpcache"
	"larder/problem"
	"larder/shield"
)

// exchange is one request and its answer. It sees to what every answer has:
// CORS, Cache-Status, the right framing, and no internal headers.
type exchange struct {
	app    *App
	w      fsthttp.ResponseWriter
	r      *fsthttp.Request
	header http.Header // the request's
	// began is when the request came, and switches are the operator's then.
	began    time.Time
	switches config.Switches
	status   httpcache.CacheStatus
	// body is the request's where it has been read already, else nil.
	body  io.ReadCloser
	debug bool
	begun bool
	// after is what is left to do once the client has its answer.
	after []func()
	// edge is what another place of this service demands, for which this one
	// is the shield; Direct for everybody else. answer is what it is told.
	edge   shield.Requirement
	answer shield.Answer
}

func newExchange(a *App, w fsthttp.ResponseWriter, r *fsthttp.Request) *exchange {
	x := &exchange{app: a, w: w, r: r, header: http.Header(r.Header), began: a.now()}
	x.switches = a.switches(x.began)
	x.status.Cache = a.config.Name
	if name := a.config.DebugHeader; name != "" {
		x.debug = x.header.Get(name) != ""
	}
	return x
}

// internalHeaders are for the edge, and leave it only in a debugged answer.
var internalHeaders = []string{"Surrogate-Key", "Cache-Tag", "Xkey", "Surrogate-Control"}

// begin sends the header section. A length of -1 means that it is not known.
// The header is not changed.
func (x *exchange) begin(status int, header http.Header, length int64) {
	x.begun = true
	out := http.Header(x.w.Header())
	for name, values := range header {
		out[name] = values
	}
	if x.edge != shield.Direct {
		x.tellEdge(out)
	} else {
		x.tellClient(out)
	}
	compressed := x.mayCompress(status, out)
	if !compressed {
		delete(out, "X-Compress-Hint")
	}
	if length >= 0 && !compressed {
		// The host frames an answer anew unless it is told that the length
		// here is meant, and a HEAD's answer would lose it.
		out["Content-Length"] = []string{strconv.FormatInt(length, 10)}
		x.w.SetManualFramingMode(true)
	} else {
		delete(out, "Content-Length")
	}
	x.w.WriteHeader(status)
}

// tellClient completes the header that clients get.
func (x *exchange) tellClient(out http.Header) {
	if !x.debug {
		for _, name := range internalHeaders {
			delete(out, name)
		}
	}
	x.app.allowOrigin(x.header, out)
	x.status.AppendTo(out)
}

// mayCompress reports whether the host may compress this answer on its way
// out, which changes its length. A part must stay the bytes that Content-Range
// names.
func (x *exchange) mayCompress(status int, answer http.Header) bool {
	if len(answer["X-Compress-Hint"]) == 0 || status == http.StatusPartialContent ||
		x.r.Method == http.MethodHead || x.edge != shield.Direct {
		return false
	}
	accepted := x.header.Get("Accept-Encoding")
	return strings.Contains(accepted, "gzip") || strings.Contains(accepted, "br")
}

// send answers with a small body of Larder's own.
func (x *exchange) send(status int, header http.Header, body []byte) {
	x.begin(status, header, int64(len(body)))
	if x.r.Method != http.MethodHead {
		x.write(body)
	}
}

// fail answers with a problem. Where the answer has begun already it can only
// be logged.
func (x *exchange) fail(err error) {
	d := problem.From(err)
	if d.Status >= 500 {
		x.app.log("%s %s: %v", x.r.Method, x.r.URL.Path, d)
	}
	if x.begun {
		return
	}
	header, body := d.Answer()
	if d.Status >= 500 {
		x.answer = shield.Answer{State: shield.Failed}
	}
	x.send(d.Status, header, body)
}

// end tells the client that it has the whole answer, while the request goes on.
func (x *exchange) end() {
	if err := x.w.Close(); err != nil {
		x.app.log("close the answer: %v", err)
	}
}

// later runs once the client has its answer, whole or not.
func (x *exchange) later(work func()) { x.after = append(x.after, work) }

// finish ends the answer and does what was left for later.
func (x *exchange) finish() {
	if len(x.after) == 0 {
		return
	}
	x.end()
	x.catchUp()
}

func (x *exchange) catchUp() {
	for _, work := range x.after {
		work()
	}
	x.after = nil
}

// cut breaks off an answer whose body has an end that cannot be had. Ended in
// the ordinary way, the client would take it for the whole.
func (x *exchange) cut(err error) {
	x.app.log("%s %s: the body was cut short: %v", x.r.Method, x.r.URL.Path, err)
	x.catchUp() // what breaks off may end the sandbox
	if x.app.abort != nil {
		x.app.abort()
	}
}

// write sends a piece of the body. A client that has gone is nobody's error.
func (x *exchange) write(p []byte) bool {
	_, err := x.w.Write(p)
	return err == nil
}

// copyBuffer is large enough for most bodies to cross in one host call.
const copyBuffer = 64 << 10

// copy sends n bytes of body, or all of it where n is negative. Its error is
// about a body that has not as much.
func (x *exchange) copy(body io.Reader, n int64) error {
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
		if read > 0 && !x.write(piece[:read]) {
			return nil
		}
		if n > 0 {
			n -= int64(read)
		}
		if errors.Is(err, io.EOF) && n <= 0 {
			return nil
		}
		if errors.Is(err, io.EOF) {
			return io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
	}
	return nil
}
