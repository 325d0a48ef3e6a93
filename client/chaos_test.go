package client

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// mode is how a host behaves.
type mode int32

const (
	good mode = iota
	refusing
	hanging
	wrongCertificate
	garbage
	unavailable
	truncating
	brokenJSON
	modes // their number
)

// chaosHost is a real HTTPS server that behaves as its mode says.
type chaosHost struct {
	t           *testing.T
	addr        string
	right       tls.Certificate
	wrong       tls.Certificate
	mode        atomic.Int32
	mu          sync.Mutex
	listener    net.Listener // nil while it refuses
	connections sync.Map
}

func newChaosHost(t *testing.T, right, wrong tls.Certificate) *chaosHost {
	h := &chaosHost{t: t, addr: "127.0.0.1:0", right: right, wrong: wrong}
	h.listen()
	t.Cleanup(func() { h.set(refusing) })
	return h
}

func (h *chaosHost) url() string { return "https://" + h.addr }

func (h *chaosHost) listen() {
	listener, err := net.Listen("tcp", h.addr)
	if err != nil {
		h.t.Errorf("listen again: %v", err)
		return
	}
	h.listener, h.addr = listener, listener.Addr().String()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			h.connections.Store(conn, true)
			go func() {
				h.serve(conn)
				h.connections.Delete(conn)
				conn.Close()
			}()
		}
	}()
}

// set changes the mode and cuts what was connected before.
func (h *chaosHost) set(m mode) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.mode.Store(int32(m))
	if m == refusing && h.listener != nil {
		h.listener.Close()
		h.listener = nil
	} else if m != refusing && h.listener == nil {
		h.listen()
	}
	h.connections.Range(func(conn, _ any) bool {
		conn.(net.Conn).Close()
		return true
	})
}

func (h *chaosHost) is(m mode) bool { return mode(h.mode.Load()) == m }

func (h *chaosHost) serve(conn net.Conn) {
	certificate := h.right
	switch {
	case h.is(hanging):
		_, _ = io.Copy(io.Discard, conn) // until it is cut
		return
	case h.is(garbage):
		_, _ = conn.Write([]byte("\x00\xff this is neither TLS nor HTTP\r\n\r\n"))
		return
	case h.is(wrongCertificate):
		certificate = h.wrong
	}
	secure := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}})
	reader := bufio.NewReader(secure)
	for {
		req, err := http.ReadRequest(reader)
		if err != nil {
			return
		}
		if !h.reply(secure, req) {
			return
		}
	}
}

func content(path string) string {
	return fmt.Sprintf(`{"path":%q,"text":%q}`, path, strings.Repeat("x", 500))
}

// reply reports whether the connection is still good.
func (h *chaosHost) reply(w io.Writer, req *http.Request) bool {
	body, status, length := content(req.URL.Path), "200 OK", 0
	length = len(body)
	switch {
	case h.is(unavailable):
		body, status = "no", "503 Service Unavailable"
		length = len(body)
	case h.is(truncating):
		body = body[:len(body)/2]
	case h.is(brokenJSON):
		body = body[:len(body)/2]
		length = len(body)
	}
	_, err := fmt.Fprintf(w, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\nCache-Control: max-age=0, stale-if-error=600\r\n\r\n%s", status, length, body)
	return err == nil && length == len(body)
}

// certificates returns one that is trusted by the pool, and one that is not.
func certificates(t *testing.T) (right, wrong tls.Certificate, pool *x509.CertPool) {
	t.Helper()
	pool = x509.NewCertPool()
	for i, c := range []*tls.Certificate{&right, &wrong} {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: "chaos"},
			NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
			IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		}
		der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
		if err != nil {
			t.Fatal(err)
		}
		*c = tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
		if i == 0 {
			parsed, err := x509.ParseCertificate(der)
			if err != nil {
				t.Fatal(err)
			}
			pool.AddCert(parsed)
		}
	}
	return right, wrong, pool
}

// Fifty clients read while the hosts fail in every way. With one good host
// nobody notices; without one, everybody gets what was kept.
func TestFiftyClientsGoOnWhileHostsFail(t *testing.T) {
	right, wrong, pool := certificates(t)
	var all []*chaosHost
	var urls []string
	for range 3 {
		h := newChaosHost(t, right, wrong)
		all, urls = append(all, h), append(urls, h.url())
	}
	rt := &Transport{
		Hosts:          urls,
		Base:           &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}, MaxIdleConnsPerHost: 50},
		AttemptTimeout: time.Second,
	}
	const paths = 10
	path := func(i int) string { return fmt.Sprintf("/%d", i%paths) }
	for i := range paths {
		get(t, rt, urls[0]+path(i)).want(t, 200, content(path(i)), false)
	}

	stop := make(chan struct{})
	var clients sync.WaitGroup
	var requests, fallbacks atomic.Int64
	for i := range 50 {
		clients.Go(func() {
			for n := i; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				r, err := do(t, rt, request(t, "GET", urls[0]+path(n)))
				if err != nil || r.StatusCode != 200 || r.body != content(path(n)) {
					t.Errorf("%s: %v", path(n), err)
					return
				}
				if r.fallback {
					fallbacks.Add(1)
				}
				requests.Add(1)
			}
		})
	}
	random := mathrand.New(mathrand.NewPCG(1, 2))
	await := func(n int64) {
		for target := requests.Load() + n; requests.Load() < target && !t.Failed(); {
			time.Sleep(5 * time.Millisecond)
		}
	}
	for m := range modes { // each mode at all hosts, then a mixture
		for _, h := range all {
			h.set(m)
		}
		await(200)
		for _, h := range all {
			h.set(mode(random.IntN(int(modes))))
		}
		await(200)
	}
	if fallbacks.Load() == 0 {
		t.Error("no answer was a fallback although all hosts were down")
	}
	for _, h := range all {
		h.set(good)
	}
	for fallback := true; fallback && !t.Failed(); {
		fallback = get(t, rt, urls[0]+path(0)).fallback
		time.Sleep(20 * time.Millisecond)
	}
	close(stop)
	clients.Wait()
}

func TestOneGoodHostIsEnoughWithoutACopy(t *testing.T) {
	right, wrong, pool := certificates(t)
	bad, fine := newChaosHost(t, right, wrong), newChaosHost(t, right, wrong)
	for m := refusing; m < modes; m++ {
		bad.set(m)
		rt := &Transport{
			Hosts:          []string{bad.url(), fine.url()},
			Base:           &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}},
			AttemptTimeout: 5 * time.Second, // enough on a busy machine
			Timeout:        time.Minute,
		}
		var clients sync.WaitGroup
		for i := range 10 {
			clients.Go(func() {
				path := fmt.Sprintf("/%d", i)
				r, err := do(t, rt, request(t, "GET", bad.url()+path))
				if err != nil || r.body != content(path) || r.fallback {
					t.Errorf("mode %d: %v", m, err)
				}
			})
		}
		clients.Wait()
		rt.CloseIdleConnections()
	}
}
