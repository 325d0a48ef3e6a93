package vault

import (
	"strconv"
	"time"

	"larder/corecache"
	"larder/httpcache"
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

// content is the same for answers that need no new copy.
func content(record *httpcache.StoredResponse) string {
	return strconv.Itoa(record.Status) + " " + record.Header.Get("Etag") + " " + record.Header.Get("Location")
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
	if err != nil {
		return err
	}
	return w.Close()
}
