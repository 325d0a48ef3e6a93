package vault

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"larder/surrogate"
)

const (
	// shards is how many logs a tenant has, beside the service's own: with
	// the copy and one second try a read stays within [MaxLoadCalls].
	shards = 6
	// maxNoted is how many keys a log names.
	maxNoted = 4096
	// serviceLog notes keys that belong to the service and not to a tenant.
	serviceLog = "purges/service"
	// urlLogs begin the names of those that note the URLs that requests through
	// the edge have changed. They are many, because everybody who may write
	// fills them.
	urlLogs = "purges/url/"
	// serviceKeys begin so; see package surrogate.
	serviceKeys = "larder-"
)

// logName is the KV key of the log that notes a surrogate key, given as
// entries carry it. A key and its bucket share a log, and so do all keys of one
// URL.
func logName(prefix, key string) string {
	if hash, ok := strings.CutPrefix(key, surrogate.URLKey("")); ok && hash != "" {
		return urlLogs + hash[:1]
	}
	if strings.HasPrefix(key, serviceKeys) {
		return serviceLog
	}
	bucket := key
	if !isBucket(strings.TrimPrefix(key, prefix)) {
		bucket = surrogate.Bucket("", key)
	}
	n, err := strconv.ParseUint(bucket[len(bucket)-2:], 16, 8)
	if err != nil {
		n = 0 // not a bucket's name; any log will do that is always the same
	}
	sum := sha256.Sum256([]byte(prefix))
	return fmt.Sprintf("purges/%s/%d", hex.EncodeToString(sum[:16]), n%shards)
}

func isBucket(key string) bool {
	return len(key) == 3 && key[0] == '~' && strings.Trim(key[1:], "0123456789abcdef") == ""
}

// keyHash stands for a surrogate key in a log. Two keys that shared one would
// only supersede a little more than was purged.
func keyHash(key string) uint64 {
	sum := sha256.Sum256([]byte(key))
	return binary.BigEndian.Uint64(sum[:])
}

// times are the latest purges of something: microseconds since 1970, or zero.
type times struct{ soft, hard uint64 }

func (t times) latest() uint64 { return max(t.soft, t.hard) }

func (t times) and(u times) times {
	return times{soft: max(t.soft, u.soft), hard: max(t.hard, u.hard)}
}

// covers reports whether a purge at this time can have come after the moment
// at which a content was current.
func covers(purge uint64, current time.Time) bool {
	known := current.Add(-Margin).UnixMicro()
	return purge > 0 && (known < 0 || purge >= uint64(known))
}

// purgeLog is a log in memory.
type purgeLog struct {
	// floor holds for every key: what was dropped to keep the log small
	// happened at that time or before.
	floor times
	noted []noted // ascending by hash
}

type noted struct {
	hash uint64
	times
}

// of returns the latest purges of a key.
func (l *purgeLog) of(hash uint64) times {
	i, found := l.find(hash)
	if !found {
		return l.floor
	}
	return l.noted[i].and(l.floor)
}

func (l *purgeLog) find(hash uint64) (int, bool) {
	return slices.BinarySearchFunc(l.noted, hash, func(n noted, h uint64) int { return cmp.Compare(n.hash, h) })
}

// note adds a purge, and reports whether that is news.
func (l *purgeLog) note(hash uint64, t times) bool {
	if l.of(hash).and(t) == l.of(hash) {
		return false
	}
	i, found := l.find(hash)
	if found {
		l.noted[i].times = l.noted[i].and(t)
	} else {
		l.noted = slices.Insert(l.noted, i, noted{hash, t})
	}
	return true
}

// trim drops purges from before a time, and then as many as are too many: soft
// ones first, because their floor does not delete, and the oldest first.
func (l *purgeLog) trim(before time.Time) {
	oldest := uint64(max(0, before.UnixMicro()))
	l.noted = slices.DeleteFunc(l.noted, func(n noted) bool {
		old := n.latest() < oldest
		if old {
			l.floor = l.floor.and(n.times)
		}
		return old
	})
	surplus := len(l.noted) - maxNoted
	if surplus <= 0 {
		return
	}
	slices.SortFunc(l.noted, func(a, b noted) int {
		if soft := a.hard == 0; soft != (b.hard == 0) {
			if soft {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.latest(), b.latest())
	})
	for _, n := range l.noted[:surplus] {
		l.floor = l.floor.and(n.times)
	}
	l.noted = l.noted[surplus:]
	slices.SortFunc(l.noted, func(a, b noted) int { return cmp.Compare(a.hash, b.hash) })
}

// The format of a log: a version byte; the floor's soft and hard time; then
// hash, soft and hard time of each key, ascending by hash. All numbers have 8
// bytes, big-endian.
const (
	logVersion = 1
	floorSize  = 16
	notedSize  = 24
)

func (l *purgeLog) encode() []byte {
	b := make([]byte, 0, 1+floorSize+notedSize*len(l.noted))
	b = append(b, logVersion)
	b = binary.BigEndian.AppendUint64(b, l.floor.soft)
	b = binary.BigEndian.AppendUint64(b, l.floor.hard)
	for _, n := range l.noted {
		b = binary.BigEndian.AppendUint64(b, n.hash)
		b = binary.BigEndian.AppendUint64(b, n.soft)
		b = binary.BigEndian.AppendUint64(b, n.hard)
	}
	return b
}

// decodeLog reads a log. Errors wrap errUnreadable.
func decodeLog(b []byte) (*purgeLog, error) {
	if len(b) < 1+floorSize || b[0] != logVersion || (len(b)-1-floorSize)%notedSize != 0 {
		return nil, fmt.Errorf("%w: not a log of version %d", errUnreadable, logVersion)
	}
	number := binary.BigEndian.Uint64
	l := &purgeLog{floor: times{number(b[1:]), number(b[9:])}}
	b = b[1+floorSize:]
	l.noted = make([]noted, 0, len(b)/notedSize)
	for ; len(b) > 0; b = b[notedSize:] {
		n := noted{number(b), times{number(b[8:]), number(b[16:])}}
		if k := len(l.noted); k > 0 && l.noted[k-1].hash >= n.hash {
			return nil, fmt.Errorf("%w: log out of order", errUnreadable)
		}
		l.noted = append(l.noted, n)
	}
	return l, nil
}
