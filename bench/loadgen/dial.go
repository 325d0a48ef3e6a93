package loadgen

import (
	"context"
	"io"
	"net"
	"net/http"
	"slices"
	"time"
)

// Client returns an HTTP client whose connections acknowledge at once, for
// measurements that need more than [Run]: other methods, ranges, a fixed rate.
func Client(timeout time.Duration) *http.Client {
	var dialer net.Dialer
	return &http.Client{
		Timeout: timeout,
		Transport: &http.Transport{
			DisableCompression:  true,
			MaxIdleConnsPerHost: 256,
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
				connection, err := dialer.DialContext(ctx, network, address)
				if err != nil {
					return nil, err
				}
				quick, err := quickAcks(connection)
				if err != nil {
					return nil, err
				}
				return quickConn{connection, quick}, nil
			},
		},
	}
}

type quickConn struct {
	net.Conn
	quick io.Reader
}

func (c quickConn) Read(p []byte) (int, error) { return c.quick.Read(p) }

// Percentile returns the time that so many percent of all do not exceed, and 0
// for none. It sorts times.
func Percentile(times []time.Duration, percent int) time.Duration {
	if len(times) == 0 {
		return 0
	}
	slices.Sort(times)
	return quantile(times, percent)
}
