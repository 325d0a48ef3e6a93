package vault

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"larder/corecache"
	"larder/httpcache"
	"larder/surrogate"
)

// note is what a place remembers of the last copy that it wrote for a key. It
// is kept in the cache under the answer's own surrogate keys, so that a purge
// takes it away too and what is fetched then is copied at once.
type note struct {
	// content names what was copied.
	content string
	// confirmed says that a hit has shown it to be untouched by purges.
	confirmed bool
}

const (
	plainMark     = "1"
	confirmedMark = "2"
)

// noContent is that of an answer of which there must be no copy.
const noContent = "none"

// content is the same for answers that need no new copy: those that differ in
// nothing, not even in their keys beside the entry's own.
func content(record *httpcache.StoredResponse) string {
	if forbids(record) {
		return noContent
	}
	keys := slices.DeleteFunc(slices.Clone(record.Keys), func(key string) bool { return key == surrogate.EntryKey(record.ID) })
	slices.Sort(keys)
	return strings.Join([]string{
		strconv.Itoa(record.Status), record.Header.Get("Etag"), record.Header.Get("Location"),
		strconv.FormatUint(keyHash(strings.Join(keys, " ")), 16),
	}, " ")
}

func noteKey(name string) []byte { return []byte("larder-vault\n" + name) }

// readNote returns the note on a copy. An unreadable one is none: the copy is
// then written once more.
func (v *Vault) readNote(name string) (note, bool) {
	found, err := v.notes.Lookup(noteKey(name), corecache.LookupOptions{})
	if err != nil {
		return note{}, false
	}
	stale := found.Stale() // soft-purged
	text, err := found.UserMetadata()
	if closeErr := found.Close(); stale || err != nil || closeErr != nil || len(text) == 0 {
		return note{}, false
	}
	return note{content: string(text[1:]), confirmed: string(text[:1]) == confirmedMark}, true
}

func (v *Vault) writeNote(name string, n note, ttl time.Duration, surrogateKeys []string) error {
	mark := plainMark
	if n.confirmed {
		mark = confirmedMark
	}
	w, err := v.notes.Insert(noteKey(name), corecache.WriteOptions{
		TTL:           ttl,
		HasLength:     true,
		SurrogateKeys: surrogateKeys,
		UserMetadata:  []byte(mark + n.content),
	})
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return fmt.Errorf("note a copy: %w", err)
	}
	return nil
}
