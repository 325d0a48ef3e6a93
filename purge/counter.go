package purge

import "github.com/fastly/compute-sdk-go/erl"

// RateCounter is the [Counter] of Fastly's edge rate limiting. Each POP has its
// own. It may miss a tenth of the events, and counts those of other machines late.
type RateCounter string

var _ Counter = RateCounter("")

// Increment implements [Counter].
func (name RateCounter) Increment(entry string) error {
	return erl.OpenRateCounter(string(name)).Increment(entry, 1)
}

// LastMinute implements [Counter].
func (name RateCounter) LastMinute(entry string) (uint32, error) {
	return erl.OpenRateCounter(string(name)).LookupCount(entry, erl.CounterDuration60s)
}

// Rate implements [Counter].
func (name RateCounter) Rate(entry string) (uint32, error) {
	return erl.OpenRateCounter(string(name)).LookupRate(entry, erl.RateWindow10s)
}
