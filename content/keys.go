package content

import (
	"errors"
	"net/http"
	"slices"

	"larder/httpcache"
	"larder/surrogate"
)

// tagger finds the surrogate keys of answers to a request.
type tagger struct{ *request }

// answerKeys are the surrogate keys of a new answer, the coarse ones first: the
// request's, the origin's own, and those of the items in the body. An answer
// whose keys are not all known, or that has items but none of their keys, has
// every bucket key, so that a purge of any key reaches it.
func (t tagger) answerKeys(f *fetched, ins inspection) []string {
	set, complete := t.requestKeys()
	addHeaderKeys(set, f.resp.Header)
	set.Add(ins.items...)
	unread := !t.Route.Items.Empty() && f.resp.Remainder != nil
	if !complete || unread || ins.unread != nil {
		set.AddAllBuckets()
	}
	if errors.Is(ins.unread, surrogate.ErrNoKeys) {
		t.Route.warnUntagged.Do(func() {
			t.Log("route %q: the answer for %s has none of the keys of \"items\": every purge refreshes it", t.Route.Name, t.Resource.Path)
		})
	}
	t.addServiceKeys(set)
	set.AddService(surrogate.EntryKey(f.id))
	return set.Keys()
}

// requestKeys are the keys that follow from the request alone.
func (t tagger) requestKeys() (set *surrogate.Set, complete bool) {
	set = surrogate.NewSet(t.Resource.Tenant.Prefix())
	switch {
	case t.Resource.Tenant.ID != "":
		set.AddService(t.Resource.Tenant.Prefix() + surrogate.AllKey)
	case t.Config.Tenant != nil:
		set.AddService(surrogate.AnonymousKey)
	}
	complete = t.Resource.AddKeys(set, t.Route.Route)
	return set, complete
}

func (t tagger) addServiceKeys(set *surrogate.Set) {
	set.AddService(surrogate.AllKey)
	set.AddService(surrogate.URLKey(t.Resource.URLHash()))
}

// expectedKeys are those that the next answer is expected to have: what the
// last one had, or what the request gives.
func (t tagger) expectedKeys(previous *entry) []string {
	if previous != nil {
		own := surrogate.EntryKey(previous.record.ID)
		return slices.DeleteFunc(slices.Clone(previous.record.Keys), func(key string) bool { return key == own })
	}
	set, _ := t.requestKeys()
	t.addServiceKeys(set)
	return set.Keys()
}

// validatedKeys are those of an entry that a 304 has validated: what the entry
// had, under the name of the new one, and what the 304 adds.
func (t tagger) validatedKeys(previous *entry, f *fetched) []string {
	set := surrogate.NewSet(t.Resource.Tenant.Prefix())
	set.Carry(renameEntryKey(previous.record.Keys, previous.record.ID, f.id)...)
	addHeaderKeys(set, f.resp.Header)
	return set.Keys()
}

// joinedKeys are those of two parts: a purge of either is one of the whole.
func (t tagger) joinedKeys(e *entry, f *fetched) []string {
	set := surrogate.NewSet(t.Resource.Tenant.Prefix())
	set.Carry(renameEntryKey(e.record.Keys, e.record.ID, f.id)...)
	set.Carry(f.record.Keys...)
	return set.Keys()
}

// addHeaderKeys adds the keys that the origin itself gives.
func addHeaderKeys(set *surrogate.Set, header http.Header) {
	for _, name := range [...]string{"Surrogate-Key", "Xkey", "X-Cache-Tags"} {
		set.Add(surrogate.SpaceSeparated(header[name])...)
	}
	set.Add(surrogate.CommaSeparated(header["Cache-Tag"])...)
	set.Add(httpcache.CacheGroups(header)...)
}

// renameEntryKey exchanges the key of the entry itself.
func renameEntryKey(keys []string, old, id string) []string {
	renamed := make([]string, len(keys))
	for i, key := range keys {
		if renamed[i] = key; key == surrogate.EntryKey(old) {
			renamed[i] = surrogate.EntryKey(id)
		}
	}
	return renamed
}
