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
	// shards is how many logs a tenant has. With the copy, the service's log,
	// the URL's and one retry, a read stays within [MaxLoadCalls].
	shards = 6
	// maxLogged is the most keys that a log names.
	maxLogged = 4096
	// serviceLog holds keys that belong to the service, not to a tenant.
	serviceLog = "purges/service"
	// urlLogs begins the names of the logs of URLs that requests through the
	// edge have changed. Each URL has its own: a log that is full makes all of
	// its copies count as purged, and any client may fill one.
	urlLogs = "purges/url/"
)

// logName is the KV key of the log of a surrogate key, given as entries carry
// it. A key and its bucket share a log.
func logName(prefix, key string) string {
	if hash, ok := strings.CutPrefix(key, surrogate.URLKey("")); ok && isURLHash(hash) {
		return urlLogs + hash
	}
	if surrogate.IsService(key) {
		return serviceLog
	}
	bucket := strings.TrimPrefix(key, prefix)
	if !isBucket(bucket) {
		bucket = surrogate.Bucket(key)
	}
	n, _ := strconv.ParseUint(bucket[1:], 16, 8) // cannot fail: two hex digits
	sum := sha256.Sum256([]byte(prefix))
	return fmt.Sprintf("purges/%s/%d", hex.EncodeToString(sum[:16]), n%shards)
}

// isURLHash reports whether this can be a URL's hash (resource.URLHash). A
// purge may name any key, and a KV key is short.
func isURLHash(hash string) bool {
	return hash != "" && len(hash) <= 32 && strings.Trim(hash, "-_0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

func isBucket(key string) bool {
	return len(key) == 3 && key[0] == '~' && strings.Trim(key[1:], "0123456789abcdef") == ""
}

// keyHash stands for a surrogate key in a log. If two keys shared a hash, a
// purge of one would cover the other too.
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

// covers reports whether a purge may be later than the content of a copy that
// was current at a time.
func covers(purge uint64, current time.Time) bool {
	known := current.Add(-Margin).UnixMicro()
	return purge > 0 && (known < 0 || purge >= uint64(known))
}

// purgeLog is a log in memory.
type purgeLog struct {
	// floor holds for every key: purges that were dropped to keep the log
	// small are not later than it.
	floor  times
	logged []loggedKey // ascending by hash
}

// loggedKey is a surrogate key's latest purges.
type loggedKey struct {
	hash uint64
	times
}

func byHash(a, b loggedKey) int { return cmp.Compare(a.hash, b.hash) }

// of returns the latest purges of a key.
func (l *purgeLog) of(hash uint64) times {
	i, found := l.find(hash)
	if !found {
		return l.floor
	}
	return l.logged[i].and(l.floor)
}

func (l *purgeLog) find(hash uint64) (int, bool) {
	return slices.BinarySearchFunc(l.logged, loggedKey{hash: hash}, byHash)
}

// add adds a purge and reports whether the log has changed.
func (l *purgeLog) add(k loggedKey) bool {
	if known := l.of(k.hash); known.and(k.times) == known {
		return false
	}
	i, found := l.find(k.hash)
	if found {
		l.logged[i].times = l.logged[i].and(k.times)
	} else {
		l.logged = slices.Insert(l.logged, i, k)
	}
	return true
}

// trim drops purges from before a time, which no copy is older than. If too
// many are left it drops soft ones first, because their floor deletes nothing,
// and the oldest first.
func (l *purgeLog) trim(before time.Time) {
	oldest := uint64(max(0, before.UnixMicro()))
	l.logged = slices.DeleteFunc(l.logged, func(k loggedKey) bool {
		old := k.latest() < oldest
		if old {
			l.floor = l.floor.and(k.times)
		}
		return old
	})
	surplus := len(l.logged) - maxLogged
	if surplus <= 0 {
		return
	}
	slices.SortFunc(l.logged, func(a, b loggedKey) int {
		return cmp.Or(cmp.Compare(min(a.hard, 1), min(b.hard, 1)), cmp.Compare(a.latest(), b.latest()))
	})
	for _, k := range l.logged[:surplus] {
		l.floor = l.floor.and(k.times)
	}
	l.logged = l.logged[surplus:]
	slices.SortFunc(l.logged, byHash)
}

// The format of a log: a version byte; the floor's soft and hard time; then
// hash, soft and hard time of each key, ascending by hash. All numbers have 8
// bytes, big-endian.
const (
	logVersion = 1
	floorSize  = 16
	keySize    = 24
)

func (l *purgeLog) encode() []byte {
	b := make([]byte, 0, 1+floorSize+keySize*len(l.logged))
	b = append(b, logVersion)
	b = binary.BigEndian.AppendUint64(b, l.floor.soft)
	b = binary.BigEndian.AppendUint64(b, l.floor.hard)
	for _, k := range l.logged {
		b = binary.BigEndian.AppendUint64(b, k.hash)
		b = binary.BigEndian.AppendUint64(b, k.soft)
		b = binary.BigEndian.AppendUint64(b, k.hard)
	}
	return b
}

// decodeLog reads a log. Errors wrap errUnreadable.
func decodeLog(b []byte) (*purgeLog, error) {
	if len(b) < 1+floorSize || b[0] != logVersion || (len(b)-1-floorSize)%keySize != 0 {
		return nil, fmt.Errorf("%w: not a log of version %d", errUnreadable, logVersion)
	}
	number := binary.BigEndian.Uint64
	l := &purgeLog{floor: times{number(b[1:]), number(b[9:])}}
	b = b[1+floorSize:]
	l.logged = make([]loggedKey, 0, len(b)/keySize)
	for ; len(b) > 0; b = b[keySize:] {
		k := loggedKey{number(b), times{number(b[8:]), number(b[16:])}}
		if n := len(l.logged); n > 0 && l.logged[n-1].hash >= k.hash {
			return nil, fmt.Errorf("%w: log out of order", errUnreadable)
		}
		l.logged = append(l.logged, k)
	}
	return l, nil
}
