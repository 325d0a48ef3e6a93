package attacks

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
)

// request is what one step sends. Make it with get, send, h2, raw and the like.
type request struct {
	method, target string
	header         []string // "Name: value"
	body           string
	// http2 sends it over HTTP/2, without Content-Length.
	http2 bool
	// bytes, if set, are sent as they are, and nothing else counts.
	bytes string
	// abort ends the sending side of the connection after what was sent.
	abort bool
	// times is how often it is sent; the last answer counts. "{i}" in the
	// target is replaced by a number.
	times int
	// debug asks for the guest's CPU time, and for keys.
	debug bool
}

func get(target string, header ...string) request {
	return request{method: http.MethodGet, target: target, header: header, debug: true}
}

// send sends a body, or none if it is "".
func send(method, target, body string, header ...string) request {
	return request{method: method, target: target, body: body, header: header, debug: true}
}

// h2 sends over HTTP/2 in clear text, without Content-Length.
func h2(method, target, body string, header ...string) request {
	return request{method: method, target: target, body: body, header: header, debug: true, http2: true}
}

// raw sends lines as they are, each with CRLF, and then an empty one.
func raw(lines ...string) request {
	return request{bytes: strings.Join(lines, "\r\n") + "\r\n\r\n"}
}

// rawBody is raw with a body after the empty line.
func rawBody(body string, lines ...string) request {
	return request{bytes: strings.Join(lines, "\r\n") + "\r\n\r\n" + body}
}

// purge calls the purge endpoint as the operator does.
func purge(body string, header ...string) request {
	return send(http.MethodPost, "/_larder/purge", body, append(header, "Authorization: Bearer "+purgeToken)...)
}

// plainly leaves the debug header out: what leaves the edge then is what
// everybody sees.
func (r request) plainly() request {
	r.debug = false
	return r
}

// aborted ends the sending side of the connection after what was sent.
func (r request) aborted() request {
	r.abort = true
	return r
}

// repeated sends the request n times.
func (r request) repeated(n int) request {
	r.times = n
	return r
}

// answer is a response that was read to its end. Its status is 0 where the
// connection ended without one.
type answer struct {
	status int
	header http.Header
	body   string
	// cut says that the body broke off.
	cut bool
	// cpu is the guest's CPU time in milliseconds, or -1 where it did not say.
	cpu int
}

// requestTimeout bounds one request. The slowest that is in order waits for an
// origin's timeouts.
const requestTimeout = 20 * time.Second

var errTooSlow = errors.New("no response in time")

func (r request) do(e edge) (answer, error) {
	for i := range r.times - 1 {
		if _, err := r.once(e, i); err != nil {
			return answer{}, err
		}
	}
	return r.once(e, max(0, r.times-1))
}

func (r request) once(e edge, i int) (answer, error) {
	r.target = strings.ReplaceAll(r.target, "{i}", strconv.Itoa(i))
	r.header = append([]string{}, r.header...)
	if r.debug {
		r.header = append(r.header, "Larder-Debug: 1")
	}
	var got answer
	var err error
	cpu := measureCPU(e)
	if r.http2 {
		got, err = r.overHTTP2(e)
	} else {
		got, err = exchange(e, r.wire(), r.abort)
	}
	if err != nil {
		return answer{}, fmt.Errorf("%s %s: %w", r.method, r.target, err)
	}
	got.cpu = cpu(got)
	return got, nil
}

// wire is the request in HTTP/1.1.
func (r request) wire() string {
	if r.bytes != "" {
		return r.bytes
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", r.method, r.target)
	hasHost := false
	for _, line := range r.header {
		hasHost = hasHost || strings.HasPrefix(line, "Host:")
	}
	if !hasHost {
		b.WriteString("Host: edge.example\r\n")
	}
	for _, line := range r.header {
		b.WriteString(line + "\r\n")
	}
	if r.body != "" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(r.body))
	}
	b.WriteString("Connection: close\r\n\r\n" + r.body)
	return b.String()
}

// exchange writes bytes to a connection of its own and reads what comes back. A
// new connection each time also spares the delayed acknowledgements that
// Viceroy's listener would wait for.
func exchange(e edge, wire string, abort bool) (answer, error) {
	connection, err := net.Dial("tcp", e.Address())
	if err != nil {
		return answer{}, err
	}
	defer connection.Close()
	if err := connection.SetDeadline(time.Now().Add(requestTimeout)); err != nil {
		return answer{}, err
	}
	// The edge may answer and close before it has read everything.
	_, _ = io.WriteString(connection, wire)
	if tcp, ok := connection.(*net.TCPConn); ok && abort {
		_ = tcp.CloseWrite()
	}
	method, _, _ := strings.Cut(wire, " ")
	response, err := http.ReadResponse(bufio.NewReader(connection), &http.Request{Method: method})
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return answer{}, errTooSlow
	}
	if err != nil {
		return answer{header: http.Header{}}, nil
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return answer{}, errTooSlow
	}
	return answer{status: response.StatusCode, header: response.Header, body: string(body), cut: err != nil}, nil
}

var http2Client = &http.Client{
	Transport: &http.Transport{
		DisableCompression: true, DisableKeepAlives: true,
		Protocols: func() *http.Protocols {
			p := new(http.Protocols)
			p.SetUnencryptedHTTP2(true)
			return p
		}(),
	},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (r request) overHTTP2(e edge) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	u, err := url.Parse(e.URL())
	if err != nil {
		return answer{}, err
	}
	u.Opaque = "//" + u.Host + r.target
	// A reader of no known type has no known length.
	var body io.Reader
	if r.body != "" {
		body = io.MultiReader(strings.NewReader(r.body))
	}
	out, err := http.NewRequestWithContext(ctx, r.method, e.URL(), body)
	if err != nil {
		return answer{}, err
	}
	out.URL = u
	for _, line := range r.header {
		name, value, _ := strings.Cut(line, ": ")
		if name == "Host" {
			out.Host = value
			continue
		}
		out.Header.Add(name, value)
	}
	response, err := http2Client.Do(out)
	if errors.Is(err, context.DeadlineExceeded) {
		return answer{}, errTooSlow
	}
	if err != nil { // the edge ended the stream
		return answer{header: http.Header{}}, nil
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	return answer{status: response.StatusCode, header: response.Header, body: string(read), cut: err != nil}, nil
}
