package hook

import (
	"fmt"
	"slices"

	"larder/config"
	"larder/surrogate"
)

// action is what happened to an item.
type action uint8

const (
	ignored action = iota
	// published: the item can be read from now on, or lists may show it in
	// other places.
	published
	// edited: the item was changed, and lists that select or order may show it
	// in other places.
	edited
	// removed: the item was deleted or unpublished.
	removed
	// everything may have changed.
	everything
)

// event is something that a webhook reports.
type event struct {
	// name is the provider's word for it.
	name   string
	action action
	// reason is why it is ignored.
	reason string
	// kind is the type of the item.
	kind string
	item item
	// before is the item before the event; nil if the provider does not say.
	before *item
	// refers are other items, of any type, that may show the item from now on.
	refers []item
	// tags are keys that the provider itself gives, which are purged softly.
	tags []string
}

// ignore returns an event that purges nothing.
func ignore(name, reason string) event { return event{name: name, reason: reason} }

// one returns the only event of a webhook.
func one(e event) []event { return []event{e} }

// Purge is what a webhook purges.
type Purge struct {
	// Soft and Hard are keys as content names them, without a tenant's prefix;
	// each once.
	Soft, Hard []string
	// All says that everything is purged, softly: because the event may concern
	// everything, or too many keys.
	All bool
	// Ignored are the events that purge nothing.
	Ignored []Ignored
}

// Empty reports whether nothing is purged.
func (p *Purge) Empty() bool { return !p.All && len(p.Soft)+len(p.Hard) == 0 }

// Ignored is an event that purges nothing, and why.
type Ignored struct {
	Event  string `json:"event"`
	Reason string `json:"reason"`
}

// maxIgnored is how many ignored events an answer names.
const maxIgnored = 16

// mapping collects what events purge:
//
//	published  the item and its lists, softly
//	edited     the item and its filtered lists, softly
//	removed    the item hard, its lists softly
//	renamed    also the keys that the item had before, hard, and its lists softly
//	moved      also the lists that showed it before, softly
//	refers     also what it refers to, softly
//
// A response that embeds an item carries the item's key.
type mapping struct {
	content, standard []config.HookContent
	soft, hard        keySet
	all               bool
	ignored           []Ignored
}

// add adds an event. More soft keys than [MaxKeys] are everything. Its error is
// [problemTooLarge], if so much is to be removed.
func (m *mapping) add(e event) error {
	switch {
	case e.action == everything:
		m.all = true
	case len(e.tags) > 0:
		m.soft.add(e.tags...)
	case e.action == ignored:
		m.ignore(e.name, e.reason)
	default:
		m.addItem(e)
	}
	if m.soft.len() > MaxKeys {
		m.soft, m.all = keySet{}, true
	}
	if m.hard.len() > MaxKeys {
		return problemTooLarge.WithDetail(fmt.Sprintf("It purges more than %d keys hard.", MaxKeys))
	}
	return nil
}

func (m *mapping) addItem(e event) {
	keys, ok := m.keysOf(e.kind)
	if !ok {
		m.ignore(e.name, fmt.Sprintf("the hook's content has no keys for the type %q", e.kind))
		return
	}
	own, lists := expand(keys.Item, e.item), expand(keys.Lists, e.item)
	if len(own)+len(lists) == 0 {
		m.ignore(e.name, "it lacks the members that the keys of its type need")
		return
	}
	into := &m.soft
	if e.action == removed {
		into = &m.hard
	}
	into.add(own...)
	if any, ok := m.keysOf(config.AnyType); ok {
		for _, other := range e.refers {
			m.soft.add(expand(any.Item, other)...)
		}
	}
	renamed := false
	if e.before != nil {
		old := without(expand(keys.Item, *e.before), own)
		renamed = len(old) > 0
		m.hard.add(old...)
		m.soft.add(without(expand(keys.Lists, *e.before), lists)...)
	}
	if e.action == edited && !renamed {
		for _, list := range lists {
			m.soft.add(surrogate.Filtered(list))
		}
		return
	}
	m.soft.add(lists...)
}

// keysOf returns the keys of a type: larder.json's for it, then larder.json's
// for any, then the provider's.
func (m *mapping) keysOf(kind string) (config.HookContent, bool) {
	for _, table := range [...][]config.HookContent{m.content, m.standard} {
		for _, name := range [...]string{kind, config.AnyType} {
			for _, t := range table {
				if t.Type == name {
					return t, true
				}
			}
		}
	}
	return config.HookContent{}, false
}

func (m *mapping) ignore(name, reason string) {
	if i := (Ignored{Event: name, Reason: reason}); !slices.Contains(m.ignored, i) && len(m.ignored) < maxIgnored {
		m.ignored = append(m.ignored, i)
	}
}

func (m *mapping) purge() *Purge {
	p := &Purge{Hard: m.hard.keys, All: m.all, Ignored: m.ignored}
	for _, key := range m.soft.keys {
		if !m.hard.has(key) {
			p.Soft = append(p.Soft, key)
		}
	}
	return p
}

// expand returns the keys whose variables an item has.
func expand(templates []surrogate.Template, of item) []string {
	var keys []string
	for _, t := range templates {
		if key, ok := t.Expand(of.variable); ok {
			keys = append(keys, key)
		}
	}
	return keys
}

// without returns the keys that are not among others.
func without(keys, others []string) []string {
	return slices.DeleteFunc(keys, func(key string) bool { return slices.Contains(others, key) })
}

// keySet holds keys in the order in which they were added.
type keySet struct {
	keys []string
	seen map[string]bool
}

func (s *keySet) add(keys ...string) {
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	for _, key := range keys {
		if !s.seen[key] {
			s.seen[key] = true
			s.keys = append(s.keys, key)
		}
	}
}

func (s *keySet) has(key string) bool { return s.seen[key] }

func (s *keySet) len() int { return len(s.keys) }
