//go:build !wasip1

package origin

import (
	"testing"
	"time"
)

func FuzzDecodeCircuit(f *testing.F) {
	f.Add(circuit{}.encode())
	f.Add(circuit{}.failed(failure{time.UnixMilli(1_800_000_000_000), idOf("/"), time.Second}, testBreaker, 0).encode())
	f.Add(circuit{bad: []failure{{time.UnixMilli(1_800_000_000_000), idOf("/"), 0}}}.encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := decodeCircuit(data)
		if err != nil {
			return
		}
		if _, err := decodeCircuit(c.encode()); err != nil {
			t.Errorf("%+v cannot be read again: %v", c, err)
		}
	})
}
