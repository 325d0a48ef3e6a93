package surrogate

import "strconv"

const (
	// maxSteps bounds the keys that one body can make or fail to make. Of so many,
	// most are folded into buckets anyway, which are all taken then.
	maxSteps = 8_000
	// maxKeyBytes bounds the total length of a body's keys, as they are written
	// in it. All keys of an entry share [MaxTotal].
	maxKeyBytes = 256 << 10
	// maxDepth bounds how deep items are looked for.
	maxDepth = 64
)

// matcher makes the keys of the items that [scan] finds.
type matcher struct {
	body []byte
	// frames are the objects and arrays around the value being read, as far as
	// the rules reach into them; depth is the index of the innermost one. The
	// first frame is around the body. depth is negative once the search has ended.
	frames [maxDepth + 1]frame
	depth  int
	// values of the slots. Places that share a slot do not nest, so an item's
	// values stay until it ends.
	values []span
	// found are the keys, as parts of text. Places for an item's keys are
	// reserved when it begins, so that they come before those of the items inside
	// it; a place stays empty if its key is not made.
	found []extent
	text  []byte
	// steps and keyBytes are what remains of the bounds. exceeded says that one
	// was exceeded, and that nothing more is searched for keys.
	steps, keyBytes int
	exceeded        bool
	// items says that there was an item, emptyList that there was an empty array
	// where an item could have been.
	items, emptyList bool
	scratch          []byte
}

// frame is an object or an array of the body.
type frame struct {
	*state
	object bool
	// element is the number of an array's next element.
	element int
	// keys is the index of the item's first key in matcher.found.
	keys int
}

// extent is a part of matcher.text.
type extent struct{ start, end int }

func newMatcher(rules Rules, path func(variable string) (string, bool), body []byte) *matcher {
	c := compiler{path: path}
	root := c.tree(rules)
	m := &matcher{body: body, steps: maxSteps, keyBytes: maxKeyBytes, values: make([]span, c.slots+1)}
	m.frames[0].state = &state{element: lazyState{nodes: []*node{root}}}
	return m
}

// keys returns what was found.
func (m *matcher) keys() []string {
	text := string(m.text)
	var keys []string
	for _, key := range m.found {
		if key.end > key.start {
			keys = append(keys, text[key.start:key.end])
		}
	}
	return keys
}

// open begins an object or an array in a state.
func (m *matcher) open(at *state, object bool) {
	if m.depth == maxDepth {
		m.exceed()
		return
	}
	m.depth++
	f := &m.frames[m.depth]
	f.state, f.object, f.element, f.keys = at, object, 0, len(m.found)
	if object {
		m.begin(at)
	}
}

// close ends the innermost frame.
func (m *matcher) close() {
	f := &m.frames[m.depth]
	m.depth--
	if f.object {
		m.expand(f.state, f.keys)
	}
}

// emptyArray records an array without elements.
func (m *matcher) emptyArray(at *state) {
	if at.element.nodes != nil {
		m.emptyList = true
	}
}

// scalar records a string or a number.
func (m *matcher) scalar(at *state, value span) {
	keys := len(m.found)
	m.begin(at)
	for _, slot := range at.values {
		m.values[slot] = value
	}
	m.expand(at, keys)
}

// boolean records true or false: it may be an item, but identifies none.
func (m *matcher) boolean(at *state) {
	keys := len(m.found)
	m.begin(at)
	m.expand(at, keys)
}

// begin begins an item, if there is one in this state.
func (m *matcher) begin(at *state) {
	if len(at.templates) == 0 {
		return
	}
	m.items = true
	if m.steps -= len(at.templates); m.steps < 0 {
		m.exceed()
		return
	}
	for _, slot := range at.slots {
		m.values[slot] = span{}
	}
	for range at.templates {
		m.found = append(m.found, extent{})
	}
}

// expand ends an item: it makes its keys, in the places reserved from index keys
// on.
func (m *matcher) expand(at *state, keys int) {
	for i, t := range at.templates {
		if m.exceeded {
			return
		}
		m.found[keys+i] = m.key(t)
	}
}

// key expands a template. The extent is empty if a variable has no value.
func (m *matcher) key(t slotted) extent {
	length := 0
	for _, p := range t {
		n := len(p.text)
		if p.slot != noSlot {
			n = m.values[p.slot].end - m.values[p.slot].start
		}
		if n == 0 {
			return extent{}
		}
		length += n
	}
	if m.keyBytes -= length; m.keyBytes < 0 {
		m.exceed()
		return extent{}
	}
	start := len(m.text)
	for _, p := range t {
		if p.slot == noSlot {
			m.text = append(m.text, p.text...)
		} else {
			m.text = m.appendSpan(m.text, m.values[p.slot])
		}
	}
	return extent{start, len(m.text)}
}

func (m *matcher) appendSpan(to []byte, s span) []byte {
	if s.escaped {
		return appendUnescaped(to, m.body[s.start:s.end])
	}
	return append(to, m.body[s.start:s.end]...)
}

// exceed ends the search: with a negative depth no frame matches any more.
func (m *matcher) exceed() {
	m.exceeded, m.depth = true, -1
}

// element returns the state of the next element of the innermost frame.
func (m *matcher) element() *state {
	f := &m.frames[m.depth]
	if len(f.numbers) > 0 {
		m.scratch = strconv.AppendInt(m.scratch[:0], int64(f.element), 10)
		f.element++
		if known := find(f.numbers, m.scratch); known != nil {
			return known.get(m)
		}
	}
	return f.state.element.get(m)
}

// maxEscapedName is the longest name with escapes, in bytes, that is compared with
// those of the rules: an escape of six bytes stands for one at least.
const maxEscapedName = len(`\u0000`) * MaxKey

// member returns the state of a member of the innermost frame.
func (m *matcher) member(name span) *state {
	in, text := m.frames[m.depth].state, m.body[name.start:name.end]
	if name.escaped && len(in.members) > 0 && len(text) <= maxEscapedName {
		m.scratch = appendUnescaped(m.scratch[:0], text)
		text = m.scratch
	}
	next := find(in.members, text)
	if next == nil {
		next = &in.others
	}
	at := next.get(m)
	if at != nil {
		for _, slot := range at.names {
			m.values[slot] = name
		}
	}
	return at
}
