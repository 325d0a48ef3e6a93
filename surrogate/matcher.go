package surrogate

import "strconv"

const (
	// maxSteps bounds the keys that one body can make or fail to make. Of so many,
	// most are folded into buckets anyway, which are all taken then.
	maxSteps = 6_000
	// maxTries bounds how often an item of a rule with a "**" may fail to make a
	// key, as most of them do.
	maxTries = 50_000
	// maxKeyBytes bounds the total length of a body's keys, as they are written
	// in it. All keys of an entry share [MaxTotal].
	maxKeyBytes = 256 << 10
	// maxDepth bounds how deep items are looked for.
	maxDepth = 64
)

// matcher makes the keys of the items that [scan] finds.
type matcher struct {
	body []byte
	// made is how many states the body has needed so far. states has them by their
	// nodes; it is nil if no rule has a "**".
	made   int
	states map[string]*state
	// frames are the objects and arrays around the value being read, as far as
	// the rules reach into them; depth is the index of the innermost one. The
	// first frame is around the body. depth is negative once the search has ended.
	frames [maxDepth + 1]frame
	depth  int
	// names are those of the members on the way to the innermost frame.
	names [maxDepth + 1]span
	// values are the slots of the items being read, so many for each level: items
	// may nest. A value that is no object has the level after the innermost frame.
	values []span
	slots  int
	// found are the keys, as parts of text. Places for an item's keys are
	// reserved when it begins, so that they come before those of the items inside
	// it; a place stays empty if its key is not made.
	found []extent
	text  []byte
	// steps, tries and keyBytes are what remains of the bounds. exceeded says that
	// one was exceeded, and that nothing more is searched for keys.
	steps, tries, keyBytes int
	exceeded               bool
	// items says that there was an item that should have keys, emptyList that
	// there was an empty array where one could have been.
	items, emptyList bool
	scratch          []byte
}

// frame is an object or an array of the body.
type frame struct {
	*state
	object bool
	// element is the number of an array's next element.
	element int
	// members is how many members lead to it from the body's root.
	members int
	// keys is the index of the item's first key in matcher.found.
	keys int
}

// extent is a part of matcher.text.
type extent struct{ start, end int }

func newMatcher(rules Rules, path func(variable string) (string, bool), body []byte) *matcher {
	c := compiler{path: path}
	root := c.tree(rules)
	m := &matcher{body: body, steps: maxSteps, tries: maxTries, keyBytes: maxKeyBytes, slots: c.slots}
	if c.deep {
		m.states = make(map[string]*state)
	}
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
	members := m.members()
	m.depth++
	f := &m.frames[m.depth]
	f.state, f.object, f.element, f.members, f.keys = at, object, 0, members, len(m.found)
	if object {
		m.begin(&at.objects, at.slots, m.depth)
	}
}

// members is how many members lead to a value in the innermost frame.
func (m *matcher) members() int {
	f := &m.frames[m.depth]
	if f.object {
		return f.members + 1
	}
	return f.members
}

// close ends the innermost frame.
func (m *matcher) close() {
	f := &m.frames[m.depth]
	m.depth--
	if f.object {
		m.expand(&f.objects, item{m.depth + 1, f.members}, f.keys)
	}
}

// emptyArray records an array without elements.
func (m *matcher) emptyArray(at *state) {
	m.emptyList = m.emptyList || at.list
}

// scalar records a string or a number.
func (m *matcher) scalar(at *state, value span) {
	for _, t := range at.values {
		m.values[(m.depth+1-t.up)*m.slots+t.slot] = value
	}
	if len(at.scalars.all) == 0 {
		return
	}
	keys, it := len(m.found), item{m.depth + 1, m.members()}
	if m.begin(&at.scalars, at.slots, it.level); m.exceeded {
		return
	}
	for _, slot := range at.own {
		m.values[it.level*m.slots+slot] = value
	}
	m.expand(&at.scalars, it, keys)
}

// boolean records true or false: it may be an item, but identifies none.
func (m *matcher) boolean(at *state) {
	if len(at.scalars.all) > 0 {
		keys, it := len(m.found), item{m.depth + 1, m.members()}
		m.begin(&at.scalars, at.slots, it.level)
		m.expand(&at.scalars, it, keys)
	}
}

// item is a value of which keys are made.
type item struct {
	// level is the index of its frame, or of the one that it would have.
	level int
	// members is how many members lead to it from the body's root.
	members int
}

// begin begins an item on a level, if there is one.
func (m *matcher) begin(of *templates, slots []int, level int) {
	if len(of.all) == 0 {
		return
	}
	m.items = m.items || of.bound > 0
	m.steps -= of.bound
	m.tries -= len(of.all) - of.bound
	if m.steps < 0 || m.tries < 0 {
		m.exceed()
		return
	}
	if missing := (level+1)*m.slots - len(m.values); missing > 0 {
		m.values = append(m.values, make([]span, missing)...)
	}
	own := m.values[level*m.slots:]
	for _, slot := range slots {
		own[slot] = span{}
	}
	for range of.all {
		m.found = append(m.found, extent{})
	}
}

// expand ends an item: it makes its keys, in the places reserved from index keys
// on.
func (m *matcher) expand(of *templates, it item, keys int) {
	for i := range of.all {
		if m.exceeded {
			return
		}
		m.found[keys+i] = m.key(&of.all[i], it)
	}
}

// key expands a template. The extent is empty if a variable has no value.
func (m *matcher) key(t *slotted, it item) extent {
	values, length := m.values[it.level*m.slots:], 0
	for i := range t.pieces {
		p, n := &t.pieces[i], 0
		switch p.kind {
		case literal:
			n = len(p.text)
		case itemValue:
			n = values[p.at].end - values[p.at].start
		default:
			s := m.name(p, it)
			n = s.end - s.start
		}
		if n == 0 {
			return extent{}
		}
		length += n
	}
	if t.free {
		m.steps--
	}
	if m.keyBytes -= length; m.keyBytes < 0 || m.steps < 0 {
		m.exceed()
		return extent{}
	}
	start := len(m.text)
	for i := range t.pieces {
		switch p := &t.pieces[i]; p.kind {
		case literal:
			m.text = append(m.text, p.text...)
		case itemValue:
			m.text = m.appendSpan(m.text, values[p.at])
		default:
			m.text = m.appendSpan(m.text, m.name(p, it))
		}
	}
	return extent{start, len(m.text)}
}

// name returns one of the member names on the way to an item.
func (m *matcher) name(p *piece, it item) span {
	if p.kind == nameFromBody {
		return m.names[p.at]
	}
	return m.names[it.members-1-p.at]
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
		m.names[m.frames[m.depth].members] = name
	}
	return at
}
