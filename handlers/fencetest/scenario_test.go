//go:build !race

package fencetest

import (
	"strings"
	"time"

	"larder/config"
)

// scenario is a small world in which a purge may be undone.
type scenario struct {
	name   string
	config *config.Config
	// posts are the paths of the content, and lists have the paths of the posts
	// that they show.
	posts []string
	lists map[string][]string
	// prepare brings the world into the state in which the actors enter.
	prepare func(*world)
	plays   []play
	// finally looks at the world when all actors are done.
	finally  func(*world)
	origin   originMode
	delivery purgeDelivery
	// late is how many of the pauses between a purge and its repetitions a
	// message may outlast.
	late int
	// oneByOne says that the host purges a key's objects one by one, its leases
	// last, which is the worst order. Elsewhere it purges them all at once.
	oneByOne bool
	// needs says what the scenario does not hold without.
	needs protection
	// overLimits says that a limit of limits_test.go is exceeded.
	overLimits bool
	long       bool
}

// protection is what keeps purges from being undone.
type protection uint8

const (
	fence protection = 1 << iota
	quietPeriod
	secondPass
)

func (p protection) has(one protection) bool { return p&one != 0 }

const (
	post1 = "/posts/tea/"
	post2 = "/posts/mint/"
)

const (
	soft = false
	hard = true
)

func reader(name string) play { return readerOf(name, post1) }

func readerOf(name, path string) play {
	return play{name, func(w *world) { w.get(path) }}
}

func editor(name string, hard ...bool) play { return editorOf(name, post1, hard...) }

func editorOf(name, path string, hard ...bool) play {
	return play{name, func(w *world) {
		for _, h := range hard {
			w.edit(path, h)
		}
	}}
}

// pass lets time pass.
func pass(d time.Duration) play {
	return play{"time", func(w *world) {
		w.pause(step{what: d.String() + " pass", ready: w.idle})
		w.now = w.now.Add(d)
	}}
}

// idle reports whether all actors wait for something slow or have not begun.
// Time passes only then: the cache takes none worth mentioning.
func (w *world) idle() bool {
	for _, a := range w.actors {
		if a != nil && a.begun && !a.done && !a.pending.slow {
			return false
		}
	}
	return true
}

// cached stores the post and lets time pass.
func cached(age time.Duration) func(*world) {
	return func(w *world) {
		w.get(post1)
		w.now = w.now.Add(age)
	}
}

// edited has an old entry that an edit has purged.
func edited(w *world) {
	cached(time.Minute)(w)
	w.edit(post1, soft)
}

// purgedOnly has a purged entry that is still current, so that validating it
// succeeds.
func purgedOnly(w *world) {
	cached(time.Minute)(w)
	w.purge(atEdge, post1, w.posts[post1].version, soft)
}

// absent has a stored 404 instead of the post.
func absent(w *world) {
	w.posts[post1].gone = true
	cached(time.Minute)(w)
}

// file has an hour of freshness, a minute of stale-while-revalidate and a day
// of stale-if-error. Purges are not repeated.
const file = `{
  "origins": [{"name": "primary", "host": "api.example"}],
  "purge": {"repeat": []},
  "lifetimes": {"ttl": "1h", "stale_while_revalidate": "1m", "stale_if_error": "1d", "not_found_ttl": "30s"},
  "routes": [
    {"name": "post", "path": "/posts/{slug}/", "keys": ["post:{slug}"], "items": [{"each": "data", "keys": ["post:{slug}"]}]},
    {"name": "list", "path": "/lists/{name}/", "keys": ["list:{name}"], "items": [{"each": "data", "keys": ["post:{slug}"]}]}
  ]
}`

// repeating is a file with repetitions after pauses, such as `"3s"`.
func repeating(file, pauses string) string {
	return strings.Replace(file, `"repeat": []`, `"repeat": [`+pauses+`]`, 1)
}

func mustParse(file string) *config.Config {
	c, err := config.Parse([]byte(file))
	if err != nil {
		panic(err) // the scenarios cannot be played
	}
	return c
}

// withDefaults completes scenarios of one POP.
func withDefaults(all []*scenario) []*scenario {
	for _, s := range all {
		if s.config == nil {
			s.config = mustParse(file)
		}
		if s.posts == nil {
			s.posts = []string{post1}
		}
	}
	return all
}
