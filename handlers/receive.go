package handlers

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"larder/corecache"
	"larder/httpcache"
	"larder/origin"
	"larder/surrogate"
)

// receive looks at an answer, and makes its record.
func (k *ask) receive(f *fetched, calm calm) {
	k.status.FwdStatus = f.resp.Status
	if k.fails(f.resp, f.previous) {
		f.err = fmt.Errorf("%w %d", errStatus, f.resp.Status)
		return
	}
	if f.err = k.usable(f, f.resp); f.err != nil {
		return
	}
	if f.err = k.gather(f, f.resp); f.err != nil {
		return
	}
	if f.halved == f.resp {
		f.err = errCache
		return
	}
	if f.resp.Shield == nil {
		k.forget(f.resp.Status)
	} else if f.err = k.fromShield(f, calm); f.err != nil {
		return
	}
	if f.resp.Status == http.StatusNotModified {
		k.freshen(f)
	} else {
		k.take(f)
	}
	if f.lost && f.keep {
		k.refuse(f, errCache.Error())
	}
	if f.resp.Stale() && f.record != nil {
		f.record.Detail = errStale.Error()
		k.status.Detail = f.record.Detail
		standIn(f.record)
	}
}

// freshen makes the record of an entry that the origin has validated. A 304 can
// also say that the entry is not to be kept any more.
func (k *ask) freshen(f *fetched) {
	record, ok := f.previous.record.Freshen(f.id, k.asked(), f.response(), f.policy)
	if !ok {
		f.err = fmt.Errorf("%w; 304 for another answer", errFrame)
		return
	}
	f.record, f.validated, f.keep, f.refusal = record, true, record.Detail == "", record.Detail
	record.Keys = k.keptKeys(f)
	k.dress(record.Header)
}

// take makes the record of a new answer.
func (k *ask) take(f *fetched) {
	request := k.asked()
	lifetimes, notStored := httpcache.Plan(request, f.response(), f.policy)
	f.keep = true
	told := k.policy
	if notStored != httpcache.Storable {
		k.refuse(f, notStored.String())
		// The operator's lifetimes are not for what is not kept: clients hear
		// what the origin says.
		told.TTL.Valid = false
	}
	f.record = httpcache.NewStoredResponse(f.id, request, f.response(), lifetimes, told)
	f.body = f.resp.Body
	if f.resp.Remainder != nil {
		// Whether a large part is all that it says cannot be known before it
		// is too late.
		if f.resp.Status == http.StatusPartialContent {
			k.refuse(f, httpcache.NotStoredRange.String())
		}
		length := announcedLength(f.resp.Header)
		if whole, ok := f.resp.Remainder.(gathered); ok {
			length = whole.length
		}
		if length > corecache.MaxBody {
			k.refuse(f, "too-large")
		}
		if k.streams(f.resp.Header) {
			k.refuse(f, "stream")
		}
		f.record.SetBody(length, "")
	} else {
		if !f.record.BodyFits(int64(len(f.body))) {
			k.refuse(f, "cut-short")
		}
		f.record.SetBody(int64(len(f.body)), ownETag(f))
	}
	if errors.Is(f.checked.unread, surrogate.ErrNotJSON) { // no purge of an item in it would find it
		k.refuse(f, "untagged")
	}
	f.record.Keys, f.record.Rules = k.keys(f), k.route.rules()
	k.dress(f.record.Header)
}

// refuse keeps an answer out of the cache, and says why. The first reason
// counts.
func (k *ask) refuse(f *fetched, why string) {
	f.keep = false
	if f.refusal == "" {
		f.refusal = why
		k.status.Detail = "not-stored; " + why
	}
}

// ownETag is the validator of an answer that came without one, so that
// clients always get their 304.
func ownETag(f *fetched) string {
	if f.resp.Header.Get("Etag") != "" || f.resp.Status != http.StatusOK {
		return ""
	}
	return httpcache.ETag(f.body)
}

// fails reports whether an answer's status makes it a failure. Where the origin
// speaks for itself, its errors are for the client, unless there is something
// better.
func (k *ask) fails(resp *origin.Response, previous *entry) bool {
	return k.app.config.Failures.Has(resp.Status) &&
		(k.policy.TTL.Valid || previous != nil && previous.use.StaleIfError)
}

// dress adds what the edge has to say to an answer's header.
func (k *ask) dress(header http.Header) {
	for _, name := range k.route.Headers {
		addVary(header, name)
	}
	// An origin that speaks for itself can ask for compression itself.
	if k.policy.TTL.Valid && compressible(header) {
		header["X-Compress-Hint"] = []string{"on"}
		addVary(header, "Accept-Encoding")
	}
}

// compressible reports whether the host should compress the answer for
// clients that can decompress it.
func compressible(header http.Header) bool {
	if header.Get("Content-Encoding") != "" || strings.Contains(header.Get("Cache-Control"), "no-transform") {
		return false
	}
	kind := mediaType(header)
	return strings.HasPrefix(kind, "text/") || strings.HasSuffix(kind, "json") || strings.HasSuffix(kind, "xml") ||
		kind == "application/javascript"
}

// mediaType is the content's type without its parameters, in lower case.
func mediaType(header http.Header) string {
	kind, _, _ := strings.Cut(header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(kind))
}

// announcedLength is the length that the header promises, or -1.
func announcedLength(header http.Header) int64 {
	if n, ok := origin.ContentLength(header); ok {
		return n
	}
	return -1
}
