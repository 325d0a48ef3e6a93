package surrogate

import (
	"cmp"
	"slices"
	"strconv"
)

// state is what the rules ask of one value of the body: the nodes that lead to
// it. States are made when the body first needs them.
type state struct {
	nodes []*node
	// objects are the templates of an object here, and scalars those of another
	// value. slots are those of their variables.
	objects, scalars templates
	slots            []int
	// values are the slots that the value fills in the items around it, own those
	// that it fills as an item.
	values []target
	own    []int
	// list says that an empty array here has no items, rather than no keys.
	list bool
	// members with names that the nodes know, and all others.
	members []namedState
	others  lazyState
	// numbers are an array's elements that the nodes know by their numbers;
	// element is the state of all others.
	numbers []namedState
	element lazyState
}

// templates make the keys of an item.
type templates struct {
	all []slotted
	// bound of them belong to rules without a "**": their items should have keys.
	bound int
}

func (t *templates) add(one slotted) {
	t.all = append(t.all, one)
	if !one.free {
		t.bound++
	}
}

// target is a slot of the item that is some levels above a value.
type target struct{ slot, up int }

// lazyState is a state that leads to some nodes, once it is needed.
type lazyState struct {
	nodes []*node
	state *state
}

type namedState struct {
	name string
	lazyState
}

// maxStates bounds the states that one body can need. Rules need far fewer, unless
// they have several steps after a "**".
const maxStates = 1_000

// get returns the state, or nil if it leads to no node.
func (l *lazyState) get(m *matcher) *state {
	if l.state == nil && len(l.nodes) > 0 {
		l.state = m.stateOf(l.nodes)
	}
	return l.state
}

// stateOf returns the state of a set of nodes, or nil and ends the search if there
// are too many. With a "**" the body can lead to the same nodes again and again, so
// that their state is made once.
func (m *matcher) stateOf(nodes []*node) *state {
	if m.states != nil {
		nodes = withDeep(nodes)
		m.scratch = m.scratch[:0]
		for _, n := range nodes {
			m.scratch = append(m.scratch, byte(n.id), byte(n.id>>8), byte(n.id>>16))
		}
		if known := m.states[string(m.scratch)]; known != nil {
			return known
		}
	}
	if m.made == maxStates {
		m.exceed()
		return nil
	}
	m.made++
	s := newState(nodes)
	if m.states != nil {
		m.states[string(m.scratch)] = s
	}
	return s
}

// withDeep returns nodes with those that a "**" after them adds, each once and in
// the order of the rules.
func withDeep(nodes []*node) []*node {
	all := slices.Clone(nodes)
	for _, n := range nodes {
		if n.deep != nil {
			all = append(all, n.deep)
		}
	}
	slices.SortFunc(all, func(a, b *node) int { return cmp.Compare(a.id, b.id) })
	return slices.Compact(all)
}

func newState(nodes []*node) *state {
	s := &state{nodes: nodes}
	var inside, inItem []*node
	for _, n := range nodes {
		for _, t := range n.templates {
			s.objects.add(t)
			if t.ofScalar || !t.free {
				s.scalars.add(t)
			}
		}
		s.slots = append(s.slots, n.slots...)
		switch {
		case n.hasValue && n.inItem:
			s.values = append(s.values, target{n.value, n.up})
		case n.hasValue:
			s.own = append(s.own, n.value)
		}
		if n.inItem {
			inItem = append(inItem, n)
		} else {
			s.element.nodes = append(s.element.nodes, n)
			s.list = s.list || !n.free
		}
		inside = append(inside, n)
		if n.variables != nil {
			inside = append(inside, n.variables)
		}
	}
	for _, n := range inside {
		if n.any != nil {
			s.others.nodes = append(s.others.nodes, n.any)
		}
		if n.loops {
			s.others.nodes = append(s.others.nodes, n)
		}
	}
	s.members = namedStates(inside, s.others.nodes, func(string) bool { return true })
	s.numbers = namedStates(inItem, s.element.nodes, isNumber)
	if len(inItem) == 0 {
		s.element.state = s // arrays of arrays
	}
	return s
}

// namedStates returns a state for each name that some of the nodes know and that
// counts. Every name also leads to the nodes in always.
func namedStates(from, always []*node, counts func(name string) bool) []namedState {
	var states []namedState
	for _, n := range from {
		for name, child := range n.members {
			if !counts(name) {
				continue
			}
			i := slices.IndexFunc(states, func(s namedState) bool { return s.name == name })
			if i < 0 {
				i = len(states)
				states = append(states, namedState{name: name})
			}
			states[i].nodes = append(states[i].nodes, child)
		}
	}
	for i := range states {
		states[i].nodes = append(states[i].nodes, always...)
	}
	return states
}

// isNumber reports whether a name may stand for an array's element.
func isNumber(name string) bool {
	n, err := strconv.Atoi(name)
	return err == nil && strconv.Itoa(n) == name
}

// find returns the state of a name, or nil if the nodes do not know it.
func find(states []namedState, name []byte) *lazyState {
	for i := range states {
		if s := &states[i]; len(s.name) == len(name) && s.name == string(name) {
			return &s.lazyState
		}
	}
	return nil
}
