// Package hook turns the webhook of a CMS into the keys to purge.
//
// [Receive] is where to start. It authenticates a request as its provider does,
// reads from the body what happened to which items, and looks up their keys. Each
// provider has a file: how it authenticates, what its events mean, and the keys of
// its content if larder.json gives none. The purges that follow from an event are
// the same for all providers, and are in event.go.
//
// Nothing here remembers a request, so a webhook that is sent again within its
// tolerance is carried out again. That is harmless: keys are purged, and no
// content comes from a webhook. For the same reason the order of webhooks does
// not matter.
//
// The package takes values and returns values; it makes no host calls. Bodies
// are hostile until they are authenticated, and may be malformed after that.
// Their depth and the members that are read are bounded, and a body with ambiguous
// members is refused.
package hook

import (
	"errors"
	"net/http"
	"time"

	"larder/config"
	"larder/problem"
)

// Request is a webhook as it was received.
type Request struct {
	Method string
	// Path and Query are those of the URL, as the client encoded them.
	Path, Query string
	Header      http.Header
	Body        []byte
}

// MaxKeys is the most keys of either kind that a webhook purges one by one: no fewer
// than one request can purge (package purge).
const MaxKeys = 1000

var (
	problemRefused  = problem.New("hook-refused", http.StatusForbidden, "The webhook is not authenticated as the CMS's own.")
	problemBody     = problem.New("bad-hook", http.StatusBadRequest, "The body of the webhook is not valid.")
	problemTooLarge = problem.New("hook-too-large", http.StatusRequestEntityTooLarge, "The webhook is too large.")
)

// Receive returns what a webhook purges. Any of the secrets authenticates it;
// without secrets every webhook is refused. Every error is a problem, and then
// nothing is purged.
func Receive(hook *config.Hook, secrets []string, r *Request, now time.Time) (*Purge, error) {
	from := providerOf(hook.Provider)
	if err := from.authenticate(&authentication{hook: hook, secrets: secrets, request: r, now: now}); err != nil {
		return nil, err
	}
	doc, err := parse(r.Body)
	if err != nil {
		return nil, err
	}
	events := from.events(hook, r, doc)
	m := mapping{content: hook.Content, standard: from.content}
	for _, e := range events {
		if err := m.add(e); err != nil {
			return nil, err
		}
	}
	if doc.err != nil {
		return nil, doc.err
	}
	return m.purge(), nil
}

// Refused reports whether an error of [Receive] means that the webhook did not
// authenticate.
func Refused(err error) bool { return errors.Is(err, problemRefused) }

// provider describes one kind of CMS.
type provider struct {
	authenticate func(*authentication) error
	// events returns the events in a body. Mistakes in the body set the
	// document's error.
	events func(*config.Hook, *Request, *document) []event
	// content has the keys of types that larder.json does not list.
	content []config.HookContent
}

func providerOf(name string) provider {
	switch name {
	case "buttercms":
		return butterCMS
	case "contentful":
		return contentful
	case "datocms":
		return datoCMS
	case "directus":
		return directus
	case "ghost":
		return ghost
	case "sanity":
		return sanity
	case "strapi":
		return strapi
	case "wordpress":
		return wordPress
	default:
		return generic
	}
}
