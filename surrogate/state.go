package surrogate

import (
	"slices"
	"strconv"
)

// state is what the rules ask of one value of the body: the nodes that lead to
// it. States are made when the body first needs them.
type state struct {
	nodes []*node
	// templates of all nodes, and the slots that their items fill.
	templates []slotted
	slots     []int
	// values and names are the slots that the value and its name fill.
	values, names []int
	// members with names that the nodes know, and all others.
	members []namedState
	others  lazyState
	// numbers are an array's elements that the nodes know by their numbers;
	// element is the state of all others.
	numbers []namedState
	element lazyState
}

// lazyState is a state that leads to some nodes, once it is needed.
type lazyState struct {
	nodes []*node
	state *state
}

type namedState struct {
	name string
	lazyState
}

// get returns the state, or nil if it leads to no node.
func (l *lazyState) get(m *matcher) *state {
	if l.state == nil && len(l.nodes) > 0 {
		l.make(m)
	}
	return l.state
}

func (l *lazyState) make(m *matcher) {
	m.steps-- // below zero the next item ends the search
	l.state = newState(l.nodes)
}

func newState(nodes []*node) *state {
	s := &state{nodes: nodes}
	var inside, inItem []*node
	for _, n := range nodes {
		s.templates = append(s.templates, n.templates...)
		s.slots = append(s.slots, n.slots...)
		if n.value != noSlot {
			s.values = append(s.values, n.value)
		}
		if n.name != noSlot {
			s.names = append(s.names, n.name)
		}
		if n.inItem {
			inItem = append(inItem, n)
		} else {
			s.element.nodes = append(s.element.nodes, n)
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
