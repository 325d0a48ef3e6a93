package handlers

import (
	"errors"
	"fmt"
	"net/http"

	"larder/httpcache"
	"larder/origin"
	"larder/surrogate"
)

// checked is what is known of an answer's content.
type checked struct {
	resp *origin.Response
	// items are the keys of the items in its body, and unread says why they
	// are not all.
	items  []string
	unread error
	fault  error
}

// accept says whether an answer is good enough not to ask another origin. What
// the shield has only for an outage is taken in once it is needed.
func (k *ask) accept(f *fetched, resp *origin.Response) error {
	err := k.usable(f, resp)
	if err != nil || resp.Stale() {
		return err
	}
	return k.gather(f, resp)
}

// asked is the request as the origin gets it: a GET where the client sent HEAD.
func (k *ask) asked() *httpcache.Request {
	request := k.request
	if request.Method == http.MethodHead {
		request.Method = http.MethodGet
	}
	return &request
}

// usable says whether an answer makes sense: one that does not is as good as
// none, and another origin may have a better one. An origin's failures are not
// meant, which their status shows.
func (k *ask) usable(f *fetched, resp *origin.Response) error {
	if f.checked.resp == resp {
		return f.checked.fault
	}
	c := checked{resp: resp}
	switch {
	case resp.Status < 200 || resp.Status > 599:
		c.fault = fmt.Errorf("%w; status %d", errFrame, resp.Status)
	case resp.Status == http.StatusNotModified && !f.conditional:
		c.fault = fmt.Errorf("%w; 304 to an unconditional request", errFrame)
	case resp.Status == http.StatusPartialContent && !f.ranged:
		c.fault = fmt.Errorf("%w; 206 to a request for the whole", errFrame)
	case k.hasItems(resp):
		c.items, c.unread = k.route.Items.Keys(resp.Body, func(variable string) (string, bool) {
			return k.resource.Variable(k.route.Route, variable)
		})
		if errors.Is(c.unread, surrogate.ErrNotJSON) && k.policy.TTL.Valid {
			c.fault = fmt.Errorf("%w; %w", errBody, c.unread)
		}
	}
	f.checked = c
	return c.fault
}

// hasItems reports whether the body is to be read for the keys of its items.
func (k *ask) hasItems(resp *origin.Response) bool {
	if k.route.Items.Empty() || resp.Remainder != nil {
		return false
	}
	return resp.Status == http.StatusOK || resp.Status == http.StatusNonAuthoritativeInfo
}

// streams reports whether an answer goes to the client as it comes: one of
// unknown length that is not kept anyway, and of which nothing has to be
// checked, may have no end.
func (k *ask) streams(header http.Header) bool {
	if mediaType(header) == eventStream {
		return true
	}
	if k.policy.TTL.Valid && !k.route.Items.Empty() || announcedLength(header) >= 0 {
		return false
	}
	_, why := httpcache.Plan(k.asked(), &httpcache.Response{Status: http.StatusOK, Header: header}, k.policy)
	return why == httpcache.NotStoredNoStore || why == httpcache.NotStoredPrivate
}

// eventStream is the type of a body that has no end (the HTML standard,
// «Server-sent events»).
const eventStream = "text/event-stream"
