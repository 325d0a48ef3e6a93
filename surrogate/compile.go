package surrogate

import "strings"

// node is a place in the body that the rules name: the end or a step of an item's
// path, or of a variable's path into an item.
type node struct {
	// id tells the nodes of one tree apart.
	id      int
	members map[string]*node
	any     *node
	// deep is the place of a "**" after this one. The body is there as soon as it
	// is here, and stays there in all members and elements: loops says that this
	// node is such a place. free says that it is one or comes after one.
	deep        *node
	loops, free bool
	// inItem says that the node is on a variable's path, where a number names an
	// element of an array.
	inItem bool
	// templates of the items here, and the variables' paths into them.
	templates []slotted
	variables *node
	// slots of the item's variables, all of them.
	slots []int
	// value is the slot of the value here, if hasValue; it belongs to the item that
	// is up levels above.
	value, up int
	hasValue  bool
}

// slotted is a [Template] whose variables are places of values.
type slotted struct {
	pieces []piece
	// free says that the items are those of a rule with a "**": most of them lack
	// what the key needs.
	free bool
	// ofScalar says that an item which is no object can make the key.
	ofScalar bool
}

// piece of a template.
type piece struct {
	kind pieceKind
	// text of a literal.
	text string
	// at is the slot of a value, or which of the member names on the way to the
	// item is meant.
	at int
}

type pieceKind uint8

const (
	// literal is text. A variable that never has a value is an empty one.
	literal pieceKind = iota
	// itemValue is a value in the item.
	itemValue
	// nameFromBody and nameFromItem are member names on the way from the body to
	// the item, counted from the one and from the other.
	nameFromBody
	nameFromItem
)

// compiler makes nodes of rules.
type compiler struct {
	path         func(variable string) (string, bool)
	nodes, slots int
	// deep says that a rule has a "**".
	deep bool
}

func (c *compiler) node(in node) *node {
	in.id = c.nodes
	c.nodes++
	return &in
}

// tree joins the rules, so that a body is read once for all of them.
func (c *compiler) tree(rules Rules) *node {
	root := c.node(node{})
	for _, rule := range rules {
		at := root
		for _, name := range rule.steps() {
			switch name {
			case anyElement:
			case anyMember:
				if at.any == nil {
					at.any = c.node(node{free: at.free})
				}
				at = at.any
			case anyDepth:
				if at.loops {
					continue
				}
				if at.deep == nil {
					at.deep = c.node(node{loops: true, free: true})
				}
				at, c.deep = at.deep, true
			default:
				at = c.child(at, name)
			}
		}
		star := rule.star()
		for _, key := range rule.Keys {
			at.templates = append(at.templates, c.template(key, at, star))
		}
	}
	return root
}

// child returns the node of a member.
func (c *compiler) child(of *node, name string) *node {
	name, _ = MemberName(name)
	if of.members == nil {
		of.members = make(map[string]*node)
	}
	if of.members[name] == nil {
		inside := node{inItem: of.inItem, free: of.free}
		if inside.inItem {
			inside.up = of.up + 1
		}
		of.members[name] = c.node(inside)
	}
	return of.members[name]
}

// template prepares a key of the items at a node.
func (c *compiler) template(key Template, item *node, star piece) slotted {
	t := slotted{free: item.free, ofScalar: true}
	for rest := key; rest != ""; {
		var text, variable string
		text, variable, rest = rest.cut()
		if text != "" {
			t.pieces = append(t.pieces, piece{text: text})
		}
		if variable == "" {
			continue
		}
		p := c.variable(variable, item, star)
		t.pieces = append(t.pieces, p)
		t.ofScalar = t.ofScalar && (p.kind != itemValue || variable == itself)
	}
	return t
}

const (
	itself   = "@value"
	starName = "@key"
)

func (c *compiler) variable(variable string, item *node, star piece) piece {
	if name, ok := strings.CutPrefix(variable, "path."); ok {
		value := ""
		if c.path != nil {
			value, _ = c.path(name) // none is empty
		}
		return piece{text: value}
	}
	at := item
	switch variable {
	case starName:
		return star
	case itself:
	default:
		if item.variables == nil {
			item.variables = c.node(node{inItem: true})
		}
		at = item.variables
		for _, name := range SplitPath(variable) {
			at = c.child(at, name)
		}
	}
	if !at.hasValue {
		at.hasValue, at.value = true, c.slots
		c.slots++
		item.slots = append(item.slots, at.value)
	}
	return piece{kind: itemValue, at: at.value}
}
